#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/sim_time.h"

namespace skein::sim {

// Charge in watt-milliseconds, in which power × time is exact: 1 Wh = 3,600,000 W·ms.
inline constexpr std::int64_t kWattMsPerWh = 3'600'000;

// The charge curve in integers: power is constant between states of charge.
// The time to cross a step is rounded up to the millisecond; nothing else is rounded.
class ChargeCurve {
 public:
  ChargeCurve(const ChargingRules& rules, std::int64_t battery_wh);

  // Charge after charging from `start` for `elapsed`, never more than `target`. W·ms.
  std::int64_t After(std::int64_t start, SimDuration elapsed, std::int64_t target) const;
  // Time to charge from `start` to `target`; zero if it is there.
  SimDuration TimeTo(std::int64_t start, std::int64_t target) const;

 private:
  struct Step {
    std::int64_t from = 0;  // W·ms
    std::int64_t power_w = 0;
  };
  std::vector<Step> steps_;  // rising; the first from 0
};

// Electricity of a session, split at the hours of the tariff and rounded once.
//
// Requires: end ≥ start. Units: micro-USD per kWh → cents.
std::int64_t SessionCostCents(const ChargeCurve& curve, std::int64_t start_charge,
                              std::int64_t target_charge, SimTime start, SimTime end,
                              const std::array<std::int64_t, 24>& price);

// Cents for `energy_wh` at one price, rounded half away from zero.
std::int64_t EnergyCostCents(std::int64_t energy_wh, std::int64_t micro_usd_per_kwh);

// The local hour of the day, 0–23.
int HourOf(SimTime time);

}  // namespace skein::sim
