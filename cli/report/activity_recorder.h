#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"
#include "skein/v1/day_trace.pb.h"

namespace skein::cli {

// Writes down the activities of one aircraft.
//
// Threads: compatible.
class ActivityRecorder {
 public:
  // What is true of the aircraft; its activity follows from it.
  struct Facts {
    VertiportId from;  // where it stands, holds or comes from
    VertiportId to;    // where it goes; `from`, if it goes nowhere
    bool airborne = false;
    bool holding = false;  // while airborne
    bool out_of_service = false;
    bool charging = false;
    bool committed = false;
    SimTime ready_at{};  // end of turnaround
    int passengers = 0;
    std::optional<std::int64_t> charge_wh;  // if known
  };

  ActivityRecorder(const std::string& name, std::int64_t battery_wh, const Facts& facts);

  const Facts& facts() const { return facts_; }

  // From `time` on, these are the facts.
  //
  // Requires: times do not fall.
  void Change(SimTime time, const Facts& facts);

  // Ends the last segment; gives the day.
  v1::AircraftTrace Finish(SimTime time);

 private:
  v1::AircraftActivity ActivityAt(SimTime time) const;
  void Begin(SimTime time);
  void End(SimTime time);
  double StateOfCharge() const;  // to a thousandth; requires charge_wh

  std::int64_t battery_wh_;
  Facts facts_;
  SimTime begin_{};
  v1::ActivitySegment segment_;  // that runs
  v1::AircraftTrace trace_;
};

}  // namespace skein::cli
