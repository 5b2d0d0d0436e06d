#include "storage/postgres/dump.h"

#include <libpq-fe.h>

#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/checked_file.h"
#include "storage/hash_chain.h"
#include "storage/migrations.h"
#include "storage/postgres/connection_string.h"

// libpqxx cannot pass COPY's binary rows through, so this file speaks to libpq.
namespace skein::storage::postgres {
namespace {

constexpr std::string_view kMagic = "SKEINPG1";

struct Table {
  const char* name;
  const char* columns;
};
// In an order in which each can be filled.
constexpr Table kTables[] = {
    {"network",
     "network_key, id, scenario, scenario_hash, rules_version, clock, policy, policy_seed,"
     " auto_dispatch, day_start_unix_ms, head_sequence, head_hash"},
    {"journal",
     "network_key, sequence, time_ms, kind, subject, number, digest, payload, prev_hash, hash"},
    {"snapshot", "network_key, sequence, payload, hash"},
    {"response", "network_key, caller, method, request_id, body_hash, response"},
    {"writer_term", "epoch, holder, address, lease_ms, batch, beat, began, ended"},
    {"place", "network_key, vertiport, title, latitude_deg, longitude_deg, stands, chargers, pads"},
    {"booking", "network_key, kind, resource, unit, capacity, holder, during, excursion"},
    {"fact",
     "network_key, sequence, item, time_ms, kind, aircraft, origin, destination, detail, number,"
     " passengers, energy_wh, cents"},
};

// The steps of the schema that this program knows, as one hash.
std::string Fingerprint() {
  std::string all;
  for (const Migration& migration : PostgresMigrations()) all += ToBytes(Sha256(migration.sql));
  return ToBytes(Sha256(all));
}

class Connection {
 public:
  static absl::StatusOr<Connection> Open(const std::string& url) {
    SKEIN_ASSIGN_OR_RETURN(const ConnectionString parsed, ConnectionString::Parse(url));
    Connection connection;
    connection.connection_.reset(PQconnectdb(parsed.to_primary().c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK)
      return connection.Failed(absl::StrCat("connect to ", parsed.redacted()));
    return connection;
  }

  // Runs a statement. Errors: UNAVAILABLE with what the database says.
  absl::Status Run(const std::string& sql) { return Expect(sql, PGRES_COMMAND_OK).status(); }

  // The one value that a query gives, as text.
  absl::StatusOr<std::string> Value(const std::string& sql) {
    SKEIN_ASSIGN_OR_RETURN(const Result result, Expect(sql, PGRES_TUPLES_OK));
    return std::string(PQgetvalue(result.get(), 0, 0));
  }

  absl::Status CopyOut(const Table& table, CheckedWriter* file) {
    const std::string sql =
        absl::StrCat("COPY ", table.name, " (", table.columns, ") TO STDOUT (FORMAT binary)");
    SKEIN_RETURN_IF_ERROR(Expect(sql, PGRES_COPY_OUT).status());
    while (true) {
      char* row = nullptr;
      const int size = PQgetCopyData(get(), &row, 0);
      const std::unique_ptr<char, void (*)(void*)> owned(row, PQfreemem);
      if (size == -1) break;
      if (size < 0) return Failed(sql);
      SKEIN_RETURN_IF_ERROR(file->WriteChunk({row, static_cast<std::size_t>(size)}));
    }
    SKEIN_RETURN_IF_ERROR(FinishCopy(sql));
    return file->WriteChunk("");
  }

  absl::Status CopyIn(const Table& table, CheckedReader* file) {
    const std::string sql =
        absl::StrCat("COPY ", table.name, " (", table.columns, ") FROM STDIN (FORMAT binary)");
    SKEIN_RETURN_IF_ERROR(Expect(sql, PGRES_COPY_IN).status());
    while (true) {
      SKEIN_ASSIGN_OR_RETURN(const std::string rows, file->ReadChunk());
      if (rows.empty()) break;
      if (PQputCopyData(get(), rows.data(), static_cast<int>(rows.size())) != 1) return Failed(sql);
    }
    if (PQputCopyEnd(get(), nullptr) != 1) return Failed(sql);
    return FinishCopy(sql);
  }

 private:
  using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  PGconn* get() const { return connection_.get(); }

  absl::StatusOr<Result> Expect(const std::string& sql, ExecStatusType wanted) {
    Result result(PQexec(get(), sql.c_str()), PQclear);
    if (PQresultStatus(result.get()) != wanted) return Failed(sql);
    return result;
  }

  absl::Status FinishCopy(const std::string& sql) {
    const Result result(PQgetResult(get()), PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return Failed(sql);
    const Result none(PQgetResult(get()), PQclear);
    return absl::OkStatus();
  }

  absl::Status Failed(const std::string& context) const {
    const std::string message = PQerrorMessage(get());
    return absl::UnavailableError(
        absl::StrCat(context.substr(0, 40), ": ", message.substr(0, message.find('\n'))));
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_{nullptr, PQfinish};
};

absl::Status CheckSchema(Connection* connection) {
  SKEIN_ASSIGN_OR_RETURN(
      const std::string steps,
      connection->Value("SELECT encode(sha256(coalesce(string_agg(sha256, ''::bytea ORDER BY"
                        " version), ''::bytea)), 'hex') FROM schema_migration"));
  std::string ours;
  for (const char c : Fingerprint()) {
    constexpr char kDigits[] = "0123456789abcdef";
    ours.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    ours.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  if (steps == ours) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the database's schema is not this program's: run `skein store migrate`");
}

}  // namespace

absl::Status BackUp(const std::string& url, const std::string& file) {
  SKEIN_ASSIGN_OR_RETURN(Connection connection, Connection::Open(url));
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<CheckedWriter> writer, CheckedWriter::Create(file));
  // One state of the database for all tables.
  SKEIN_RETURN_IF_ERROR(connection.Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  SKEIN_RETURN_IF_ERROR(connection.Run("SET LOCAL statement_timeout = 0"));
  SKEIN_RETURN_IF_ERROR(connection.Run("SET LOCAL idle_in_transaction_session_timeout = 0"));
  SKEIN_RETURN_IF_ERROR(CheckSchema(&connection));
  SKEIN_RETURN_IF_ERROR(writer->Write(kMagic));
  SKEIN_RETURN_IF_ERROR(writer->Write(Fingerprint()));
  for (const Table& table : kTables) {
    SKEIN_RETURN_IF_ERROR(writer->WriteChunk(table.name));
    SKEIN_RETURN_IF_ERROR(connection.CopyOut(table, writer.get()));
  }
  SKEIN_RETURN_IF_ERROR(connection.Run("COMMIT"));
  return writer->Finish();
}

absl::Status Restore(const std::string& url, const std::string& file) {
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<CheckedReader> reader, CheckedReader::Open(file));
  SKEIN_ASSIGN_OR_RETURN(const std::string magic, reader->Read(kMagic.size()));
  if (magic != kMagic)
    return absl::FailedPreconditionError(absl::StrCat(file, " is no backup of a PostgreSQL store"));
  SKEIN_ASSIGN_OR_RETURN(const std::string fingerprint, reader->Read(Fingerprint().size()));
  if (fingerprint != Fingerprint())
    return absl::FailedPreconditionError(
        absl::StrCat(file,
                     " belongs to another schema; restore it with the program that made it,"
                     " then run `skein store migrate` of this one"));
  SKEIN_ASSIGN_OR_RETURN(Connection connection, Connection::Open(url));
  SKEIN_RETURN_IF_ERROR(connection.Run("BEGIN"));
  SKEIN_RETURN_IF_ERROR(connection.Run("SET LOCAL statement_timeout = 0"));
  SKEIN_RETURN_IF_ERROR(connection.Run("SET LOCAL idle_in_transaction_session_timeout = 0"));
  SKEIN_RETURN_IF_ERROR(CheckSchema(&connection));
  SKEIN_RETURN_IF_ERROR(connection.Run("LOCK TABLE network, writer_term IN EXCLUSIVE MODE"));
  SKEIN_ASSIGN_OR_RETURN(const std::string used,
                         connection.Value("SELECT EXISTS (SELECT FROM network)"));
  if (used != "f")
    return absl::FailedPreconditionError("the database holds networks; want an empty one");
  // Of a server that found nothing to do here.
  SKEIN_RETURN_IF_ERROR(connection.Run("DELETE FROM writer_term"));
  for (const Table& table : kTables) {
    SKEIN_ASSIGN_OR_RETURN(const std::string name, reader->ReadChunk());
    if (name != table.name)
      return absl::DataLossError(absl::StrCat("table ", name, ", want ", table.name));
    SKEIN_RETURN_IF_ERROR(Annotate(connection.CopyIn(table, reader.get()), name));
  }
  SKEIN_RETURN_IF_ERROR(
      connection.Run("UPDATE writer_term SET ended = clock_timestamp() WHERE ended IS NULL"));
  SKEIN_RETURN_IF_ERROR(connection
                            .Value("SELECT setval(pg_get_serial_sequence('fact', 'item'),"
                                   " (SELECT coalesce(max(item), 0) + 1 FROM fact), false)")
                            .status());
  return connection.Run("COMMIT");
}

}  // namespace skein::storage::postgres
