#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/domain/decision.h"
#include "sim/domain/observation.h"
#include "sim/domain/status.h"

namespace skein {

namespace sim {
class World;
}

// One aircraft that wants a decision.
struct DecisionPoint {
  const Observation* observation = nullptr;  // never null
  const sim::World* world = nullptr;         // read only; planners copy it
};

// A dispatcher's answer, with what explains it. Reused by the caller from call to call.
struct Choice {
  Action action;
  float probability = 1;      // of the action, under a stochastic policy
  float value = 0;            // the policy's estimate of the profit to come, USD; 0 if it has none
  std::vector<float> scores;  // [V], larger is better, own vertiport = hold; empty if it has none
  std::uint64_t features_hash = 0;  // of what a network was given; 0 if there is none
};

// What a policy decides with besides the program, so that its choices can be made again.
struct PolicyVersion {
  std::string checksum;  // SHA-256 of its weights, hexadecimal; empty if it has none
  // What computes with them and what built it, as "native-v3 gcc-12.2.0"; empty if nothing does.
  std::string backend;
  // Whether each choice depends on the network, the seed and its decision point alone.
  bool repeatable = false;
};

// The time now, on a clock that never jumps. Policies read no clock: who wants to time a part of
// their work hands one in.
using PolicyClock = std::function<std::chrono::nanoseconds()>;

// What of a policy's work is compared with its training: blocks of its features, and its choices.
enum class DriftBlock { kVertiports, kAircraft, kEdges, kContext, kSeries, kChoices };
inline constexpr std::size_t kDriftBlockCount = 6;
// How far each block lies from what the policy was trained on; 1 is usual among the days of
// training (docs/policy.md).
using PolicyDrift = std::array<double, kDriftBlockCount>;

// Chooses what each waiting aircraft does next: fly to a vertiport or hold.
//
// An implementation may keep caches. The same seed and the same sequence of decision points give
// the same choices.
//
// Threads: compatible. Callers that share one dispatcher serialise their calls.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;

  // Chooses for every decision point; choices[i] answers points[i].
  //
  // Every action is legal under the action mask of its observation.
  // Requires: points is not empty, choices is as long, and each point has a legal action (hold is).
  // Errors:   UNAVAILABLE or DEADLINE_EXCEEDED, if an inner model or program did not answer;
  //           DATA_LOSS, if a model answered numbers that are not finite.
  virtual absl::Status DecideBatch(std::span<const DecisionPoint> points,
                                   std::span<Choice> choices) = 0;

  // The name under which it is selected, such as "greedy".
  virtual std::string name() const = 0;

  virtual PolicyVersion version() const { return {}; }

  // What the last DecideBatch took to make its features; 0: it made none, or has no clock.
  virtual std::chrono::nanoseconds features_time() const { return {}; }

  // Of the latest decisions; nothing, if it was not trained or has not decided for long enough.
  virtual std::optional<PolicyDrift> drift() const { return std::nullopt; }
};

}  // namespace skein
