#pragma once

#include <string>

#include "policy/planners/genetic/evolution.h"
#include "sim/domain/status.h"

namespace skein::policy {

// Settings of `ga`. Source: remembered of Paul, Witter, Chowdhury 2024 without check (block,
// population, generations, elite, crossover, mutation); assumed (days, threads).
struct GeneticOptions {
  int block = 60;  // decisions that are planned at once
  EvolutionOptions evolution{};
  int days = 3;     // forecast days, over which the fitness is a mean; unused by a clairvoyant
  int threads = 1;  // the plan does not depend on it
};

// Reads "population=50,generations=20": any of block, population, generations, elite, crossover,
// mutation, days, threads. What is not named keeps its default; an empty text names nothing.
//
// Errors: INVALID_ARGUMENT with the option, its value and what is legal.
absl::StatusOr<GeneticOptions> ParseGeneticOptions(const std::string& text);

}  // namespace skein::policy
