#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "policy/evaluation/timed_dispatcher.h"
#include "policy/registry.h"
#include "sim/domain/status.h"
#include "sim/episode.h"
#include "sim/network.h"

namespace skein::policy {

// What a day of an evaluation needs from outside.
struct DayHooks {
  PolicyClock clock;
  std::function<bool()> stop;  // asked now and then; true ends the day with CANCELLED
  CaptainParts captain = {};
};

struct EvaluatedDay {
  sim::EpisodeReport episode;
  DecisionTimes decisions;
  std::chrono::nanoseconds wall{};
};

// Plays the day with this seed with a dispatcher of its own.
// Errors: those of MakeEvaluationDispatcher and of sim::RunEpisode.
absl::StatusOr<EvaluatedDay> RunDay(const std::shared_ptr<const sim::Network>& network,
                                    std::uint64_t seed, const std::string& policy,
                                    const DayHooks& hooks);

struct BoundedDay {
  std::int64_t bound_cents = 0;  // no policy's profit of the day is above it
  std::chrono::nanoseconds wall{};
};

// Bounds the day with this seed in hindsight.
// Errors: those of HindsightBound.
absl::StatusOr<BoundedDay> BoundDay(const std::shared_ptr<const sim::Network>& network,
                                    std::uint64_t seed, const DayHooks& hooks);

}  // namespace skein::policy
