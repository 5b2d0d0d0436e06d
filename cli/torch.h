#pragma once

#include "policy/captain/backend.h"
#include "sim/domain/status.h"

// What differs between skein and skein-torch, the same program linked with LibTorch. skein hands
// `train` and `--backend torch` over to the skein-torch beside it.
namespace skein::cli {

// In skein: becomes skein-torch if the arguments want it, else returns. In skein-torch: returns.
// Errors: FAILED_PRECONDITION, if there is no skein-torch.
absl::Status HandOverToTorch(int argc, char** argv);

// LibTorch as the backend of the learned policy. In skein: null.
policy::captain::BackendFactory TorchBackend();

}  // namespace skein::cli
