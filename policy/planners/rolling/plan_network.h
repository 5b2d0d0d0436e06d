#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "policy/planners/rolling/rolling_options.h"
#include "policy/planners/rolling/plan_grid.h"
#include "sim/charging.h"
#include "sim/network.h"

namespace skein::policy {

// A corridor on which plans fly.
struct PlanPair {
  VertiportId origin;
  VertiportId destination;
  std::int64_t energy_wh = 0;
  SimDuration block{};
};

// When and with which charge an aircraft can be dispatched from a vertiport.
struct Readiness {
  SimDuration in{};  // from the beginning of the plan
  std::int64_t charge_wh = 0;
};

// What of a network stays the same from plan to plan: its pairs, and the grid of times and charge
// levels, as fine as the limits on size allow. Sizes: V vertiports, P pairs, T steps, L levels.
class PlanNetwork {
 public:
  PlanNetwork(std::shared_ptr<const sim::Network> network, const RollingOptions& options);

  const sim::Network& network() const { return *network_; }
  std::size_t vertiports() const { return static_cast<std::size_t>(network_->vertiport_count()); }
  const std::vector<PlanPair>& pairs() const { return pairs_; }
  // −1 if plans do not fly it.
  int PairIndex(VertiportId origin, VertiportId destination) const {
    return pair_index_[origin.index() * vertiports() + destination.index()];
  }
  const PlanGrid& grid() const { return grid_; }
  const std::vector<double>& levels_wh() const { return levels_wh_; }

  // Charge of an aircraft that stands on a vertiport for `duration`, on a charger if it has any.
  std::int64_t ChargeAfter(VertiportId at, std::int64_t charge_wh, SimDuration duration) const;
  // After a landing: the turnaround, and charging at least to the lowest level where that can be.
  Readiness ReadyAfterLanding(VertiportId at, SimDuration landing, std::int64_t charge_wh) const;

 private:
  bool HasChargers(VertiportId at) const;

  std::shared_ptr<const sim::Network> network_;
  sim::ChargeCurve curve_;
  std::vector<PlanPair> pairs_;  // [P]
  std::vector<int> pair_index_;  // [V·V]
  PlanGrid grid_;
  std::vector<double> levels_wh_;  // [L] rising
};

}  // namespace skein::policy
