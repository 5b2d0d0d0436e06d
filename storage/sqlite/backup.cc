#include "storage/sqlite/backup.h"

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/sqlite/connection.h"

namespace skein::storage::sqlite {
namespace {

// Removes an unfinished copy.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) { Remove(); }
  ~Unfinished() { Remove(); }
  const std::string& path() const { return path_; }

 private:
  void Remove() const {
    std::error_code error;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
      std::filesystem::remove(path_ + suffix, error);
  }

  const std::string path_;
};

}  // namespace

absl::Status Copy(const std::string& from, const std::string& to) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(from, error))
    return absl::NotFoundError(absl::StrCat("there is no store at ", from));
  if (std::filesystem::exists(to, error))
    return absl::AlreadyExistsError(absl::StrCat(to, " exists"));
  const Unfinished partial(to + ".part");
  {
    SKEIN_ASSIGN_OR_RETURN(const auto source, Connection::Open(from, Access::kReadOnly));
    SKEIN_ASSIGN_OR_RETURN(const auto target, Connection::Open(partial.path(), Access::kReadWrite));
    SKEIN_RETURN_IF_ERROR(source->CopyTo(target.get()));
    SKEIN_ASSIGN_OR_RETURN(const std::string sound, target->QueryValue("PRAGMA integrity_check"));
    if (sound != "ok") return absl::DataLossError(absl::StrCat("the copy: ", sound));
    // Everything into the one file.
    SKEIN_RETURN_IF_ERROR(target->Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  std::filesystem::rename(partial.path(), to, error);
  if (error) return absl::UnavailableError(absl::StrCat("rename to ", to, ": ", error.message()));
  return absl::OkStatus();
}

}  // namespace skein::storage::sqlite
