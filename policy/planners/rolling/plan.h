#pragma once

#include <memory>
#include <vector>

#include "policy/planners/rolling/plan_lp.h"
#include "policy/planners/rolling/plan_input.h"
#include "policy/planners/rolling/plan_network.h"
#include "policy/planners/rolling/plan_program.h"

namespace skein::policy {

// A solved plan: the prices in USD, which are the duals of its linear program interpolated between
// the points of the grid, and the flights.
class Plan {
 public:
  Plan(std::shared_ptr<const PlanNetwork> plan_network, const PlanProgram& program,
       const LinearSolution& solution);

  // Expected profit of the fleet within the horizon.
  double profit_usd() const { return profit_usd_; }

  // What one more aircraft is worth that can be dispatched there and then.
  double AircraftValue(VertiportId at, const Readiness& ready) const;
  // What one more aircraft on a vertiport's stands costs from then on.
  double StandPrice(VertiportId at, SimDuration in) const;
  // Flights that the plan begins on a pair from its beginning until then; 0 if it has not the pair.
  double PlannedFlights(VertiportId origin, VertiportId destination, SimDuration until) const;

 private:
  // Value at `in` of a series over the steps [T], which is 0 at the horizon.
  double InTime(const double* series, SimDuration in) const;

  std::shared_ptr<const PlanNetwork> plan_;
  double profit_usd_ = 0;
  std::vector<double> aircraft_value_;  // [V·L·T]
  std::vector<double> stand_price_;     // [V·T]
  std::vector<double> flights_;         // [P·T]
};

}  // namespace skein::policy
