#include "storage/sqlite/connection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::storage::sqlite {
namespace {

// How long a statement waits for another connection's lock. Only checkpoints ever hold one.
constexpr int kBusyTimeoutMs = 5000;

}  // namespace

absl::Status ToStatus(int result, std::string_view context) {
  const std::string message =
      absl::StrCat(std::string(context), ": ", sqlite3_errstr(result), " (", result, ")");
  switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return absl::OkStatus();
    case SQLITE_CONSTRAINT: return absl::AbortedError(message);
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
    case SQLITE_NOTADB: return absl::DataLossError(message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM: return absl::UnavailableError(message);
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return absl::FailedPreconditionError(message);
    case SQLITE_TOOBIG: return absl::InvalidArgumentError(message);
    default: return absl::InternalError(message);
  }
}

void Statement::Note(int result) {
  if (bind_result_ == SQLITE_OK) bind_result_ = result;
}

Statement& Statement::Bind(int index, std::int64_t value) {
  Note(sqlite3_bind_int64(statement_.get(), index, value));
  return *this;
}

Statement& Statement::Bind(int index, const std::optional<std::int64_t>& value) {
  if (value.has_value()) return Bind(index, *value);
  Note(sqlite3_bind_null(statement_.get(), index));
  return *this;
}

Statement& Statement::BindText(int index, std::string_view value) {
  Note(sqlite3_bind_text64(statement_.get(), index, value.data(), value.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindBlob(int index, std::string_view value) {
  // A null pointer would bind NULL instead of an empty blob.
  const char* bytes = value.data() == nullptr ? "" : value.data();
  Note(sqlite3_bind_blob64(statement_.get(), index, bytes, value.size(), SQLITE_STATIC));
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  const int result =
      bind_result_ == SQLITE_OK ? sqlite3_step(statement_.get()) : std::exchange(bind_result_, 0);
  if (result == SQLITE_ROW) return true;
  const char* sql = sqlite3_sql(statement_.get());
  const std::string head = std::string(sql).substr(0, 40);
  Reset();
  if (result == SQLITE_DONE) return false;
  return ToStatus(result, head);
}

absl::Status Statement::Run() {
  SKEIN_ASSIGN_OR_RETURN(const bool row, Step());
  if (row) Reset();
  return absl::OkStatus();
}

void Statement::Reset() {
  sqlite3_reset(statement_.get());  // repeats the error of the last step, which is known already
  sqlite3_clear_bindings(statement_.get());
  bind_result_ = SQLITE_OK;
}

std::int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Statement::OptionalInt(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return Int(column);
}

std::string Statement::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr) return {};
  return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path,
                                                             Access access) {
  const int mode = access == Access::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                : SQLITE_OPEN_READONLY;
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  SKEIN_RETURN_IF_ERROR(ToStatus(result, absl::StrCat("open ", path)));
  SKEIN_RETURN_IF_ERROR(Annotate(connection->Configure(access), absl::StrCat("open ", path)));
  return connection;
}

absl::Status Connection::Configure(Access access) {
  sqlite3_extended_result_codes(database_.get(), 1);
  SKEIN_RETURN_IF_ERROR(
      ToStatus(sqlite3_busy_timeout(database_.get(), kBusyTimeoutMs), "busy_timeout"));
  if (access == Access::kReadWrite) SKEIN_RETURN_IF_ERROR(Execute("PRAGMA journal_mode = WAL"));
  SKEIN_RETURN_IF_ERROR(Execute("PRAGMA synchronous = FULL"));
  SKEIN_RETURN_IF_ERROR(Execute("PRAGMA foreign_keys = ON"));
  // Only the writer may checkpoint: two connections that do so can corrupt a WAL.
  // Source: sqlite.org/wal.html, section on the WAL-reset bug, fixed in 3.51.3.
  if (access == Access::kReadOnly) SKEIN_RETURN_IF_ERROR(Execute("PRAGMA wal_autocheckpoint = 0"));
  SKEIN_RETURN_IF_ERROR(Expect("journal_mode", "wal"));
  SKEIN_RETURN_IF_ERROR(Expect("synchronous", "2"));
  return Expect("foreign_keys", "1");
}

absl::Status Connection::Expect(const std::string& pragma, const std::string& value) {
  SKEIN_ASSIGN_OR_RETURN(const std::string actual, QueryValue("PRAGMA " + pragma));
  if (actual == value) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("PRAGMA ", pragma, " = ", actual, ", want ", value));
}

absl::Status Connection::Execute(const std::string& sql) {
  return ToStatus(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr),
                  sql.substr(0, 40));
}

absl::Status Connection::CopyTo(Connection* target) {
  sqlite3_backup* backup =
      sqlite3_backup_init(target->database_.get(), "main", database_.get(), "main");
  if (backup == nullptr)
    return ToStatus(sqlite3_extended_errcode(target->database_.get()), "begin a backup");
  const int copied = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  return ToStatus(copied == SQLITE_DONE ? finished : copied, "copy the database");
}

absl::StatusOr<Statement> Connection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  SKEIN_RETURN_IF_ERROR(ToStatus(
      result, absl::StrCat("prepare ", std::string(sql), ": ", sqlite3_errmsg(database_.get()))));
  return Statement(statement);
}

absl::StatusOr<std::string> Connection::QueryValue(const std::string& sql) {
  SKEIN_ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  SKEIN_ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Bytes(0) : std::string();
}

}  // namespace skein::storage::sqlite
