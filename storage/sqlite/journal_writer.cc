#include "storage/sqlite/journal_writer.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/batch_check.h"
#include "storage/failpoint.h"

namespace skein::storage::sqlite {
namespace {

constexpr const char* kFindHead =
    "SELECT network_key, head_sequence, head_hash FROM network WHERE id = ?1";
constexpr const char* kMoveHead =
    "UPDATE network SET head_sequence = ?1, head_hash = ?2"
    " WHERE network_key = ?3 AND head_sequence = ?4 AND head_hash = ?5";
constexpr const char* kInsertNetwork =
    "INSERT INTO network (network_key, id, scenario, scenario_hash, rules_version, clock, policy,"
    " policy_seed, auto_dispatch, day_start_unix_ms, head_sequence, head_hash)"
    " SELECT COALESCE(MAX(network_key), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10"
    " FROM network";
constexpr const char* kInsertRecord =
    "INSERT INTO journal (network_key, sequence, time_ms, kind, subject, number, digest,"
    " payload, prev_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
constexpr const char* kInsertResponse =
    "INSERT INTO response (network_key, method, request_id, body_hash, response)"
    " VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr const char* kPutSnapshot =
    "INSERT INTO snapshot (network_key, sequence, payload, hash) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (network_key, sequence)"
    " DO UPDATE SET payload = excluded.payload, hash = excluded.hash";
constexpr const char* kDropSnapshots =
    "DELETE FROM snapshot WHERE network_key = ?1 AND sequence <="
    " (SELECT sequence FROM snapshot WHERE network_key = ?1"
    "  ORDER BY sequence DESC LIMIT 1 OFFSET ?2)";

std::string_view View(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

JournalWriter::JournalWriter(std::unique_ptr<Connection> connection, Statements statements)
    : connection_(std::move(connection)), statements_(std::move(statements)) {}

absl::StatusOr<std::unique_ptr<JournalWriter>> JournalWriter::Open(const std::string& path) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection,
                         Connection::Open(path, Access::kReadWrite));
  SKEIN_ASSIGN_OR_RETURN(Statements statements, PrepareAll(connection.get()));
  return std::unique_ptr<JournalWriter>(
      new JournalWriter(std::move(connection), std::move(statements)));
}

absl::StatusOr<JournalWriter::Statements> JournalWriter::PrepareAll(Connection* connection) {
  SKEIN_ASSIGN_OR_RETURN(Statement begin, connection->Prepare("BEGIN IMMEDIATE"));
  SKEIN_ASSIGN_OR_RETURN(Statement commit, connection->Prepare("COMMIT"));
  SKEIN_ASSIGN_OR_RETURN(Statement rollback, connection->Prepare("ROLLBACK"));
  SKEIN_ASSIGN_OR_RETURN(Statement find_head, connection->Prepare(kFindHead));
  SKEIN_ASSIGN_OR_RETURN(Statement move_head, connection->Prepare(kMoveHead));
  SKEIN_ASSIGN_OR_RETURN(Statement insert_network, connection->Prepare(kInsertNetwork));
  SKEIN_ASSIGN_OR_RETURN(Statement insert_record, connection->Prepare(kInsertRecord));
  SKEIN_ASSIGN_OR_RETURN(Statement insert_response, connection->Prepare(kInsertResponse));
  SKEIN_ASSIGN_OR_RETURN(Statement put_snapshot, connection->Prepare(kPutSnapshot));
  SKEIN_ASSIGN_OR_RETURN(Statement drop_snapshots, connection->Prepare(kDropSnapshots));
  return Statements{std::move(begin),         std::move(commit),          std::move(rollback),
                    std::move(find_head),     std::move(move_head),       std::move(insert_network),
                    std::move(insert_record), std::move(insert_response), std::move(put_snapshot),
                    std::move(drop_snapshots)};
}

absl::Status JournalWriter::Commit(std::span<const NetworkBatch> batches) {
  using failpoint::Point;
  absl::Status done = statements_.begin.Run();
  if (done.ok()) done = failpoint::Pass(Point::kBeforeAppend);
  if (done.ok()) done = WriteAll(batches);
  if (done.ok()) done = failpoint::Pass(Point::kBeforeCommit);
  if (done.ok()) done = statements_.commit.Run();
  if (done.ok()) done = failpoint::Pass(Point::kUnansweredCommit);
  if (!done.ok()) Abandon(done);
  return done;
}

absl::Status JournalWriter::WriteAll(std::span<const NetworkBatch> batches) {
  for (const NetworkBatch& batch : batches) SKEIN_RETURN_IF_ERROR(Write(batch));
  return absl::OkStatus();
}

absl::Status JournalWriter::Write(const NetworkBatch& batch) {
  SKEIN_ASSIGN_OR_RETURN(Head head, HeadOf(batch));
  SKEIN_RETURN_IF_ERROR(CheckContinues(batch, head.sequence));
  if (!batch.records.empty()) SKEIN_RETURN_IF_ERROR(AppendRecords(batch, &head));
  SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kAfterAppend));
  for (const ResponseRecord& response : batch.responses) {
    const absl::Status inserted = statements_.insert_response.Bind(1, head.key)
                                      .BindText(2, response.method)
                                      .BindText(3, response.request_id)
                                      .BindBlob(4, response.body_hash)
                                      .BindBlob(5, response.response)
                                      .Run();
    SKEIN_RETURN_IF_ERROR(Annotate(
        inserted, absl::StrCat("network ", batch.network, ": request ", response.request_id)));
  }
  if (batch.snapshot.has_value()) SKEIN_RETURN_IF_ERROR(PutSnapshot(batch, head.key));
  heads_[batch.network] = head;
  return absl::OkStatus();
}

