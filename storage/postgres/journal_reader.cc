#include "storage/postgres/journal_reader.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::storage::postgres {
namespace {

constexpr const char* kListNetworks =
    "SELECT id, scenario, scenario_hash, rules_version, clock, policy, policy_seed, auto_dispatch,"
    " day_start_unix_ms FROM network ORDER BY network_key";
constexpr const char* kFindHead =
    "SELECT network_key, head_sequence, head_hash FROM network WHERE id = $1";
constexpr const char* kFindSnapshot =
    "SELECT sequence, payload, hash FROM snapshot WHERE network_key = $1 AND sequence <= $2"
    " ORDER BY sequence DESC LIMIT 1";
constexpr const char* kFindResponse =
    "SELECT r.body_hash, r.response FROM response r JOIN network n USING (network_key)"
    " WHERE n.id = $1 AND r.caller = '' AND r.method = $2 AND r.request_id = $3";
constexpr const char* kSelectRecords =
    "SELECT sequence, time_ms, kind, subject, number, digest, payload, prev_hash, hash FROM journal"
    " WHERE network_key = $1 AND sequence > $2 AND sequence < $3";

// Statements that read a journal: by filter, then oldest or newest first.
enum Filter { kAll, kByKind, kBySubject, kByNumber };
constexpr const char* kFilters[] = {"", " AND kind = $5", " AND kind = $5 AND subject = $6",
                                    " AND kind = $5 AND number = $6"};
constexpr const char* kOrders[] = {" ORDER BY sequence LIMIT $4",
                                   " ORDER BY sequence DESC LIMIT $4"};

std::string JournalStatement(int filter, bool newest_first) {
  return absl::StrCat("journal_", filter, newest_first ? "_newest" : "_oldest");
}

struct Head {
  std::int64_t key = 0;
  JournalEnd end;
};

absl::StatusOr<Head> HeadOf(pqxx::transaction_base& transaction, const std::string& network) {
  const pqxx::result rows = transaction.exec_prepared("find_head", network);
  if (rows.empty()) return absl::NotFoundError(absl::StrCat("no network ", network));
  const pqxx::row row = rows[0];
  return Head{row[0].as<std::int64_t>(), {row[1].as<std::int64_t>(), BytesOf(row[2])}};
}

std::vector<ChainedRow> ReadRows(pqxx::transaction_base& transaction, const JournalQuery& query,
                                 std::int64_t key) {
  const Filter filter = query.number.has_value()    ? kByNumber
                        : query.subject.has_value() ? kBySubject
                        : query.kind.has_value()    ? kByKind
                                                    : kAll;
  const std::string name = JournalStatement(filter, query.newest_first);
  pqxx::result rows;
  if (filter == kAll)
    rows = transaction.exec_prepared(name, key, query.after_sequence, query.before_sequence,
                                     query.limit);
  else if (filter == kByKind)
    rows = transaction.exec_prepared(name, key, query.after_sequence, query.before_sequence,
                                     query.limit, *query.kind);
  else
    rows = transaction.exec_prepared(name, key, query.after_sequence, query.before_sequence,
                                     query.limit, *query.kind,
                                     filter == kByNumber ? *query.number : *query.subject);
  std::vector<ChainedRow> read;
  for (const pqxx::row row : rows) {
    ChainedRow& chained = read.emplace_back();
    chained.record.sequence = row[0].as<std::int64_t>();
    chained.record.time_ms = row[1].as<std::int64_t>();
    chained.record.kind = row[2].as<int>();
    chained.record.subject = OptionalInt(row[3]);
    chained.record.number = OptionalInt(row[4]);
    if (const auto digest = OptionalInt(row[5]); digest.has_value())
      chained.record.digest = std::bit_cast<std::uint64_t>(*digest);
    chained.record.payload = BytesOf(row[6]);
    chained.previous_hash = BytesOf(row[7]);
    chained.hash = BytesOf(row[8]);
  }
  return read;
}

// A network's name or request id that no store can hold names nothing.
bool IsText(const std::string& text) { return text.find('\0') == std::string::npos; }

}  // namespace

