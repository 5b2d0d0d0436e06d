#include "cli/result_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace skein::cli {
namespace {

constexpr std::size_t kMostPending = std::size_t{64} << 10;

absl::Status CannotWrite(const std::string& path, int error) {
  return absl::UnavailableError(
      absl::StrCat(path, " cannot be written: ", std::string(std::strerror(error))));
}

bool WriteAll(int descriptor, std::string_view content) {
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t n = write(descriptor, content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

// Makes a new name in a folder outlast a power failure.
bool SyncFolder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

}  // namespace

absl::StatusOr<ResultFile> ResultFile::Create(const std::string& path) {
  std::error_code ignored;  // whatever it is, opening the file will say it
  if (std::filesystem::is_directory(path, ignored))
    return absl::InvalidArgumentError(absl::StrCat(path, " is a folder, want a file"));
  const int descriptor =
      open((path + ".part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return CannotWrite(path, errno);
  return ResultFile(path, descriptor);
}

ResultFile::ResultFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

ResultFile::ResultFile(ResultFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      pending_(std::move(other.pending_)),
      error_(other.error_) {}

ResultFile::~ResultFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink((path_ + ".part").c_str());
}

void ResultFile::Append(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= kMostPending) Flush();
}

void ResultFile::Flush() {
  if (error_ == 0 && !WriteAll(descriptor_, pending_)) error_ = errno;
  pending_.clear();
}

absl::Status ResultFile::Finish() {
  Flush();
  if (error_ != 0) return CannotWrite(path_, error_);
  if (fsync(descriptor_) != 0 || rename((path_ + ".part").c_str(), path_.c_str()) != 0)
    return CannotWrite(path_, errno);
  close(std::exchange(descriptor_, -1));
  if (!SyncFolder(path_)) return CannotWrite(path_, errno);
  return absl::OkStatus();
}

absl::Status WriteResultFile(const std::string& path, std::string_view content) {
  SKEIN_ASSIGN_OR_RETURN(ResultFile file, ResultFile::Create(path));
  file.Append(content);
  return file.Finish();
}

}  // namespace skein::cli
