#pragma once

#include "policy/rules/rules.h"
#include "policy/training/trainer.h"
#include "tests/policy/captain/some_points.h"

// A training that takes seconds, for tests.
namespace skein::policy {

// Three vertiports, always the same ones; experts are `random` and `greedy`.
inline TrainingWorld SmallWorld() {
  return {.network = [](const TrainingSource& source,
                        std::uint64_t) -> absl::StatusOr<std::shared_ptr<const sim::Network>> {
            return captain::PaperNetwork(11, source.vertiports, source.aircraft);
          },
          .dispatcher = [](const std::string& name, std::shared_ptr<const sim::Network> network,
                           std::uint64_t seed) -> absl::StatusOr<std::unique_ptr<Dispatcher>> {
            if (name == "random") return MakeRandom(seed);
            return MakeGreedy(std::move(network));
          }};
}

inline TrainingOptions SmallOptions() {
  TrainingOptions options;
  options.model = {.width = 32, .capsules = 2, .layers = 1, .heads = 2, .series_width = 16};
  options.sources = {{.scenario = "", .vertiports = 3, .aircraft = 4, .environments = 4}};
  options.imitation = {.expert = "", .iterations = 2, .mixing_iterations = 2, .passes = 1};
  options.ppo.iterations = 2;
  options.ppo.steps = 32;
  options.ppo.minibatch = 64;
  options.selection = {.every_iterations = 2, .days = 3, .source = options.sources[0]};
  options.selection.baseline = "random";
  return options;
}

}  // namespace skein::policy
