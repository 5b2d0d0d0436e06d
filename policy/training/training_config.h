#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/captain/model_options.h"
#include "sim/domain/status.h"
#include "skein/v1/training.pb.h"

namespace skein::policy {

// A TrainingConfig with its defaults filled in and its values checked. The fields are explained in
// proto/skein/v1/training.proto.

struct TrainingSource {
  std::string scenario = "paper";
  int vertiports = 8;
  int aircraft = 40;
  int environments = 8;

  friend bool operator==(const TrainingSource&, const TrainingSource&) = default;
};

struct ImitationOptions {
  std::string expert;  // empty: no imitation
  int iterations = 20;
  int mixing_iterations = 10;
  int window_iterations = 10;
  int passes = 4;
  int minibatch = 256;
  double learning_rate = 1e-3;
};

// Defaults: Schulman et al. 2017, except times, which are assumed.
struct PpoOptions {
  int iterations = 100;
  int steps = 512;
  int epochs = 3;
  int minibatch = 512;
  double learning_rate = 3e-4;
  double clip_epsilon = 0.2;
  double value_clip = 0.5;
  double value_coef = 0.5;
  double entropy_coef = 0.01;
  double target_kl = 0.02;
  double max_gradient_norm = 0.5;
  double discount_half_life_s = 7200;
  double gae_half_life_s = 1800;
  int critic_iterations = 0;
  double critic_learning_rate = 1e-3;
};

struct SelectionOptions {
  int every_iterations = 10;
  int days = 20;
  std::uint64_t first_seed = 900'000;
  TrainingSource source;
  std::string baseline = "greedy";
};

struct TrainingOptions {
  std::uint64_t seed = 1;
  captain::CaptainOptions model;
  std::string initial_checkpoint;
  std::vector<TrainingSource> sources;
  std::uint64_t first_seed = 0;
  std::uint64_t seed_count = 900'000;
  int threads = 2;
  ImitationOptions imitation;
  PpoOptions ppo;
  SelectionOptions selection;
  int save_every_iterations = 1;

  int iterations() const {
    return (imitation.expert.empty() ? 0 : imitation.iterations) + ppo.iterations;
  }
};

// Errors: INVALID_ARGUMENT with all faults, each with its field and legal range.
absl::StatusOr<TrainingOptions> DecodeTrainingConfig(const v1::TrainingConfig& message);

}  // namespace skein::policy
