#include "cli/captain_backend.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_join.h"
#include "cli/torch.h"
#include "policy/captain/native/native_backend.h"

namespace skein::cli {
namespace {

constexpr char kShippedFile[] = "captain.captain";
constexpr char kTorch[] = "torch";

absl::StatusOr<std::string> ShippedCheckpoint() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::vector<std::string> looked_at;
  for (const std::filesystem::path& folder :
       {program, program.parent_path() / "share" / "skein", std::filesystem::path(SKEIN_MODELS)}) {
    const std::filesystem::path file = folder / kShippedFile;
    if (std::filesystem::is_regular_file(file, error)) return file.string();
    looked_at.push_back(file.string());
  }
  return absl::FailedPreconditionError(
      absl::StrCat("policy captain: no checkpoint is shipped; looked for ",
                   absl::StrJoin(looked_at, ", "), "; want captain:CHECKPOINT"));
}

absl::StatusOr<policy::captain::BackendFactory> BackendNamed(const std::string& name) {
  const std::vector<std::string> levels = policy::captain::NativeLevels();
  std::vector<std::string> names{kDefaultBackend};
  for (const std::string& level : levels)
    names.push_back(absl::StrCat(kDefaultBackend, "-", level));
  if (name == names.front()) return policy::captain::NativeBackend(levels.back());
  for (std::size_t k = 0; k < levels.size(); ++k)
    if (name == names[k + 1]) return policy::captain::NativeBackend(levels[k]);
  policy::captain::BackendFactory torch = TorchBackend();
  if (torch) names.push_back(kTorch);
  if (name == kTorch && torch) return torch;
  return absl::InvalidArgumentError(
      absl::StrCat("backend = \"", name, "\", want one of ", absl::StrJoin(names, ", "),
                   name == kTorch ? "; torch is to be asked for by --backend" : ""));
}

}  // namespace

absl::StatusOr<policy::CaptainParts> CaptainPartsOf(const std::string& backend) {
  SKEIN_ASSIGN_OR_RETURN(policy::captain::BackendFactory factory, BackendNamed(backend));
  return policy::CaptainParts{std::move(factory), ShippedCheckpoint()};
}

CLI::Option* AddBackendOption(CLI::App& command, std::string* backend) {
  return command.add_option(
      "--backend", *backend,
      "What computes the policy captain: native, native-baseline, native-v3 or torch");
}

}  // namespace skein::cli
