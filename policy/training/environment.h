#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/captain/backend.h"
#include "policy/captain/features/extractor.h"
#include "policy/training/training_config.h"
#include "sim/domain/dispatcher.h"
#include "sim/simulator.h"
#include "skein/v1/training.pb.h"

namespace skein::policy {

// What training needs from the outside; the composition root knows scenarios and policies by name.
struct TrainingWorld {
  // The network of the day with this seed.
  std::function<absl::StatusOr<std::shared_ptr<const sim::Network>>(const TrainingSource& source,
                                                                    std::uint64_t seed)>
      network;
  std::function<absl::StatusOr<std::unique_ptr<Dispatcher>>(
      const std::string& name, std::shared_ptr<const sim::Network> network, std::uint64_t seed)>
      dispatcher;
};

// What came of an action: until the next decision, or until the day was settled.
struct StepResult {
  double reward = 0;     // money booked, in the units of captain::kValueScale
  double elapsed_s = 0;  // simulated
  bool terminated = false;
};

// One simulated day at a time, as a sequence of decisions.
//
//   Begin(seed); while (!terminated) { look at features(); Step(action) }
//
// Threads: compatible; different environments may run on different threads.
class Environment {
 public:
  // Copies of `source` and `world` are kept.
  Environment(TrainingSource source, TrainingWorld world);

  // Begins the day, and goes to its first decision. With an expert's name, Label() asks it.
  // Errors: those of the outside; FAILED_PRECONDITION, if the day has no decision.
  absl::Status Begin(std::uint64_t seed, const std::string& expert);

  // Of the decision to be made. Requires: a day has begun and not terminated.
  const captain::Features& features() const { return features_; }
  // What the expert would do. Requires: Begin was given an expert.
  absl::StatusOr<int> Label();

  // Commits an action and goes to the next decision. Requires: the action is legal.
  absl::StatusOr<StepResult> Step(int action);

  std::uint64_t seed() const { return seed_; }
  std::int64_t profit_cents() const { return simulator_->world().profit_cents(); }
  // The actions since Begin.
  const std::vector<std::int32_t>& actions() const { return actions_; }

 private:
  // Plays until a decision is due; false if the day is settled.
  absl::StatusOr<bool> GoToDecision();
  DecisionPoint point() const { return {&observation_, &simulator_->world()}; }

  const TrainingSource source_;
  const TrainingWorld outside_;
  std::uint64_t seed_ = 0;
  std::shared_ptr<const sim::Network> network_;
  std::optional<sim::Simulator> simulator_;
  std::unique_ptr<captain::FeatureExtractor> extractor_;
  std::unique_ptr<Dispatcher> expert_;
  Observation observation_;
  captain::Features features_;
  Choice choice_;
  std::vector<std::int32_t> actions_;
};

}  // namespace skein::policy
