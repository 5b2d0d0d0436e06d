#include "cli/report/step_recorder.h"

#include "cli/report/trace_time.h"

namespace skein::cli {

void StepRecorder::Add(SimTime time, std::int64_t change) {
  if (change == 0) return;
  value_ += change;
  const double value = static_cast<double>(value_) / per_unit_;
  const int last = series_.at_s_size() - 1;
  if (last >= 0 && series_.at_s(last) == ToTraceS(time)) {
    series_.set_value(last, value);
  } else {
    series_.add_at_s(ToTraceS(time));
    series_.add_value(value);
  }
}

}  // namespace skein::cli