absl::StatusOr<JournalWriter::Head> JournalWriter::HeadOf(const NetworkBatch& batch) {
  const auto known = heads_.find(batch.network);
  const bool cached = known != heads_.end();
  if (cached && !batch.created.has_value()) return known->second;
  for (int attempt = 0; attempt < 2; ++attempt) {
    SKEIN_ASSIGN_OR_RETURN(const bool row, statements_.find_head.BindText(1, batch.network).Step());
    if (row) {
      const bool fresh = attempt == 1;
      Head head{statements_.find_head.Int(0), statements_.find_head.Int(1), {}};
      const std::string hash = statements_.find_head.Bytes(2);
      statements_.find_head.Reset();
      if (batch.created.has_value() && !fresh)
        return absl::AlreadyExistsError(absl::StrCat("network ", batch.network, " exists"));
      if (hash.size() != head.hash.size())
        return absl::DataLossError(absl::StrCat("network ", batch.network, ": damaged head"));
      std::copy(hash.begin(), hash.end(), head.hash.begin());
      return head;
    }
    if (!batch.created.has_value())
      return absl::NotFoundError(absl::StrCat("no network ", batch.network));
    SKEIN_RETURN_IF_ERROR(Create(*batch.created));
  }
  return absl::InternalError(absl::StrCat("network ", batch.network, " vanished"));
}

absl::Status JournalWriter::Create(const NetworkRecord& network) {
  return statements_.insert_network.BindText(1, network.id)
      .BindBlob(2, network.scenario)
      .Bind(3, std::bit_cast<std::int64_t>(network.scenario_hash))
      .Bind(4, std::int64_t{network.rules_version})
      .BindText(5, network.clock)
      .BindText(6, network.policy)
      .Bind(7, std::bit_cast<std::int64_t>(network.policy_seed))
      .Bind(8, std::int64_t{network.auto_dispatch})
      .Bind(9, network.day_start_unix_ms)
      .BindBlob(10, View(kChainStart))
      .Run();
}

absl::Status JournalWriter::AppendRecords(const NetworkBatch& batch, Head* head) {
  const Head before = *head;
  for (const JournalRecord& record : batch.records) {
    const Hash hash = ChainHash(head->hash, batch.network, record);
    std::optional<std::int64_t> digest;
    if (record.digest.has_value()) digest = std::bit_cast<std::int64_t>(*record.digest);
    SKEIN_RETURN_IF_ERROR(statements_.insert_record.Bind(1, head->key)
                              .Bind(2, record.sequence)
                              .Bind(3, record.time_ms)
                              .Bind(4, std::int64_t{record.kind})
                              .Bind(5, record.subject)
                              .Bind(6, record.number)
                              .Bind(7, digest)
                              .BindBlob(8, record.payload)
                              .BindBlob(9, View(head->hash))
                              .BindBlob(10, View(hash))
                              .Run());
    head->sequence = record.sequence;
    head->hash = hash;
  }
  SKEIN_RETURN_IF_ERROR(statements_.move_head.Bind(1, head->sequence)
                            .BindBlob(2, View(head->hash))
                            .Bind(3, head->key)
                            .Bind(4, before.sequence)
                            .BindBlob(5, View(before.hash))
                            .Run());
  if (connection_->changes() == 1) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("network ", batch.network, ": somebody else has written to its journal"));
}

absl::Status JournalWriter::PutSnapshot(const NetworkBatch& batch, std::int64_t key) {
  const Hash hash = SnapshotHash(batch.network, *batch.snapshot);
  SKEIN_RETURN_IF_ERROR(statements_.put_snapshot.Bind(1, key)
                            .Bind(2, batch.snapshot->sequence)
                            .BindBlob(3, batch.snapshot->payload)
                            .BindBlob(4, View(hash))
                            .Run());
  SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kSnapshot));
  return statements_.drop_snapshots.Bind(1, key).Bind(2, std::int64_t{kSnapshotsKept}).Run();
}

void JournalWriter::Abandon(const absl::Status& cause) {
  heads_.clear();
  if (connection_->in_transaction()) statements_.rollback.Run().IgnoreError();
  usable_ = !connection_->in_transaction() && !absl::IsUnavailable(cause) &&
            !absl::IsDataLoss(cause) && !absl::IsInternal(cause);
}

}  // namespace skein::storage::sqlite
