#pragma once

#include <string>

#include "policy/captain/backend.h"
#include "sim/domain/status.h"

// What differs between skein and skein-torch, the same program linked with LibTorch. skein hands
// `train` and `--backend torch` over to the skein-torch beside it.
namespace skein::cli {

// In skein: becomes skein-torch if the arguments want it, else returns. In skein-torch: returns.
// Errors: FAILED_PRECONDITION, if there is no skein-torch.
absl::Status HandOverToTorch(int argc, char** argv);

// The backend of the learned policy called "torch", or "none", which is null.
// Errors: INVALID_ARGUMENT, with the names there are.
absl::StatusOr<policy::captain::BackendFactory> BackendNamed(const std::string& name);

}  // namespace skein::cli
