#pragma once

#include <cstdint>

#include "sim/domain/status.h"
#include "sim/episode.h"
#include "tests/property/coverage.h"

namespace skein::testing {

struct RunResult {
  absl::Status status;  // INTERNAL: the first broken invariant, with its time
  Coverage coverage;
};

// Plays the random scenario of `seed` with an adversarial dispatcher and a hostile outside world,
// and recounts every invariant after every event and decision. Every fifth run is calm: there the
// outside world does as planned.
// The hooks, if any, are told of every event and decision, as in an episode.
RunResult RunHostileDay(std::uint64_t seed, const sim::EpisodeHooks* hooks = nullptr);

}  // namespace skein::testing
