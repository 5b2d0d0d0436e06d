#pragma once

#include <span>

#include "absl/status/status.h"
#include "storage/migrations.h"
#include "storage/sqlite/connection.h"

namespace skein::storage::sqlite {

// Brings the schema to the newest of `migrations` in one transaction, and
// records name and checksum of each step.
//
// Errors: FAILED_PRECONDITION, if the file holds something else than a store of ours, was written
//         by a newer program, or if a step it went through has since been changed;
//         UNAVAILABLE, DATA_LOSS.
absl::Status Migrate(std::span<const Migration> migrations, Connection* connection);

}  // namespace skein::storage::sqlite
