#include "policy/captain/features/prospect.h"

#include <algorithm>

namespace skein::policy::captain {
namespace {

double Hours(SimDuration duration) {
  return static_cast<double>(duration.count()) / static_cast<double>(kHour.count());
}

}  // namespace

std::vector<PairCost> MakePairCosts(const sim::Network& network, const sim::ChargeCurve& curve) {
  const std::int32_t count = network.vertiport_count();
  std::vector<PairCost> pairs(static_cast<std::size_t>(count) * static_cast<std::size_t>(count));
  std::size_t next = 0;
  for (std::int32_t a = 0; a < count; ++a) {
    for (std::int32_t b = 0; b < count; ++b) {
      const VertiportId i{a};
      const VertiportId j{b};
      PairCost& pair = pairs[next++];
      const sim::Link& link = network.link(i, j);
      pair.exists = link.corridor >= 0;
      if (!pair.exists) continue;
      const SimDuration recharge = curve.TimeTo(0, link.energy_wh * sim::kWattMsPerWh);
      pair.block_h = Hours(link.block);
      pair.cycle_h = Hours(network.expected_delay(i) + link.block +
                           std::max(network.scenario().operations.turnaround, recharge));
      pair.energy_wh = link.energy_wh;
      pair.passenger_cents = static_cast<double>(network.passenger_cost_millicents(i, j)) / 1000;
      pair.flight_cents = static_cast<double>(network.flight_cost_cents(i, j));
    }
  }
  return pairs;
}

Prospect FindProspect(const sim::Network& network, const std::vector<PairCost>& pairs,
                      const DemandTable& demand, const sim::WorldState& state,
                      const ProspectQuery& query) {
  const std::size_t count = state.vertiports.size();
  const double seats = network.scenario().aircraft_type.seats;
  const double patience_h = Hours(network.scenario().demand.patience);
  const double staying = std::max(0.0, 1 - query.in_h / patience_h);
  const double arriving_h = std::min(patience_h, query.in_h);
  const double then_h = query.now_h + query.in_h;
  const auto hour = static_cast<std::size_t>(sim::HourOf(state.now));
  const double cents_per_wh = static_cast<double>(network.energy_price[hour]) * 1e-7;

  const auto passengers_of = [&](std::size_t pair) {
    return state.waiting_passengers[pair] * staying + demand.PairRate(pair, then_h) * arriving_h;
  };
  const auto usable = [&](std::size_t j, const PairCost& pair) {
    return pair.exists && state.vertiports[j].closed == 0 &&
           query.charge_wh >= pair.energy_wh + network.reserve_wh;
  };

  Prospect best;
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t pair = query.at * count + j;
    if (usable(j, pairs[pair])) best.passengers += passengers_of(pair);
  }
  const double left =
      best.passengers > 0 ? std::max(0.0, 1 - seats * query.rivals / best.passengers) : 0;
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t pair = query.at * count + j;
    const PairCost& cost = pairs[pair];
    if (!usable(j, cost)) continue;
    const double margin = demand.FarePair(pair, then_h) - cost.passenger_cents;
    const double fixed = cost.flight_cents + static_cast<double>(cost.energy_wh) * cents_per_wh;
    const double passengers = passengers_of(pair);
    const double alone = std::min(seats, passengers) * margin - fixed;
    const double contested = std::min(seats, passengers * left) * margin - fixed;
    best.cents_per_hour = std::max(best.cents_per_hour, alone / cost.cycle_h);
    if (contested / cost.cycle_h > best.contested_per_hour) {
      best.contested_per_hour = contested / cost.cycle_h;
      best.contested_cents = contested;
      best.contested_cycle_h = cost.cycle_h;
    }
  }
  return best;
}

}  // namespace skein::policy::captain
