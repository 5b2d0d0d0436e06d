#pragma once

#include <cstdint>
#include <string>

#include "policy/captain/checkpoint/checkpoint.h"

namespace skein::policy::captain {

// A network that was never trained: the tensors of the model, drawn from the seed, the same on
// every machine. Activations keep their size from layer to layer, as they would in a trained one.
Checkpoint RandomCheckpoint(const CaptainOptions& model, std::uint64_t seed);

// Errors: UNAVAILABLE, if the file cannot be written.
absl::Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint);

}  // namespace skein::policy::captain
