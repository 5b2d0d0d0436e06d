#include "policy/captain/torch/torch_backend.h"

#include <ATen/native/DispatchStub.h>
#include <torch/torch.h>

#include "absl/strings/str_cat.h"
#include "policy/captain/torch/parameters.h"

namespace skein::policy::captain {
namespace {

class TorchBackend final : public Backend {
 public:
  explicit TorchBackend(CaptainNetwork network) : network_(std::move(network)) {}

  absl::Status Evaluate(std::span<const Features* const> batch,
                        std::span<Evaluation> out) override {
    try {
      EvaluateBatch(*network_, batch, out);
      return absl::OkStatus();
    } catch (const c10::Error& error) {
      return absl::InternalError(error.what_without_backtrace());
    }
  }
  // LibTorch and what it stands on choose their loops by the processor.
  std::string name() const override {
    const auto capability = static_cast<int>(at::native::get_cpu_capability());
    return absl::StrCat("torch ", TORCH_VERSION, " level-", capability, " threads-",
                        at::get_num_threads());
  }

 private:
  CaptainNetwork network_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> MakeTorchBackend(const Checkpoint& checkpoint) {
  SKEIN_ASSIGN_OR_RETURN(CaptainNetwork network, MakeNetwork(checkpoint));
  network->eval();
  return std::make_unique<TorchBackend>(std::move(network));
}

void SetTorchThreads(int threads) { at::set_num_threads(threads); }

}  // namespace skein::policy::captain
