#pragma once

#include <cstdint>
#include <memory>

#include "policy/planners/genetic/genetic.h"
#include "sim/realised_day.h"

namespace skein::policy {

// `ga-clairvoyant`: `ga` whose fitness is the profit on the very day that it will face. A reference
// for evaluations, which nobody can serve; hence a factory apart from the registry.
//
// Requires: it is asked on that day only.
std::unique_ptr<Dispatcher> MakeClairvoyantGenetic(const GeneticOptions& options,
                                                   std::uint64_t seed,
                                                   std::shared_ptr<const sim::RealisedDay> day,
                                                   OnBlock on_block = {});

}  // namespace skein::policy
