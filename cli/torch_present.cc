#include "cli/torch.h"
#include "policy/captain/torch/torch_backend.h"

namespace skein::cli {

absl::Status HandOverToTorch(int, char**) { return absl::OkStatus(); }

absl::StatusOr<policy::captain::BackendFactory> BackendNamed(const std::string& name) {
  if (name == "none") return policy::captain::BackendFactory();
  if (name == "torch") return policy::captain::BackendFactory(policy::captain::MakeTorchBackend);
  return absl::InvalidArgumentError(absl::StrCat("backend = \"", name, "\", want none or torch"));
}

}  // namespace skein::cli
