#include "policy/captain/native/native_backend.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "policy/captain/checkpoint/tensor_shapes.h"
#include "policy/captain/native/levels.h"
#include "policy/captain/native/network.h"

namespace skein::policy::captain {
namespace {

#ifdef __clang__
constexpr char kCompiler[] = "clang-" __clang_version__;
#else
constexpr char kCompiler[] = "gcc-" __VERSION__;
#endif

class Native final : public Backend {
 public:
  Native(const Checkpoint& checkpoint, const native::Kernels& kernels)
      : name_(absl::StrCat("native-", kernels.name, " ", kCompiler)),
        network_(checkpoint, kernels) {}

  // One by one: company saves nothing here, and then changes nothing either.
  absl::Status Evaluate(std::span<const Features* const> batch,
                        std::span<Evaluation> out) override {
    for (std::size_t k = 0; k < batch.size(); ++k) network_.Evaluate(*batch[k], &out[k]);
    return absl::OkStatus();
  }
  std::string name() const override { return name_; }

 private:
  const std::string name_;
  native::Network network_;
};

}  // namespace

std::vector<std::string> NativeLevels() {
  std::vector<std::string> names;
  for (const native::Kernels* level : native::Levels()) names.emplace_back(level->name);
  return names;
}

absl::StatusOr<BackendFactory> NativeBackend(const std::string& level) {
  for (const native::Kernels* kernels : native::Levels()) {
    if (kernels->name != level) continue;
    return BackendFactory(
        [kernels](const Checkpoint& checkpoint) -> absl::StatusOr<std::unique_ptr<Backend>> {
          SKEIN_RETURN_IF_ERROR(CheckTensors(checkpoint));
          return std::make_unique<Native>(checkpoint, *kernels);
        });
  }
  return absl::InvalidArgumentError(absl::StrCat("level = \"", level, "\", this machine has ",
                                                 absl::StrJoin(NativeLevels(), ", ")));
}

}  // namespace skein::policy::captain
