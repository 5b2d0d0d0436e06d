#pragma once

#include <cstdint>

#include "sim/domain/sim_time.h"
#include "skein/v1/day_trace.pb.h"

namespace skein::cli {

// Writes down a number that changes in steps.
//
// Threads: compatible.
class StepRecorder {
 public:
  // The series gives the number ÷ `per_unit`.
  explicit StepRecorder(double per_unit = 1) : per_unit_(per_unit) {}

  // Requires: times do not fall.
  void Add(SimTime time, std::int64_t change);

  const v1::StepSeries& series() const { return series_; }

 private:
  double per_unit_;
  std::int64_t value_ = 0;
  v1::StepSeries series_;
};

}  // namespace skein::cli
