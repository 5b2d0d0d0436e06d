#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/migrations.h"
#include "storage/postgres/session.h"

namespace skein::storage::postgres {

// Brings the schema to the newest of `migrations` in one transaction, and records name and checksum
// of each step. Others who migrate at the same time wait.
// Errors: FAILED_PRECONDITION, if the schema belongs to a newer program, or if a step that it went
//         through has since been changed; those of the session.
absl::Status Migrate(std::span<const Migration> migrations, Session* session);

// One step and whether the database went through it.
struct MigrationState {
  int version = 0;
  std::string name;
  bool applied = false;
};

// Errors: those of Migrate.
absl::StatusOr<std::vector<MigrationState>> SchemaState(std::span<const Migration> migrations,
                                                        Session* session);

// Whether the schema is the newest. Errors: FAILED_PRECONDITION saying what to do; those of
// Migrate.
absl::Status CheckSchema(std::span<const Migration> migrations, Session* session);

}  // namespace skein::storage::postgres
