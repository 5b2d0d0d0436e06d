#include "policy/captain/torch/torch_backend.h"

#include <ATen/Version.h>
#include <torch/torch.h>

#include "absl/strings/str_cat.h"
#include "policy/captain/torch/parameters.h"

namespace skein::policy::captain {
namespace {

// The instructions that LibTorch has chosen for this processor, as "AVX2".
std::string Instructions() {
  const std::string config = at::show_config();
  const std::string key = "CPU capability usage: ";
  const std::size_t at = config.find(key);
  if (at == std::string::npos) return "unknown";
  const std::size_t begin = at + key.size();
  return config.substr(begin, config.find('\n', begin) - begin);
}

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
  std::string name() const override {
    return absl::StrCat("torch ", TORCH_VERSION, " ", Instructions(), " threads-",
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
