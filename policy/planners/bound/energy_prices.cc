#include "policy/planners/bound/energy_prices.h"

#include <algorithm>

#include "sim/charging.h"

namespace skein::policy {
namespace {

constexpr double kPerCent = 1e7;  // micro-USD per kWh × Wh in a cent

}  // namespace

EnergyPrices::EnergyPrices(const sim::Network& network, const TimeGrid& grid)
    : lowest_(static_cast<double>(network.min_energy_price)) {
  for (int bin = 0; bin < grid.bins; ++bin) {
    const auto price = [&network](SimTime time) {
      return static_cast<double>(network.energy_price[static_cast<std::size_t>(sim::HourOf(time))]);
    };
    double cheapest = price(grid.Begin(bin));
    for (SimTime time = grid.Begin(bin); time < grid.Begin(bin + 1);
         time += std::min(kHour, grid.width))
      cheapest = std::min(cheapest, price(time));
    cheapest = std::min(cheapest, price(grid.Begin(bin + 1) - SimDuration{1}));
    excess_.push_back(cheapest - lowest_);
    vary_ = vary_ || cheapest > lowest_;
  }
}

double EnergyPrices::LowestCents(double energy_wh) const { return lowest_ * energy_wh / kPerCent; }

double EnergyPrices::ExcessCents(int bin, double energy_wh) const {
  return excess_[static_cast<std::size_t>(bin)] * energy_wh / kPerCent;
}

}  // namespace skein::policy
