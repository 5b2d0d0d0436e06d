#pragma once

#include <memory>
#include <string>

#include "sim/domain/status.h"
#include "storage/fleet_store.h"

namespace skein::cli {

enum class StoreMode { kCreate, kMustExist };

// Opens the store at `url`: sqlite:PATH, or memory, which forgets everything at the end.
// Errors: INVALID_ARGUMENT for any other URL; NOT_FOUND, if it must exist and does not; those of
//         SqliteStore::Open, such as FAILED_PRECONDITION if another process has it open.
absl::StatusOr<std::unique_ptr<storage::FleetStore>> OpenStore(const std::string& url,
                                                               StoreMode mode);

// The folder in which the file of the store at `url` lies; empty if it has none.
std::string StoreFolder(const std::string& url);

}  // namespace skein::cli
