#include "cli/store_url.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "proto/codec/field_checker.h"
#include "storage/memory_store.h"
#include "storage/postgres/connection_string.h"
#include "storage/sqlite/sqlite_store.h"

namespace skein::cli {
namespace {

constexpr const char* kUrlVariable = "SKEIN_DATABASE_URL";

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0;
}

absl::StatusOr<std::unique_ptr<storage::FleetStore>> OpenSqlite(const std::string& path,
                                                                StoreMode mode) {
  std::error_code error;
  if (mode == StoreMode::kMustExist && !std::filesystem::is_regular_file(path, error))
    return absl::NotFoundError(absl::StrCat("there is no store at ", path));
  return storage::SqliteStore::Open({.path = path});
}

}  // namespace

absl::StatusOr<StoreUrl> ParseStoreUrl(const std::string& url) {
  const std::string sqlite = "sqlite:";
  if (url == "memory") return StoreUrl{StoreUrl::Kind::kMemory, "", url};
  if (StartsWith(url, sqlite) && url.size() > sqlite.size())
    return StoreUrl{StoreUrl::Kind::kSqlite, url.substr(sqlite.size()), url};
  std::string database = url;
  if (url == "postgresql") {
    const char* variable = std::getenv(kUrlVariable);
    if (variable == nullptr || *variable == '\0')
      return absl::InvalidArgumentError(
          absl::StrCat("store = postgresql, but the environment variable ", kUrlVariable,
                       " is not set, want postgresql://USER:PASSWORD@HOST:PORT/DATABASE"));
    database = variable;
  }
  if (StartsWith(database, "postgresql://") || StartsWith(database, "postgres://")) {
    const auto parsed = storage::postgres::ConnectionString::Parse(database);
    if (!parsed.ok())
      return absl::InvalidArgumentError(
          absl::StrCat("store = postgresql://…: ", parsed.status().message()));
    return StoreUrl{StoreUrl::Kind::kPostgres, database, parsed->redacted()};
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "store = ", codec::Quoted(url), ", want sqlite:PATH, postgresql://HOST/DATABASE or memory"));
}

absl::StatusOr<OpenedStore> OpenStore(const std::string& url, StoreMode mode) {
  SKEIN_ASSIGN_OR_RETURN(const StoreUrl parsed, ParseStoreUrl(url));
  OpenedStore opened;
  if (parsed.kind == StoreUrl::Kind::kPostgres) {
    SKEIN_ASSIGN_OR_RETURN(auto store, storage::PostgresStore::Open({.url = parsed.location}));
    opened.shared = store.get();
    opened.store = std::move(store);
  } else if (parsed.kind == StoreUrl::Kind::kSqlite) {
    SKEIN_ASSIGN_OR_RETURN(opened.store, OpenSqlite(parsed.location, mode));
  } else if (mode == StoreMode::kCreate) {
    opened.store = std::make_unique<storage::MemoryStore>();
  } else {
    return absl::InvalidArgumentError("store = memory holds nothing when it is opened");
  }
  return opened;
}

std::string StoreFolder(const std::string& url) {
  const absl::StatusOr<StoreUrl> parsed = ParseStoreUrl(url);
  if (!parsed.ok() || parsed->kind != StoreUrl::Kind::kSqlite) return "";
  return std::filesystem::absolute(parsed->location).parent_path().string();
}

}  // namespace skein::cli
