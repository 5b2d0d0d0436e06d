#include "storage/postgres/schema.h"

#include <cstdint>
#include <map>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/failpoint.h"
#include "storage/hash_chain.h"

namespace skein::storage::postgres {
namespace {

// Held by whoever migrates, until the end of its transaction. "skein" in ASCII.
constexpr std::int64_t kMigrationLock = 0x736b65696e;

constexpr const char* kFindTable = "SELECT to_regclass('schema_migration') IS NOT NULL";
constexpr const char* kCreateTable =
    "CREATE TABLE schema_migration ("
    "  version BIGINT NOT NULL PRIMARY KEY,"
    "  name    TEXT   NOT NULL,"
    "  sha256  BYTEA  NOT NULL CHECK (length(sha256) = 32))";

// Checksums of the steps that the store went through, by version.
using Applied = std::map<int, std::string>;

Applied ReadApplied(pqxx::transaction_base& transaction) {
  Applied applied;
  if (!transaction.exec1(kFindTable)[0].as<bool>()) return applied;
  for (const pqxx::row row : transaction.exec("SELECT version, sha256 FROM schema_migration"))
    applied[row[0].as<int>()] = BytesOf(row[1]);
  return applied;
}

absl::Status CheckApplied(std::span<const Migration> migrations, const Applied& applied) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (!applied.empty() && applied.rbegin()->first > newest)
    return absl::FailedPreconditionError(
        absl::StrCat("the database has schema version ", applied.rbegin()->first,
                     ", this program knows up to ", newest, "; use a newer program"));
  for (const Migration& migration : migrations) {
    const auto known = applied.find(migration.version);
    if (known != applied.end() && known->second != ToBytes(Sha256(migration.sql)))
      return absl::FailedPreconditionError(
          absl::StrCat("migration ", std::string(migration.name),
                       " differs from the one this database went through"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(std::span<const Migration> migrations, Session* session) {
  return session->Run("migrate", [&](pqxx::work& transaction) -> absl::Status {
    // A step over a long journal takes its time.
    transaction.exec0("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'");
    transaction.exec1(absl::StrCat("SELECT pg_advisory_xact_lock(", kMigrationLock, ")"));
    const Applied applied = ReadApplied(transaction);
    SKEIN_RETURN_IF_ERROR(CheckApplied(migrations, applied));
    if (!transaction.exec1(kFindTable)[0].as<bool>()) transaction.exec0(kCreateTable);
    for (const Migration& migration : migrations) {
      if (applied.contains(migration.version)) continue;
      transaction.exec(std::string(migration.sql), std::string(migration.name));
      SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kMigration));
      transaction.exec_params0("INSERT INTO schema_migration VALUES ($1, $2, $3)",
                               migration.version, std::string(migration.name),
                               Bytes(ToBytes(Sha256(migration.sql))));
    }
    transaction.commit();
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<MigrationState>> SchemaState(std::span<const Migration> migrations,
                                                        Session* session) {
  using States = absl::StatusOr<std::vector<MigrationState>>;
  return session->Run<ReadOnly>("read the schema's state", [&](ReadOnly& transaction) -> States {
    const Applied applied = ReadApplied(transaction);
    SKEIN_RETURN_IF_ERROR(CheckApplied(migrations, applied));
    std::vector<MigrationState> states;
    for (const Migration& migration : migrations)
      states.push_back(
          {migration.version, std::string(migration.name), applied.contains(migration.version)});
    return states;
  });
}

absl::Status CheckSchema(std::span<const Migration> migrations, Session* session) {
  SKEIN_ASSIGN_OR_RETURN(const std::vector<MigrationState> states,
                         SchemaState(migrations, session));
  for (const MigrationState& state : states)
    if (!state.applied)
      return absl::FailedPreconditionError(absl::StrCat("the database lacks migration ", state.name,
                                                        ": run `skein store migrate --store URL`"));
  return absl::OkStatus();
}

}  // namespace skein::storage::postgres
