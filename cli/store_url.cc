#include "cli/store_url.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "proto/codec/field_checker.h"
#include "storage/memory_store.h"
#include "storage/sqlite/sqlite_store.h"

namespace skein::cli {
namespace {

// Of sqlite:PATH; empty for any other URL.
std::string SqlitePath(const std::string& url) {
  const std::string sqlite = "sqlite:";
  return url.rfind(sqlite, 0) == 0 ? url.substr(sqlite.size()) : "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<storage::FleetStore>> OpenStore(const std::string& url,
                                                               StoreMode mode) {
  if (url == "memory" && mode == StoreMode::kCreate)
    return std::make_unique<storage::MemoryStore>();
  const std::string path = SqlitePath(url);
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

std::string StoreFolder(const std::string& url) {
  const std::string path = SqlitePath(url);
  return path.empty() ? "" : std::filesystem::absolute(path).parent_path().string();
}

}  // namespace skein::cli
