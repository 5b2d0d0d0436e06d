#include "storage/sqlite/schema.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/failpoint.h"
#include "storage/hash_chain.h"

namespace skein::storage::sqlite {
namespace {

// Checksums of the steps that the store went through, by version.
using Applied = std::map<std::int64_t, std::string>;

absl::Status EnsureTable(Connection* connection) {
  SKEIN_ASSIGN_OR_RETURN(
      const std::string ours,
      connection->QueryValue("SELECT count(*) FROM sqlite_master WHERE name = 'schema_migration'"));
  if (ours == "1") return absl::OkStatus();
  SKEIN_ASSIGN_OR_RETURN(const std::string tables,
                         connection->QueryValue("SELECT count(*) FROM sqlite_master"));
  if (tables != "0")
    return absl::FailedPreconditionError("the file holds another database, not a store of Skein");
  return connection->Execute(
      "CREATE TABLE schema_migration ("
      "  version BIGINT NOT NULL PRIMARY KEY,"
      "  name    TEXT   NOT NULL,"
      "  sha256  BYTEA  NOT NULL CHECK (length(sha256) = 32))");
}

absl::StatusOr<Applied> ReadApplied(Connection* connection) {
  Applied applied;
  SKEIN_ASSIGN_OR_RETURN(Statement statement,
                         connection->Prepare("SELECT version, sha256 FROM schema_migration"));
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const bool row, statement.Step());
    if (!row) return applied;
    applied[statement.Int(0)] = statement.Bytes(1);
  }
}

absl::Status Apply(const Migration& migration, const std::string& checksum,
                   Connection* connection) {
  SKEIN_RETURN_IF_ERROR(connection->Execute(std::string(migration.sql)));
  SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kMigration));
  SKEIN_ASSIGN_OR_RETURN(Statement statement,
                         connection->Prepare("INSERT INTO schema_migration VALUES (?1, ?2, ?3)"));
  return statement.Bind(1, migration.version)
      .BindText(2, migration.name)
      .BindBlob(3, checksum)
      .Run();
}

absl::Status MigrateInTransaction(std::span<const Migration> migrations, Connection* connection) {
  SKEIN_RETURN_IF_ERROR(EnsureTable(connection));
  SKEIN_ASSIGN_OR_RETURN(const Applied applied, ReadApplied(connection));
  const std::int64_t newest = migrations.empty() ? 0 : migrations.back().version;
  if (!applied.empty() && applied.rbegin()->first > newest)
    return absl::FailedPreconditionError(
        absl::StrCat("the store has schema version ", applied.rbegin()->first,
                     ", this program knows up to ", newest, "; use a newer program"));
  for (const Migration& migration : migrations) {
    const std::string checksum = ToBytes(Sha256(migration.sql));
    const auto known = applied.find(migration.version);
    if (known == applied.end()) {
      SKEIN_RETURN_IF_ERROR(Annotate(Apply(migration, checksum, connection),
                                     absl::StrCat("migration ", std::string(migration.name))));
    } else if (known->second != checksum) {
      return absl::FailedPreconditionError(
          absl::StrCat("migration ", std::string(migration.name),
                       " differs from the one this store went through"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(std::span<const Migration> migrations, Connection* connection) {
  SKEIN_RETURN_IF_ERROR(connection->Execute("BEGIN IMMEDIATE"));
  const absl::Status migrated = MigrateInTransaction(migrations, connection);
  if (migrated.ok()) return connection->Execute("COMMIT");
  if (connection->in_transaction()) connection->Execute("ROLLBACK").IgnoreError();
  return migrated;
}

}  // namespace skein::storage::sqlite
