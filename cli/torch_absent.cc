#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/print.h"
#include "cli/torch.h"
#include "cli/train.h"

namespace skein::cli {
namespace {

// `skein train …`, or `--backend torch` or `--backend=torch` anywhere.
bool WantsTorch(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "train") return true;
  for (int k = 1; k < argc; ++k) {
    const std::string_view argument = argv[k];
    if (argument == "--backend=torch") return true;
    if (argument == "--backend" && k + 1 < argc && std::string_view(argv[k + 1]) == "torch")
      return true;
  }
  return false;
}

}  // namespace

absl::Status HandOverToTorch(int argc, char** argv) {
  if (!WantsTorch(argc, argv)) return absl::OkStatus();
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return absl::InternalError(absl::StrCat("/proc/self/exe: ", error.message()));
  const std::string program = self.parent_path() / "skein-torch";
  execv(program.c_str(), argv);
  return absl::FailedPreconditionError(
      absl::StrCat(program, ": ", std::strerror(errno),
                   "; training and --backend torch need it: install TORCH_PACKAGES of "
                   "deploy/packages.sh and build again with -DSKEIN_WITH_TORCH=ON"));
}

policy::captain::BackendFactory TorchBackend() { return nullptr; }

// Here for the help; what is called is that of skein-torch.
void AddTrain(CLI::App& app, int* exit_code) {
  CLI::App* command = app.add_subcommand("train", "Train the policy captain (by skein-torch)");
  command->callback([exit_code] { *exit_code = kFailed; });
}

}  // namespace skein::cli
