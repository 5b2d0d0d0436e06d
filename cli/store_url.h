#pragma once

#include <memory>
#include <string>

#include "sim/domain/status.h"
#include "storage/fleet_store.h"
#include "storage/postgres/postgres_store.h"

namespace skein::cli {

// What the option --store names: sqlite:PATH, postgresql://…, or memory, which forgets everything
// at the end. Plain "postgresql" means the URL in the environment variable SKEIN_DATABASE_URL, so
// that a password need not stand on a command line.
struct StoreUrl {
  enum class Kind { kMemory, kSqlite, kPostgres };
  Kind kind = Kind::kMemory;
  std::string location;  // the path or the whole URL
  std::string shown;     // for logs and messages: without secrets
};

// Errors: INVALID_ARGUMENT.
absl::StatusOr<StoreUrl> ParseStoreUrl(const std::string& url);

enum class StoreMode { kCreate, kMustExist };

struct OpenedStore {
  std::unique_ptr<storage::FleetStore> store;
  storage::PostgresStore* shared = nullptr;  // the same, if servers share it
};

// Opens a store. Errors: INVALID_ARGUMENT, if the URL names none, or one in memory must exist;
// NOT_FOUND, if it must exist and does not; those of SqliteStore::Open and PostgresStore::Open.
absl::StatusOr<OpenedStore> OpenStore(const std::string& url, StoreMode mode);

// The folder in which the file of the store at `url` lies; empty if it has none.
std::string StoreFolder(const std::string& url);

}  // namespace skein::cli
