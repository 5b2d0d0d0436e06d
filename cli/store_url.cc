#include "cli/store_url.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "proto/codec/field_checker.h"
#include "storage/memory_store.h"
#include "storage/sqlite/sqlite_store.h"

namespace skein::cli {

absl::StatusOr<std::unique_ptr<storage::FleetStore>> OpenStore(const std::string& url,
                                                               StoreMode mode) {
  if (url == "memory" && mode == StoreMode::kCreate)
    return std::make_unique<storage::MemoryStore>();
  const std::string sqlite = "sqlite:";
  const std::string path = url.rfind(sqlite, 0) == 0 ? url.substr(sqlite.size()) : "";
  if (path.empty())
    return absl::InvalidArgumentError(
        absl::StrCat("store = ", codec::Quoted(url), ", want ",
                     mode == StoreMode::kCreate ? "sqlite:PATH or memory" : "sqlite:PATH"));
  std::error_code error;
  if (mode == StoreMode::kMustExist && !std::filesystem::is_regular_file(path, error))
    return absl::NotFoundError(absl::StrCat("there is no store at ", path));
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<storage::SqliteStore> store,
                         storage::SqliteStore::Open({.path = path}));
  return store;
}

}  // namespace skein::cli
