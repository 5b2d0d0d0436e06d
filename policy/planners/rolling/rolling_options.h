#pragma once

#include <vector>

#include "sim/domain/sim_time.h"

namespace skein::policy {

// How the rolling-horizon planner looks ahead. Figures named "measured" were chosen on `paper` with
// seeds from 900000 on: docs/policy.md, "rolling".
struct RollingOptions {
  // A plan serves for so long, then the next one is made. Source: research on calibration,
  // section 4: planning at every decision gains nothing.
  SimDuration replan_after = 5 * kMinute;
  // Lengths of the plan's time steps from now on; their sum is the horizon. Source: ibid.; finer
  // first steps measured no better.
  std::vector<SimDuration> steps = std::vector<SimDuration>(10, 15 * kMinute);
  // Charge levels as shares of the battery, rising to 1. Measured: three beat one by 3 %.
  std::vector<double> charge_levels = {0.45, 0.7, 1.0};
  // Passengers that a planned flight can carry, as a share of its seats: parties do not split.
  // Source: research on calibration, section 4.
  double seat_fill = 0.925;
  // Added to the score of a flight for a planned flight of its pair that is still to be flown: an
  // optimal flight of the plan ties exactly with holding. Measured: 0 to 1 earn the same on
  // `paper`, where few aircraft idle; 4 earns less.
  double tie_bonus_usd = 0.05;

  // Limits on the work of one plan; they bind on networks larger than `paper` of 64 × 500.
  // (Assumed.) Destinations that are planned for, of each vertiport: those with the largest
  // forecast.
  int max_destinations = 12;
  // Pairs × levels × steps: beyond it the grid is made coarser.
  int max_flight_columns = 20'000;
  // Simplex iterations. When they run out, `greedy` decides until the next plan.
  int max_iterations = 20'000;
};

}  // namespace skein::policy
