#include "policy/planners/rolling/plan_network.h"

#include <algorithm>
#include <utility>

#include "sim/domain/reach.h"

namespace skein::policy {

PlanNetwork::PlanNetwork(std::shared_ptr<const sim::Network> network, const RollingOptions& options)
    : network_(std::move(network)),
      curve_(network_->scenario().charging, network_->battery_wh),
      grid_(options.steps) {
  for (const double share : options.charge_levels)
    levels_wh_.push_back(share * static_cast<double>(network_->battery_wh));
  const Reach reach(network_->scenario());
  pair_index_.assign(vertiports() * vertiports(), -1);
  for (std::size_t i = 0; i < vertiports(); ++i) {
    for (std::size_t j = 0; j < vertiports(); ++j) {
      const VertiportId origin{static_cast<std::int32_t>(i)};
      const VertiportId destination{static_cast<std::int32_t>(j)};
      if (i == j || !reach.Flyable(origin, destination)) continue;
      const sim::Link& link = network_->link(origin, destination);
      pair_index_[i * vertiports() + j] = static_cast<int>(pairs_.size());
      pairs_.push_back({origin, destination, link.energy_wh, link.block});
    }
  }
}

std::int64_t PlanNetwork::ChargeAfter(VertiportId at, std::int64_t charge_wh,
                                      SimDuration duration) const {
  if (network_->scenario().vertiports[at.index()].chargers == 0) return charge_wh;
  const std::int64_t target = std::max(network_->charge_target_wh, charge_wh);
  return curve_.After(charge_wh * sim::kWattMsPerWh, duration, target * sim::kWattMsPerWh) /
         sim::kWattMsPerWh;
}

Readiness PlanNetwork::ReadyAfterLanding(VertiportId at, SimDuration landing,
                                         std::int64_t charge_wh) const {
  const SimDuration turnaround = network_->scenario().operations.turnaround;
  Readiness ready{landing + turnaround, ChargeAfter(at, charge_wh, turnaround)};
  const auto lowest = static_cast<std::int64_t>(levels_wh_.front());
  if (ready.charge_wh < lowest && network_->scenario().vertiports[at.index()].chargers > 0) {
    ready.in += curve_.TimeTo(ready.charge_wh * sim::kWattMsPerWh, lowest * sim::kWattMsPerWh);
    ready.charge_wh = lowest;
  }
  return ready;
}

}  // namespace skein::policy
