#include "cli/torch.h"
#include "policy/captain/torch/torch_backend.h"

namespace skein::cli {

absl::Status HandOverToTorch(int, char**) { return absl::OkStatus(); }

policy::captain::BackendFactory TorchBackend() { return policy::captain::MakeTorchBackend; }

}  // namespace skein::cli
