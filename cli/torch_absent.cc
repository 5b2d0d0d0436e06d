#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "cli/torch.h"

namespace skein::cli {
namespace {

// Whether `--backend torch` or `--backend=torch` is anywhere and no help is asked for, which needs
// no LibTorch.
bool WantsTorch(int argc, char** argv) {
  bool torch = false;
  for (int k = 1; k < argc; ++k) {
    const std::string_view argument = argv[k];
    if (argument == "-h" || argument == "--help" || argument == "--help-all") return false;
    torch = torch || argument == "--backend=torch" ||
            (argument == "--backend" && k + 1 < argc && std::string_view(argv[k + 1]) == "torch");
  }
  return torch;
}

absl::Status BecomeTorch(char** argv) {
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

}  // namespace

absl::Status HandOverToTorch(int argc, char** argv) {
  return WantsTorch(argc, argv) ? BecomeTorch(argv) : absl::OkStatus();
}

absl::Status Train(const TrainOptions&, char** argv) { return BecomeTorch(argv); }

policy::captain::BackendFactory TorchBackend() { return nullptr; }

}  // namespace skein::cli
