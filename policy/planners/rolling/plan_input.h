#pragma once

#include <cstdint>
#include <vector>

#include "policy/planners/rolling/plan_network.h"
#include "sim/world.h"

namespace skein::policy {

// The present and the forecast, as a plan sees them. Money in USD; step k as in the time grid.
struct PlanInput {
  struct Supply {
    VertiportId vertiport;
    Readiness ready;
  };

  SimDuration until_close{};           // from now
  std::vector<Supply> aircraft;        // those that will be dispatched, now or later
  std::vector<double> passengers;      // [P·T] who begin to wait; in step 0 those who wait now
  std::vector<double> margin_usd;      // [P·T] fare less operating cost, per passenger
  std::vector<double> flight_usd;      // [P·T] cost of a flight without its passengers
  std::vector<std::uint8_t> flyable;   // [P·L·T] by the guard, as far as is known now
  std::vector<double> stand_releases;  // [V·T] aircraft already committed that leave
  std::vector<double> stands_taken;    // [V] on the ground or inbound now
  std::vector<double> stands;          // [V] in order, contingency stands not counted
};

// Reads the world as it is; nothing of what will happen.
PlanInput ReadWorld(const PlanNetwork& plan_network, const sim::World& world);

}  // namespace skein::policy
