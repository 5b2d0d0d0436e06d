#pragma once

#include <string>
#include <vector>

#include "policy/captain/backend.h"

// The network in hand-written kernels, at two levels of instructions: "baseline", which every
// x86-64 has, and "v3", which is AVX2 with fused multiply-add. One level gives the same bits on
// every machine, in every batch and thread; two levels differ by rounding.
namespace skein::policy::captain {

// The levels that this machine can run, from the slowest to the fastest.
std::vector<std::string> NativeLevels();

// A factory of backends of this level, whose name is "native-" and the level. Their Evaluate fails
// never, and allocates nothing once it has met the largest network.
// Errors: INVALID_ARGUMENT, if the machine has no such level, with those it has.
absl::StatusOr<BackendFactory> NativeBackend(const std::string& level);

}  // namespace skein::policy::captain
