#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "policy/planners/rolling/rolling_options.h"
#include "policy/planners/rolling/time_grid.h"
#include "sim/charging.h"
#include "sim/network.h"

namespace skein::policy {

// A corridor that a full battery can fly.
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

// What of a network does not change from plan to plan: its pairs, and the grid of times and charge
// levels. Sizes: V vertiports, P pairs, T steps, L charge levels.
class PlanNetwork {
 public:
  PlanNetwork(std::shared_ptr<const sim::Network> network, const RollingOptions& options);

  const sim::Network& network() const { return *network_; }
  const TimeGrid& grid() const { return grid_; }
  const std::vector<double>& levels_wh() const { return levels_wh_; }
  const std::vector<PlanPair>& pairs() const { return pairs_; }
  std::size_t vertiports() const { return static_cast<std::size_t>(network_->vertiport_count()); }
  // Index of the pair i→j; −1 if it cannot be flown.
  int pair(VertiportId i, VertiportId j) const {
    return pair_index_[i.index() * vertiports() + j.index()];
  }

  // Charge of an aircraft that stands on a vertiport for `duration`.
  std::int64_t ChargeAfter(VertiportId at, std::int64_t charge_wh, SimDuration duration) const;
  // After landing: the turnaround, and charging to the lowest level.
  Readiness ReadyAfterLanding(VertiportId at, SimDuration landing, std::int64_t charge_wh) const;

 private:
  std::shared_ptr<const sim::Network> network_;
  sim::ChargeCurve curve_;
  TimeGrid grid_;
  std::vector<double> levels_wh_;  // [L]
  std::vector<PlanPair> pairs_;    // [P]
  std::vector<int> pair_index_;    // [V·V]
};

}  // namespace skein::policy
