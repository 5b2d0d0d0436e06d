#include "policy/planners/bound/charge_levels.h"

#include <algorithm>
#include <cmath>

namespace skein::policy {
namespace {

constexpr double kWattMsPerWh = 3'600'000;
// Guards against a level too many by rounding; far below a watt-hour.
constexpr double kTolerance = 1e-9;

double InitialWh(const sim::Network& network, const Aircraft& aircraft) {
  return std::floor(aircraft.initial_state_of_charge * static_cast<double>(network.battery_wh) +
                    0.5);
}

}  // namespace

double EnergyWh(std::int64_t power_w, SimDuration time) {
  return static_cast<double>(power_w) * static_cast<double>(time.count()) / kWattMsPerWh;
}

double ChargeAtOpeningWh(const sim::Network& network, const Aircraft& aircraft) {
  const double initial = InitialWh(network, aircraft);
  const double charged =
      initial + EnergyWh(ChargePowerW(network, aircraft.vertiport),
                         network.scenario().operations.open_time.time_since_epoch());
  return std::max(initial, std::min(charged, static_cast<double>(network.charge_target_wh)));
}

ChargeLevels::ChargeLevels(const sim::Network& network, SimDuration bin, int most)
    : network_(network), bin_(bin), most_wh_(static_cast<double>(network.charge_target_wh)) {
  if (most == 1) return;
  for (const Aircraft& aircraft : network.scenario().aircraft)
    most_wh_ = std::max(most_wh_, ChargeAtOpeningWh(network, aircraft));
  const auto battery = static_cast<double>(network.battery_wh);
  std::int64_t power = 0;
  for (std::int32_t v = 0; v < network.vertiport_count(); ++v)
    power = std::max(power, ChargePowerW(network, VertiportId{v}));
  // A whole number of steps per bin of charging, so that holding is not rounded.
  const double gain = EnergyWh(power, bin);
  const double least = battery / (most - 1);
  step_wh_ = gain <= least ? least : gain / std::floor(gain / least);
  count_ = static_cast<int>(std::ceil(battery / step_wh_ - kTolerance)) + 1;
}

int ChargeLevels::Above(double charge_wh) const {
  if (count_ == 1) return 0;
  return std::clamp(static_cast<int>(std::ceil(charge_wh / step_wh_ - kTolerance)), 0, count_ - 1);
}

int ChargeLevels::AfterCharging(double charge_wh) const {
  return Above(std::min(charge_wh, most_wh_));
}

int ChargeLevels::AfterHolding(int level, VertiportId vertiport) const {
  return AfterCharging(ChargeWh(level) + EnergyWh(ChargePowerW(network_, vertiport), bin_));
}

int ChargeLevels::AtOpening(const Aircraft& aircraft) const {
  return Above(ChargeAtOpeningWh(network_, aircraft));
}

}  // namespace skein::policy
