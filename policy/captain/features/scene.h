#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "policy/captain/features/extractor.h"

// Units of the features; private to the extractor.
namespace skein::policy::captain {

inline float Float(double value) { return static_cast<float>(value); }
inline double Hours(SimDuration duration) {
  return static_cast<double>(duration.count()) / static_cast<double>(kHour.count());
}
// Keeps small counts apart and large ones of order 1, much as a logarithm does, but IEEE exact on
// every machine and cheap: ⁴√(1 + x) − 1.
inline float Squash(double count) {
  return Float(std::sqrt(std::sqrt(1 + std::max(0.0, count))) - 1);
}
inline float Share(int part, int whole) {
  return whole > 0 ? static_cast<float>(part) / static_cast<float>(whole) : 0;
}

// The closure probability of a pair: that of the lower origin (sim/domain/scenario.h).
inline double ClosureProbability(const sim::Network& network, std::size_t i, std::size_t j) {
  const VertiportId low{static_cast<std::int32_t>(std::min(i, j))};
  const VertiportId high{static_cast<std::int32_t>(std::max(i, j))};
  int corridor = network.link(low, high).corridor;
  if (corridor < 0) corridor = network.link(high, low).corridor;
  if (corridor < 0) return 0;
  return network.scenario().corridors[static_cast<std::size_t>(corridor)].closure_probability;
}

struct FeatureExtractor::Scene {
  Scene(const sim::Network& of, const Observation& observation, const sim::WorldState& world,
        double full_flight)
      : network(of),
        seen(observation),
        state(world),
        count(observation.vertiports.size()),
        here(observation.vertiport.index()),
        now_h(Hours(observation.now.time_since_epoch() % kDay -
                    of.scenario().operations.open_time.time_since_epoch())),
        hold_h(Hours(of.scenario().operations.hold)),
        close_h(Hours(of.scenario().operations.close_time - of.scenario().operations.open_time)),
        full_flight_cents(full_flight) {}

  std::size_t pair(std::size_t j) const { return here * count + j; }
  double HoursUntil(SimTime time) const {
    return time >= kNever ? 1e3 : std::max(0.0, Hours(time - seen.now));
  }
  float Money(double cents) const { return Float(cents / full_flight_cents); }
  float Charge(std::int64_t wh) const {
    return Float(static_cast<double>(wh) / static_cast<double>(network.battery_wh));
  }
  // Price of energy now.
  double EnergyCents(std::int64_t wh) const {
    const auto hour = static_cast<std::size_t>(sim::HourOf(seen.now));
    return static_cast<double>(wh) * static_cast<double>(network.energy_price[hour]) * 1e-7;
  }
  // From an hour until closing time, at most 3.
  float TimeLeft(double at_h) const { return Float(std::clamp(close_h - at_h, 0.0, 3.0)); }

  const sim::Network& network;
  const Observation& seen;
  const sim::WorldState& state;
  const std::size_t count;  // V
  const std::size_t here;
  const double now_h;  // since opening
  const double hold_h;
  const double close_h;
  const double full_flight_cents;
};

}  // namespace skein::policy::captain
