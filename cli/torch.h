#pragma once

#include "policy/captain/backend.h"
#include "sim/domain/status.h"

// What differs between skein and skein-torch, the same program linked with LibTorch. skein hands
// `train` and `--backend torch` over to the skein-torch beside it.
namespace skein::cli {

struct TrainOptions;

// In skein: becomes skein-torch if the arguments say `--backend torch` and do not ask for help,
// else returns. In skein-torch: returns.
// Errors: FAILED_PRECONDITION, if there is no skein-torch.
absl::Status HandOverToTorch(int argc, char** argv);

// Trains. In skein: becomes skein-torch with the arguments `argv`, which does it.
// Errors: those of the configuration, the files and the trainer; FAILED_PRECONDITION, if there is
//         no skein-torch.
absl::Status Train(const TrainOptions& options, char** argv);

// LibTorch as the backend of the learned policy. In skein: null.
policy::captain::BackendFactory TorchBackend();

}  // namespace skein::cli
