#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "policy/captain/backend.h"
#include "policy/training/training_config.h"

namespace skein::policy {

// One decision to learn from.
struct Sample {
  captain::Features features;
  int action = 0;  // as played; of imitation, the expert's
  float log_prob = 0;
  float value = 0;
  float advantage = 0;
  float return_ = 0;
};

// Means over the gradient steps of an iteration.
struct LearningFigures {
  double policy_loss = 0;
  double value_loss = 0;
  double entropy = 0;
  double approx_kl = 0;
  double clip_fraction = 0;
  double imitation_loss = 0;
  double agreement = 0;
  std::int64_t sample_passes = 0;
};

// A network and its optimiser. This header is free of torch.
//
// Adam: Kingma & Ba 2015, with gradients cut to a greatest norm.
//
// Threads: compatible.
class Learner {
 public:
  virtual ~Learner() = default;

  // What the network says now; see captain::Backend. May be called by several threads at a time.
  virtual void Evaluate(std::span<const captain::Features* const> batch,
                        std::span<captain::Evaluation> out) = 0;

  // Passes over the samples in minibatches whose order is a function of `order_seed`; PPO stops at
  // its target KL. Requires: samples of one call have features of this program.
  virtual LearningFigures LearnFromReward(std::span<const Sample* const> samples,
                                          const PpoOptions& options, double learning_rate,
                                          bool critic_only, std::uint64_t order_seed) = 0;
  virtual LearningFigures LearnFromExpert(std::span<const Sample* const> samples,
                                          const ImitationOptions& options, double learning_rate,
                                          std::uint64_t order_seed) = 0;

  // The network's tensors, with those of the optimiser if it is to go on learning.
  virtual std::vector<captain::Tensor> Tensors(bool with_optimiser) const = 0;
  virtual std::int64_t gradient_steps() const = 0;
  // The libraries it is linked with and their versions.
  virtual std::vector<std::pair<std::string, std::string>> Libraries() const = 0;
};

// A network with random parameters.
std::unique_ptr<Learner> MakeLearner(const captain::CaptainOptions& model, std::uint64_t seed,
                                     int threads);
// One that goes on from a checkpoint; without tensors of an optimiser it starts that anew.
// Errors: FAILED_PRECONDITION, if its tensors are not those of its model.
absl::StatusOr<std::unique_ptr<Learner>> MakeLearner(const captain::Checkpoint& checkpoint,
                                                     std::int64_t gradient_steps, int threads);

}  // namespace skein::policy
