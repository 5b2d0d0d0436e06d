#include "policy/planners/rolling/plan_network.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/domain/reach.h"

namespace skein::policy {
namespace {

// The pairs that a full battery can fly; of each origin's the `most` with the largest forecast, the
// nearest first among equals.
std::vector<PlanPair> BusiestPairs(const sim::Network& network, std::size_t most) {
  const auto intervals = static_cast<std::size_t>(network.interval_count());
  const Reach reach(network.scenario());
  std::vector<PlanPair> pairs;
  for (std::int32_t i = 0; i < network.vertiport_count(); ++i) {
    std::vector<std::tuple<double, std::int64_t, std::int32_t>> order;
    for (std::int32_t j = 0; j < network.vertiport_count(); ++j) {
      if (i == j || !reach.Flyable(VertiportId{i}, VertiportId{j})) continue;
      const auto pair = static_cast<std::size_t>(i * network.vertiport_count() + j);
      double requests = 0;
      for (const double rate : network.forecast().subspan(pair * intervals, intervals))
        requests += rate;
      order.emplace_back(-requests, network.link(VertiportId{i}, VertiportId{j}).energy_wh, j);
    }
    std::sort(order.begin(), order.end());
    if (order.size() > most) order.resize(most);
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return std::get<2>(a) < std::get<2>(b); });
    for (const auto& [requests, energy_wh, j] : order)
      pairs.push_back({VertiportId{i}, VertiportId{j}, energy_wh,
                       network.link(VertiportId{i}, VertiportId{j}).block});
  }
  return pairs;
}

// Leaves out charge levels, then joins steps two by two, until there are at most `most` points.
void Coarsen(std::size_t most, std::vector<double>& levels, std::vector<SimDuration>& steps) {
  while (levels.size() * steps.size() > most && levels.size() > 1) levels.erase(levels.begin());
  while (levels.size() * steps.size() > most && steps.size() > 1) {
    std::vector<SimDuration> joined;
    for (std::size_t k = 0; k < steps.size(); k += 2)
      joined.push_back(steps[k] + (k + 1 < steps.size() ? steps[k + 1] : SimDuration{}));
    steps = std::move(joined);
  }
}

}  // namespace

PlanNetwork::PlanNetwork(std::shared_ptr<const sim::Network> network, const RollingOptions& options)
    : network_(std::move(network)),
      curve_(network_->scenario().charging, network_->battery_wh),
      pairs_(BusiestPairs(*network_, static_cast<std::size_t>(options.max_destinations))) {
  pair_index_.assign(vertiports() * vertiports(), -1);
  for (std::size_t p = 0; p < pairs_.size(); ++p)
    pair_index_[pairs_[p].origin.index() * vertiports() + pairs_[p].destination.index()] =
        static_cast<int>(p);
  std::vector<double> levels = options.charge_levels;
  std::vector<SimDuration> steps = options.steps;
  const auto most = static_cast<std::size_t>(options.max_flight_columns);
  Coarsen(most / std::max<std::size_t>(pairs_.size(), 1), levels, steps);
  grid_ = PlanGrid(steps);
  for (const double share : levels)
    levels_wh_.push_back(share * static_cast<double>(network_->battery_wh));
}

bool PlanNetwork::HasChargers(VertiportId at) const {
  return network_->scenario().vertiports[at.index()].chargers > 0;
}

std::int64_t PlanNetwork::ChargeAfter(VertiportId at, std::int64_t charge_wh,
                                      SimDuration duration) const {
  if (!HasChargers(at)) return charge_wh;
  const std::int64_t target = std::max(network_->charge_target_wh, charge_wh);
  return curve_.After(charge_wh * sim::kWattMsPerWh, duration, target * sim::kWattMsPerWh) /
         sim::kWattMsPerWh;
}

Readiness PlanNetwork::ReadyAfterLanding(VertiportId at, SimDuration landing,
                                         std::int64_t charge_wh) const {
  const SimDuration turnaround = network_->scenario().operations.turnaround;
  Readiness ready{landing + turnaround, ChargeAfter(at, charge_wh, turnaround)};
  const auto lowest = static_cast<std::int64_t>(levels_wh_.front());
  if (ready.charge_wh < lowest && HasChargers(at)) {
    ready.in += curve_.TimeTo(ready.charge_wh * sim::kWattMsPerWh, lowest * sim::kWattMsPerWh);
    ready.charge_wh = lowest;
  }
  return ready;
}

}  // namespace skein::policy
