#include <filesystem>
#include <fstream>
#include <system_error>

#include "policy/captain/checkpoint/checkpoint.h"

namespace skein::policy::captain {

absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return absl::NotFoundError(absl::StrCat("checkpoint ", path, ": there is no such file"));
  const auto size = std::filesystem::file_size(path, error);
  if (error) return absl::UnavailableError(absl::StrCat(path, ": ", error.message()));
  if (size > kMaxCheckpointBytes)
    return absl::DataLossError(absl::StrCat("checkpoint ", path, ": has ", size,
                                            " bytes, want at most ", kMaxCheckpointBytes));
  std::string bytes(size, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!file) return absl::UnavailableError(absl::StrCat("checkpoint ", path, ": cannot be read"));
  absl::StatusOr<Checkpoint> checkpoint = DecodeCheckpoint(bytes);
  if (!checkpoint.ok()) return Annotate(checkpoint.status(), absl::StrCat("checkpoint ", path));
  return checkpoint;
}

}  // namespace skein::policy::captain