JournalReader::JournalReader(std::unique_ptr<Session> session) : session_(std::move(session)) {
  session_->Prepare("list_networks", kListNetworks);
  session_->Prepare("find_head", kFindHead);
  session_->Prepare("find_snapshot", kFindSnapshot);
  session_->Prepare("find_response", kFindResponse);
  for (int filter = kAll; filter <= kByNumber; ++filter)
    for (const bool newest_first : {false, true})
      session_->Prepare(JournalStatement(filter, newest_first),
                        absl::StrCat(kSelectRecords, kFilters[filter], kOrders[newest_first]));
}

absl::StatusOr<std::unique_ptr<JournalReader>> JournalReader::Open(
    const ConnectionString& connection, std::chrono::milliseconds patience) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Session> session,
                         Session::Open(connection.to_primary(), patience));
  return std::unique_ptr<JournalReader>(new JournalReader(std::move(session)));
}

absl::StatusOr<std::vector<NetworkRecord>> JournalReader::ListNetworks() {
  using Networks = absl::StatusOr<std::vector<NetworkRecord>>;
  return session_->Run<pqxx::nontransaction>(
      "list networks", [](pqxx::nontransaction& transaction) -> Networks {
        std::vector<NetworkRecord> networks;
        for (const pqxx::row row : transaction.exec_prepared("list_networks")) {
          NetworkRecord& network = networks.emplace_back();
          network.id = row[0].as<std::string>();
          network.scenario = BytesOf(row[1]);
          network.scenario_hash = std::bit_cast<std::uint64_t>(row[2].as<std::int64_t>());
          network.rules_version = row[3].as<int>();
          network.clock = row[4].as<std::string>();
          network.policy = row[5].as<std::string>();
          network.policy_seed = std::bit_cast<std::uint64_t>(row[6].as<std::int64_t>());
          network.auto_dispatch = row[7].as<bool>();
          network.day_start_unix_ms = row[8].as<std::int64_t>();
        }
        return networks;
      });
}

absl::StatusOr<std::optional<SnapshotRecord>> JournalReader::LoadSnapshot(
    const std::string& network, std::int64_t at_most) {
  using Snapshot = absl::StatusOr<std::optional<SnapshotRecord>>;
  if (!IsText(network)) return absl::NotFoundError("no such network");
  return session_->Run<ReadOnly>("load snapshot", [&](ReadOnly& transaction) -> Snapshot {
    SKEIN_ASSIGN_OR_RETURN(const Head head, HeadOf(transaction, network));
    while (true) {
      const pqxx::result rows = transaction.exec_prepared("find_snapshot", head.key, at_most);
      if (rows.empty()) return std::optional<SnapshotRecord>();
      SnapshotRecord snapshot{rows[0][0].as<std::int64_t>(), BytesOf(rows[0][1])};
      if (ToBytes(SnapshotHash(network, snapshot)) == BytesOf(rows[0][2]))
        return std::make_optional(std::move(snapshot));
      at_most = snapshot.sequence - 1;
    }
  });
}

absl::StatusOr<std::vector<JournalRecord>> JournalReader::ReadJournal(const JournalQuery& query) {
  using Records = absl::StatusOr<std::vector<JournalRecord>>;
  if (!IsText(query.network)) return absl::NotFoundError("no such network");
  // One state of the database for the head and the rows.
  return session_->Run<ReadOnly>("read journal", [&](ReadOnly& transaction) -> Records {
    SKEIN_ASSIGN_OR_RETURN(const Head head, HeadOf(transaction, query.network));
    if (!query.contiguous())
      return VerifyEach(query.network, ReadRows(transaction, query, head.key));
    const Stretch stretch = StretchOf(query, head.end);
    if (stretch.count == 0) return std::vector<JournalRecord>();
    return VerifyStretch(query.network, stretch, head.end,
                         ReadRows(transaction, stretch.query, head.key));
  });
}

absl::StatusOr<std::optional<ResponseRecord>> JournalReader::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  using Response = absl::StatusOr<std::optional<ResponseRecord>>;
  if (!IsText(network) || !IsText(method) || !IsText(request_id))
    return std::optional<ResponseRecord>();
  return session_->Run<pqxx::nontransaction>(
      "find response", [&](pqxx::nontransaction& transaction) -> Response {
        const pqxx::result rows =
            transaction.exec_prepared("find_response", network, method, request_id);
        if (rows.empty()) return std::optional<ResponseRecord>();
        return std::make_optional(
            ResponseRecord{method, request_id, BytesOf(rows[0][0]), BytesOf(rows[0][1])});
      });
}

}  // namespace skein::storage::postgres
