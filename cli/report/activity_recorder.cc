#include "cli/report/activity_recorder.h"

#include <cmath>
#include <utility>

#include "cli/report/trace_time.h"

namespace skein::cli {

ActivityRecorder::ActivityRecorder(const std::string& name, std::int64_t battery_wh,
                                   const Facts& facts)
    : battery_wh_(battery_wh), facts_(facts) {
  trace_.set_name(name);
  Begin(SimTime{});
}

void ActivityRecorder::Change(SimTime time, const Facts& facts) {
  // Nothing is announced when a turnaround ends.
  if (segment_.activity() == v1::AIRCRAFT_ACTIVITY_TURNAROUND && facts_.ready_at < time) {
    const SimTime ready_at = facts_.ready_at;
    End(ready_at);
    Begin(ready_at);
  }
  const Facts before = std::exchange(facts_, facts);
  const bool same = ActivityAt(time) == segment_.activity() && facts.from == before.from &&
                    facts.to == before.to && facts.passengers == before.passengers;
  if (same) return;
  End(time);
  Begin(time);
}

v1::AircraftTrace ActivityRecorder::Finish(SimTime time) {
  Change(time, facts_);
  End(time);
  return std::move(trace_);
}

v1::AircraftActivity ActivityRecorder::ActivityAt(SimTime time) const {
  if (facts_.airborne)
    return facts_.holding ? v1::AIRCRAFT_ACTIVITY_HOLDING : v1::AIRCRAFT_ACTIVITY_FLYING;
  if (facts_.out_of_service) return v1::AIRCRAFT_ACTIVITY_OUT_OF_SERVICE;
  if (facts_.charging) return v1::AIRCRAFT_ACTIVITY_CHARGING;
  if (facts_.committed) return v1::AIRCRAFT_ACTIVITY_DEPARTING;
  if (time < facts_.ready_at) return v1::AIRCRAFT_ACTIVITY_TURNAROUND;
  return v1::AIRCRAFT_ACTIVITY_PARKED;
}

void ActivityRecorder::Begin(SimTime time) {
  begin_ = time;
  segment_.Clear();
  segment_.set_activity(ActivityAt(time));
  segment_.set_from(facts_.from.value);
  segment_.set_to(facts_.to.value);
  segment_.set_passengers(facts_.passengers);
  if (facts_.charge_wh) segment_.set_start_state_of_charge(StateOfCharge());
}

void ActivityRecorder::End(SimTime time) {
  segment_.set_start_s(ToTraceS(begin_));
  segment_.set_end_s(ToTraceS(time));
  if (facts_.charge_wh) segment_.set_end_state_of_charge(StateOfCharge());
  if (segment_.start_s() < segment_.end_s()) *trace_.add_segments() = segment_;
}

double ActivityRecorder::StateOfCharge() const {
  constexpr double kStep = 1000;
  const double share = static_cast<double>(*facts_.charge_wh) / static_cast<double>(battery_wh_);
  return std::round(share * kStep) / kStep;
}

}  // namespace skein::cli
