#include "storage/sqlite/journal_reader.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::storage::sqlite {
namespace {

constexpr const char* kFindHead =
    "SELECT network_key, head_sequence, head_hash FROM network WHERE id = ?1";
constexpr const char* kListNetworks =
    "SELECT id, scenario, scenario_hash, rules_version, clock, policy, policy_seed, auto_dispatch,"
    " day_start_unix_ms FROM network ORDER BY network_key";
constexpr const char* kFindSnapshots =
    "SELECT sequence, payload, hash FROM snapshot WHERE network_key = ?1 AND sequence <= ?2"
    " ORDER BY sequence DESC";
constexpr const char* kFindResponse =
    "SELECT r.body_hash, r.response FROM response r JOIN network n ON n.network_key = r.network_key"
    " WHERE n.id = ?1 AND r.method = ?2 AND r.request_id = ?3";
constexpr const char* kSelectRecords =
    "SELECT sequence, time_ms, kind, subject, number, digest, payload, prev_hash, hash FROM journal"
    " WHERE network_key = ?1 AND sequence > ?2 AND sequence < ?3";
constexpr const char* kFilters[] = {"", " AND kind = ?5", " AND kind = ?5 AND subject = ?6",
                                    " AND kind = ?5 AND number = ?6"};
constexpr const char* kOrders[] = {" ORDER BY sequence LIMIT ?4",
                                   " ORDER BY sequence DESC LIMIT ?4"};

absl::StatusOr<std::vector<Statement>> PrepareJournal(Connection* connection) {
  std::vector<Statement> statements;
  for (const char* filter : kFilters) {
    for (const char* order : kOrders) {
      const std::string sql = std::string(kSelectRecords) + filter + order;
      SKEIN_ASSIGN_OR_RETURN(Statement statement, connection->Prepare(sql));
      statements.push_back(std::move(statement));
    }
  }
  return statements;
}

}  // namespace

JournalReader::JournalReader(std::unique_ptr<Connection> connection, Statements statements)
    : connection_(std::move(connection)), statements_(std::move(statements)) {}

absl::StatusOr<std::unique_ptr<JournalReader>> JournalReader::Open(const std::string& path) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path, Access::kReadOnly));
  SKEIN_ASSIGN_OR_RETURN(Statement begin, connection->Prepare("BEGIN"));
  SKEIN_ASSIGN_OR_RETURN(Statement end, connection->Prepare("COMMIT"));
  SKEIN_ASSIGN_OR_RETURN(Statement find_head, connection->Prepare(kFindHead));
  SKEIN_ASSIGN_OR_RETURN(Statement list_networks, connection->Prepare(kListNetworks));
  SKEIN_ASSIGN_OR_RETURN(Statement find_snapshots, connection->Prepare(kFindSnapshots));
  SKEIN_ASSIGN_OR_RETURN(Statement find_response, connection->Prepare(kFindResponse));
  SKEIN_ASSIGN_OR_RETURN(std::vector<Statement> journal, PrepareJournal(connection.get()));
  Statements statements{std::move(begin),          std::move(end),
                        std::move(find_head),      std::move(list_networks),
                        std::move(find_snapshots), std::move(find_response),
                        std::move(journal)};
  return std::unique_ptr<JournalReader>(
      new JournalReader(std::move(connection), std::move(statements)));
}

absl::StatusOr<JournalReader::Head> JournalReader::HeadOf(const std::string& network) {
  Statement& find = statements_.find_head;
  SKEIN_ASSIGN_OR_RETURN(const bool row, find.BindText(1, network).Step());
  if (!row) return absl::NotFoundError(absl::StrCat("no network ", network));
  const Head head{find.Int(0), {find.Int(1), find.Bytes(2)}};
  find.Reset();
  return head;
}

absl::StatusOr<std::vector<NetworkRecord>> JournalReader::ListNetworks() {
  Statement& list = statements_.list_networks;
  std::vector<NetworkRecord> networks;
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const bool row, list.Step());
    if (!row) return networks;
    NetworkRecord& network = networks.emplace_back();
    network.id = list.Bytes(0);
    network.scenario = list.Bytes(1);
    network.scenario_hash = std::bit_cast<std::uint64_t>(list.Int(2));
    network.rules_version = static_cast<int>(list.Int(3));
    network.clock = list.Bytes(4);
    network.policy = list.Bytes(5);
    network.policy_seed = std::bit_cast<std::uint64_t>(list.Int(6));
    network.auto_dispatch = list.Int(7) != 0;
    network.day_start_unix_ms = list.Int(8);
  }
}

