#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "server/metrics/network_sample.h"
#include "server/network/forecast_watch.h"
#include "sim/domain/effect.h"
#include "sim/world.h"

namespace skein::server {

// Takes the figures of a network's world, and counts what happened between two of these samples.
//
// Threads: compatible.
class NetworkSampler {
 public:
  // Counts from the present state of the world on; violations of the guard from today's first on,
  // so that a restart does not hide one.
  explicit NetworkSampler(const sim::World& world);

  // What happened; call it after every change of the world.
  void Count(const sim::World& world, std::span<const TimedEffect> effects);
  void CountRefusals(const std::array<std::int64_t, kGuardRuleCount>& refusals);

  // Fills in everything that is said of an active network, but for its journal.
  void Take(const sim::World& world, NetworkSample* sample);

 private:
  void CountDays(const sim::World& world);

  ForecastWatch forecast_watch_;
  DaySummary counted_;  // of the day it names, how much is in growth_
  // Since the last sample.
  DaySummary growth_;
  ForecastScore forecast_;
  std::array<std::int64_t, kGuardRuleCount> refusals_{};
  std::array<std::int64_t, kGuardRuleCount> excursions_{};
};

}  // namespace skein::server
