#pragma once

#include <memory>

#include "policy/captain/backend.h"

// The network in LibTorch. This header is free of torch.
namespace skein::policy::captain {

// Errors: FAILED_PRECONDITION, if the tensors of the checkpoint are not those of its model.
absl::StatusOr<std::unique_ptr<Backend>> MakeTorchBackend(const Checkpoint& checkpoint);

// Threads that LibTorch uses within one operation, process-wide.
void SetTorchThreads(int threads);

}  // namespace skein::policy::captain
