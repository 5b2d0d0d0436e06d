#include "sim/charging.h"

#include <algorithm>
#include <cmath>

namespace skein::sim {
namespace {

__extension__ using Int128 = __int128;

// W·ms × micro-USD/kWh → cents: 1 kWh = 3.6e9 W·ms and 1 cent = 1e4 micro-USD.
constexpr Int128 kPerCent = Int128{3'600'000'000} * 10'000;

std::int64_t RoundToCents(Int128 amount) {
  const Int128 half = amount >= 0 ? kPerCent / 2 : -kPerCent / 2;
  return static_cast<std::int64_t>((amount + half) / kPerCent);
}

}  // namespace

ChargeCurve::ChargeCurve(const ChargingRules& rules, std::int64_t battery_wh) {
  for (const ChargeStep& step : rules.curve) {
    const auto from_wh = static_cast<std::int64_t>(
        std::floor(step.from_state_of_charge * static_cast<double>(battery_wh) + 0.5));
    steps_.push_back({from_wh * kWattMsPerWh, step.power_w});
  }
}

std::int64_t ChargeCurve::After(std::int64_t start, SimDuration elapsed,
                                std::int64_t target) const {
  std::int64_t charge = start;
  std::int64_t left = elapsed.count();
  for (std::size_t k = 0; k < steps_.size() && charge < target && left > 0; ++k) {
    const std::int64_t end = k + 1 < steps_.size() ? std::min(steps_[k + 1].from, target) : target;
    if (charge >= end) continue;
    const std::int64_t power = steps_[k].power_w;
    const std::int64_t full = (end - charge + power - 1) / power;
    if (left >= full) {
      charge = end;
      left -= full;
    } else {
      charge += power * left;
      left = 0;
    }
  }
  return charge;
}

SimDuration ChargeCurve::TimeTo(std::int64_t start, std::int64_t target) const {
  std::int64_t charge = start;
  std::int64_t ms = 0;
  for (std::size_t k = 0; k < steps_.size() && charge < target; ++k) {
    const std::int64_t end = k + 1 < steps_.size() ? std::min(steps_[k + 1].from, target) : target;
    if (charge >= end) continue;
    ms += (end - charge + steps_[k].power_w - 1) / steps_[k].power_w;
    charge = end;
  }
  return SimDuration{ms};
}

std::int64_t SessionCostCents(const ChargeCurve& curve, std::int64_t start_charge,
                              std::int64_t target_charge, SimTime start, SimTime end,
                              const std::array<std::int64_t, 24>& price) {
  Int128 amount = 0;
  std::int64_t before = start_charge;
  for (SimTime from = start; from < end;) {
    const std::int64_t hour = ToMs(from) / kHour.count();
    const SimTime to = std::min(end, TimeFromMs((hour + 1) * kHour.count()));
    const std::int64_t after = curve.After(start_charge, to - start, target_charge);
    amount += Int128{after - before} * price[static_cast<std::size_t>(HourOf(from))];
    before = after;
    from = to;
  }
  return RoundToCents(amount);
}

std::int64_t EnergyCostCents(std::int64_t energy_wh, std::int64_t micro_usd_per_kwh) {
  return RoundToCents(Int128{energy_wh} * kWattMsPerWh * micro_usd_per_kwh);
}

int HourOf(SimTime time) { return static_cast<int>(ToMs(time) / kHour.count() % 24); }

}  // namespace skein::sim
