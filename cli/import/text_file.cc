#include "cli/import/text_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace skein::importer {

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return absl::NotFoundError(absl::StrCat(path, ": there is no such file"));
  if (!std::filesystem::is_regular_file(status))
    return absl::InvalidArgumentError(absl::StrCat(path, ": is not a file"));
  const auto bytes = std::filesystem::file_size(path, error);
  if (error || bytes > kMaxTableBytes)
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": want a readable file of at most ", kMaxTableBytes, " bytes"));
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  return content;
}

}  // namespace skein::importer
