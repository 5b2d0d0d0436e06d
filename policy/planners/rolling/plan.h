#pragma once

#include <memory>
#include <vector>

#include "policy/planners/rolling/linear_program.h"
#include "policy/planners/rolling/plan_input.h"
#include "policy/planners/rolling/plan_network.h"
#include "policy/planners/rolling/plan_program.h"

namespace skein::policy {

// A solved plan: what an aircraft, a stand and a waiting passenger are worth, and which flights it
// flies. Prices are the duals of the linear program, interpolated. USD.
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
  // What one more passenger waiting for a flight of the pair is worth.
  double PassengerValue(int pair, SimDuration in) const;
  // Flights of the pair that are planned from the beginning of the plan until then.
  double PlannedFlights(int pair, SimDuration until) const;

 private:
  // Value at `in` of a series over the steps [T], which is 0 at the horizon.
  double InTime(const double* series, SimDuration in) const;

  std::shared_ptr<const PlanNetwork> plan_;
  double profit_usd_ = 0;
  std::vector<double> aircraft_value_;   // [V·L·T]
  std::vector<double> stand_price_;      // [V·T]
  std::vector<double> passenger_value_;  // [P·T]
  std::vector<double> flights_;          // [P·T]
};

}  // namespace skein::policy
