#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// SQLite's C interface as values and statuses. Nothing here throws.
namespace skein::storage::sqlite {

// The status that a result code of SQLite means to our callers; SQLITE_OK, ROW and DONE are OK.
absl::Status ToStatus(int result, std::string_view context);

// A prepared statement with its parameters.
//
//   statement.Bind(1, key).Bind(2, bytes);
//   while (true) { SKEIN_ASSIGN_OR_RETURN(const bool row, statement.Step()); if (!row) break; … }
//
// Bound strings are not copied: they live until the statement is reset or has run to its end.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, const std::optional<std::int64_t>& value);
  Statement& BindText(int index, std::string_view value);
  Statement& BindBlob(int index, std::string_view value);

  // Moves to the next row; false: there is none, and the statement is ready for the next use.
  // After an error it is ready for the next use too.
  absl::StatusOr<bool> Step();
  // Runs a statement that returns no rows.
  absl::Status Run();
  // Ends a walk through the rows early.
  void Reset();

  // Columns of the present row, from 0.
  std::int64_t Int(int column) const;
  std::optional<std::int64_t> OptionalInt(int column) const;
  std::string Bytes(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void Note(int result);

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  int bind_result_ = SQLITE_OK;  // the first failure of the present use
};

enum class Access { kReadWrite, kReadOnly };

// One connection to a store file, in WAL mode with full synchronisation.
//
// Threads: compatible.
class Connection {
 public:
  // Errors: UNAVAILABLE, DATA_LOSS; FAILED_PRECONDITION, if a setting that durability rests on
  // (journal_mode = wal, synchronous = 2, foreign_keys = 1) does not hold after it was set.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path, Access access);

  absl::Status Execute(const std::string& sql);
  absl::StatusOr<Statement> Prepare(std::string_view sql);
  // Makes `target` the same as this database is now.
  absl::Status CopyTo(Connection* target);
  // First column of the first row of `sql`.
  absl::StatusOr<std::string> QueryValue(const std::string& sql);

  // Rows changed by the statement that ran last.
  int changes() const { return sqlite3_changes(database_.get()); }
  bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  explicit Connection(sqlite3* database) : database_(database) {}
  absl::Status Configure(Access access);
  absl::Status Expect(const std::string& pragma, const std::string& value);

  std::unique_ptr<sqlite3, Closer> database_;
};

}  // namespace skein::storage::sqlite
