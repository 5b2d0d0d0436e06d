#pragma once

#include <cstdint>
#include <vector>

#include "sim/realised_day.h"

// What flights can do at best on a realised day, bin by bin. A flight is placed by its anchor: the
// take-off that was first planned for it, at which its delay is revealed. Proof: docs/policy.md,
// "The hindsight bound".
namespace skein::policy {

// Bin t of [open, close] is [open + t·width, open + (t + 1)·width).
struct TimeGrid {
  SimTime open;
  SimTime close;
  SimDuration width{};
  int bins = 0;

  TimeGrid(const sim::Network& network, SimDuration bin);
  SimTime Begin(int bin) const { return open + width * bin; }
  // The bin of a time, `bins` if it is after the last. Requires: time ≥ open.
  int Of(SimTime time) const;
};

// Ways to break the program on purpose, so that tests can show that they would notice.
struct BoundFaults {
  bool closures_bar_landings = false;
  bool durations_rounded_up = false;
};

// All flights i→j whose anchor lies in one bin, and that land on one vertiport.
struct FlightArc {
  VertiportId origin;
  VertiportId destination;
  VertiportId landing;  // not the destination, if it was diverted
  int bin = 0;
  int ready_bin = 0;          // of the next anchor at the earliest; `bins`: none
  SimDuration least_cycle{};  // from anchor to ready
  // Charge is normalised, see charge_levels.h.
  double least_charge_wh = 0;  // at the anchor, by G3
  double charge_used_wh = 0;   // from anchor to `ready_bin`, at least; negative: it has risen
  double least_left_wh = 0;    // on landing at the destination, by G3; not normalised
  bool diverted() const { return landing != destination; }
};

// Every flight that some policy could fly, diverted ones among them.
std::vector<FlightArc> ListFlightArcs(const sim::Network& network, const sim::RealisedDay& day,
                                      const TimeGrid& grid, const BoundFaults& faults);

// Highest power at which an aircraft on a stand there is charged, W.
std::int64_t ChargePowerW(const sim::Network& network, VertiportId vertiport);

}  // namespace skein::policy
