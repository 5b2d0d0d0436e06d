#pragma once

#include <string>

namespace skein::testing {

// Plays days of several scenarios, policies and seeds on so many threads. One line per day, in a
// fixed order: scenario, policy, seed, profit in cents, digest; the last line is a digest of all.
// Empty, if an episode failed.
std::string EpisodeDigests(int threads);

}  // namespace skein::testing
