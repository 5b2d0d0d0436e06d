#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "policy/planners/genetic/options.h"
#include "sim/domain/dispatcher.h"

namespace skein::policy {

// A block that has been planned, for whoever shows progress.
struct PlannedBlock {
  std::int64_t first_decision = 0;         // number of the decision that gene 0 answers
  std::vector<std::int64_t> best_fitness;  // of each generation: cents, summed over the days
};
using OnBlock = std::function<void(const PlannedBlock&)>;

// `ga`, the genetic algorithm of the CapTAIN papers: at the first decision of a block it evolves a
// plan for as many decisions, gene k for the k-th, and then follows it. Fitness: mean profit of the
// block over forecast days, which are drawn from what the world knows. A gene that is illegal when
// its decision comes is repaired. Source: docs/policy.md.
//
// Every point must come with its world. A batch is answered as one part of a plan.
std::unique_ptr<Dispatcher> MakeGenetic(const GeneticOptions& options, std::uint64_t seed,
                                        OnBlock on_block = {});

}  // namespace skein::policy
