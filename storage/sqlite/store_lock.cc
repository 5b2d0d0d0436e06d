#include "storage/sqlite/store_lock.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace skein::storage::sqlite {
namespace {

bool OnNetworkFileSystem(int descriptor) {
  struct statfs about {};
  if (fstatfs(descriptor, &about) != 0) return false;
  constexpr long kCifs = 0xff534d42;
  return about.f_type == NFS_SUPER_MAGIC || about.f_type == SMB_SUPER_MAGIC ||
         about.f_type == SMB2_SUPER_MAGIC || about.f_type == kCifs;
}

}  // namespace

absl::StatusOr<StoreLock> StoreLock::Acquire(const std::string& path) {
  const std::string file = path + ".lock";
  StoreLock lock(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (lock.descriptor_ < 0)
    return absl::UnavailableError(absl::StrCat("open ", file, ": ", std::strerror(errno)));
  if (OnNetworkFileSystem(lock.descriptor_))
    return absl::FailedPreconditionError(
        absl::StrCat(path, " lies on a network file system; want a local disk"));
  if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0)
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is in use by another server (", file, " is locked)"));
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StoreLock::~StoreLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace skein::storage::sqlite
