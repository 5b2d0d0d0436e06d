#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace skein::storage::sqlite {

// The claim of one process to a store file, held by an advisory lock on the file `<path>.lock`.
// The operating system releases it when the process ends, however it ends.
class StoreLock {
 public:
  // Errors: FAILED_PRECONDITION, if somebody else holds the lock, or if the path lies on a network
  // file system, where neither locks nor syncs can be trusted; UNAVAILABLE, if the file cannot be
  // opened.
  static absl::StatusOr<StoreLock> Acquire(const std::string& path);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace skein::storage::sqlite
