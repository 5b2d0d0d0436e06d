#pragma once

#include <cstdint>
#include <memory>
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
};

}  // namespace skein
