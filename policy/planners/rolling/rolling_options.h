#pragma once

#include <vector>

#include "sim/domain/sim_time.h"

namespace skein::policy {

// How the rolling-horizon planner looks ahead. Measured on `paper`, seeds 900000 and up
// (docs/policy.md, "rolling").
struct RollingOptions {
  // A plan is used for so long before the next one is made.
  SimDuration replan_after = 5 * kMinute;
  // Lengths of the time steps of the plan, from now on; their sum is the horizon.
  std::vector<SimDuration> steps = std::vector<SimDuration>(10, 15 * kMinute);
  // Charge levels as shares of the battery, rising, the last 1.
  std::vector<double> charge_levels = {0.45, 0.7, 1.0};
  // Passengers that the plan counts on a full flight, as a share of the seats: parties do not
  // split.
  double seat_fill = 0.925;
  // Added to the score of a flight for each planned flight that is still to be flown, USD.
  double plan_bonus_usd = 4;
  // Weight of the value that waiting passengers have for later flights.
  double queue_price_weight = 0;
  // Simplex iterations of one plan.
  int max_iterations = 20'000;
};

}  // namespace skein::policy