absl::StatusOr<std::optional<SnapshotRecord>> JournalReader::LoadSnapshot(
    const std::string& network, std::int64_t at_most) {
  SKEIN_ASSIGN_OR_RETURN(const Head head, HeadOf(network));
  Statement& find = statements_.find_snapshots;
  find.Bind(1, head.key).Bind(2, at_most);
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const bool row, find.Step());
    if (!row) return std::optional<SnapshotRecord>();
    SnapshotRecord snapshot{find.Int(0), find.Bytes(1)};
    if (ToBytes(SnapshotHash(network, snapshot)) != find.Bytes(2)) continue;
    find.Reset();
    return std::make_optional(std::move(snapshot));
  }
}

absl::StatusOr<std::optional<ResponseRecord>> JournalReader::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  Statement& find = statements_.find_response;
  SKEIN_ASSIGN_OR_RETURN(
      const bool row, find.BindText(1, network).BindText(2, method).BindText(3, request_id).Step());
  if (!row) return std::optional<ResponseRecord>();
  ResponseRecord response{method, request_id, find.Bytes(0), find.Bytes(1)};
  find.Reset();
  return std::make_optional(std::move(response));
}

absl::StatusOr<std::vector<JournalRecord>> JournalReader::ReadJournal(const JournalQuery& query) {
  SKEIN_RETURN_IF_ERROR(statements_.begin.Run());
  absl::StatusOr<std::vector<JournalRecord>> records = ReadInTransaction(query);
  const absl::Status ended = statements_.end.Run();
  if (records.ok() && !ended.ok()) return ended;
  return records;
}

absl::StatusOr<std::vector<JournalRecord>> JournalReader::ReadInTransaction(
    const JournalQuery& query) {
  SKEIN_ASSIGN_OR_RETURN(const Head head, HeadOf(query.network));
  if (!query.contiguous()) {
    SKEIN_ASSIGN_OR_RETURN(std::vector<ChainedRow> rows, ReadRows(query, head.key));
    return VerifyEach(query.network, std::move(rows));
  }
  const Stretch stretch = StretchOf(query, head.end);
  if (stretch.count == 0) return std::vector<JournalRecord>();
  SKEIN_ASSIGN_OR_RETURN(std::vector<ChainedRow> rows, ReadRows(stretch.query, head.key));
  return VerifyStretch(query.network, stretch, head.end, std::move(rows));
}

absl::StatusOr<std::vector<ChainedRow>> JournalReader::ReadRows(const JournalQuery& query,
                                                                std::int64_t key) {
  const int filter = query.number.has_value()    ? 3
                     : query.subject.has_value() ? 2
                     : query.kind.has_value()    ? 1
                                                 : 0;
  const int index = 2 * filter + (query.newest_first ? 1 : 0);
  Statement& read = statements_.journal[static_cast<std::size_t>(index)];
  read.Bind(1, key)
      .Bind(2, query.after_sequence)
      .Bind(3, query.before_sequence)
      .Bind(4, std::int64_t{query.limit});
  if (query.kind.has_value()) read.Bind(5, std::int64_t{*query.kind});
  if (query.subject.has_value()) read.Bind(6, *query.subject);
  if (query.number.has_value()) read.Bind(6, *query.number);
  std::vector<ChainedRow> rows;
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const bool found, read.Step());
    if (!found) return rows;
    ChainedRow& row = rows.emplace_back();
    row.record.sequence = read.Int(0);
    row.record.time_ms = read.Int(1);
    row.record.kind = static_cast<int>(read.Int(2));
    row.record.subject = read.OptionalInt(3);
    row.record.number = read.OptionalInt(4);
    if (const auto digest = read.OptionalInt(5); digest.has_value())
      row.record.digest = std::bit_cast<std::uint64_t>(*digest);
    row.record.payload = read.Bytes(6);
    row.previous_hash = read.Bytes(7);
    row.hash = read.Bytes(8);
  }
}

}  // namespace skein::storage::sqlite
