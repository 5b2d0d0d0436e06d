#pragma once

#include <memory>

#include "sim/network.h"
#include "tests/sim/triangle.h"

namespace skein::policy {

inline constexpr VertiportId kA{0};
inline constexpr VertiportId kB{1};

// A and B, 20 km apart, for plans that can be worked out by hand: a flight takes 520 s and 20 kWh,
// the turnaround 380 s, in which the battery is full again; so the cycle is 15 min, one step.
// Electricity costs 0.20 USD/kWh, nobody is delayed, and there is no demand.
inline Scenario TwoVertiports() {
  Scenario s = Triangle();
  s.vertiports.resize(2);
  s.corridors = {{kA, kB, 20'000, 1, 0}, {kB, kA, 20'000, 1, 0}};
  s.aircraft = {{"N1", kA, 1, 0}};
  for (Vertiport& vertiport : s.vertiports) vertiport.expected_delay = SimDuration{};
  s.disturbance.delay_sigma = SimDuration{};
  s.disturbance.delay_max = SimDuration{};
  s.operations.turnaround = SimDuration{380'000};
  s.charging.curve = {{0, 1'000'000}};
  s.demand.requests_per_hour.assign(2 * 2 * 2, 0);
  return s;
}

}  // namespace skein::policy
