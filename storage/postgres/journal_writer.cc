#include "storage/postgres/journal_writer.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/batch_check.h"
#include "storage/failpoint.h"
#include "storage/postgres/ledger_writer.h"

namespace skein::storage::postgres {
namespace {

constexpr const char* kFence =
    "UPDATE writer_term SET batch = $2 WHERE epoch = $1 AND batch = $2 - 1 AND ended IS NULL";
constexpr const char* kFindBatch =
    "UPDATE writer_term SET beat = beat + 1 WHERE epoch = $1 RETURNING batch";
constexpr const char* kFindHead =
    "SELECT network_key, head_sequence, head_hash FROM network WHERE id = $1";
constexpr const char* kFindHeld =
    "SELECT kind, resource, unit, holder FROM booking WHERE network_key = $1"
    " AND upper_inf(during)";
constexpr const char* kInsertNetwork =
    "INSERT INTO network SELECT COALESCE(MAX(network_key), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8,"
    " $9, 0, $10 FROM network";
constexpr const char* kAppend =
    "SELECT skein_append($1, $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[],"
    " $6::bigint[], $7::bigint[], $8::bigint[], $9::integer[], $10::bigint[], $11::bigint[],"
    " $12::bigint[], $13::integer[], $14::integer[], $15::bigint[], $16::text[], $17::text[],"
    " $18::integer[], $19::integer[], $20::integer[])";
constexpr const char* kPutSnapshot =
    "INSERT INTO snapshot VALUES ($1, $2, $3, $4) ON CONFLICT (network_key, sequence)"
    " DO UPDATE SET payload = excluded.payload, hash = excluded.hash";
constexpr const char* kDropSnapshots =
    "DELETE FROM snapshot WHERE network_key = $1 AND sequence <= (SELECT sequence FROM snapshot"
    " WHERE network_key = $1 ORDER BY sequence DESC LIMIT 1 OFFSET $2)";

std::string_view View(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Bytes of many rows as one parameter, without the detour through text.
class ByteColumn {
 public:
  // Where the next bytes begin, as SQL counts.
  std::int64_t next() const { return static_cast<std::int64_t>(bytes_.size()) + 1; }
  void Add(std::string_view bytes) { bytes_.append(bytes); }
  pqxx::binarystring parameter() const { return Bytes(bytes_); }

 private:
  std::string bytes_;
};

std::int64_t SizeOf(const std::string& bytes) { return static_cast<std::int64_t>(bytes.size()); }

// What a commit adds to the journals, over all its networks, as columns.
class AppendColumns {
 public:
  void AddHead(std::int64_t network, std::int64_t old_sequence, const Hash& old_hash,
               std::int64_t new_sequence, const Hash& new_hash) {
    head_.key.Add(network);
    head_.old_sequence.Add(old_sequence);
    head_.new_sequence.Add(new_sequence);
    head_.offset.Add(bytes_.next());
    bytes_.Add(View(old_hash));
    bytes_.Add(View(new_hash));
  }

  void Add(std::int64_t network, const JournalRecord& record, const Hash& before,
           const Hash& after) {
    record_.key.Add(network);
    record_.sequence.Add(record.sequence);
    record_.time_ms.Add(record.time_ms);
    record_.kind.Add(std::int64_t{record.kind});
    record_.subject.Add(record.subject);
    record_.number.Add(record.number);
    std::optional<std::int64_t> bits;
    if (record.digest.has_value()) bits = std::bit_cast<std::int64_t>(*record.digest);
    record_.digest.Add(bits);
    record_.offset.Add(bytes_.next());
    record_.size.Add(SizeOf(record.payload));
    bytes_.Add(View(before));
    bytes_.Add(View(after));
    bytes_.Add(record.payload);
  }

  void Add(std::int64_t network, const ResponseRecord& answer) {
    answer_.key.Add(network);
    answer_.method.AddText(answer.method);
    answer_.request_id.AddText(answer.request_id);
    answer_.offset.Add(bytes_.next());
    answer_.body_hash_size.Add(SizeOf(answer.body_hash));
    answer_.size.Add(SizeOf(answer.response));
    bytes_.Add(answer.body_hash);
    bytes_.Add(answer.response);
  }

  // Errors: ABORTED, if a head is not where it was.
  absl::Status Insert(pqxx::work& transaction) const {
    if (head_.key.empty() && answer_.key.empty()) return absl::OkStatus();
    const pqxx::row row = transaction.exec_prepared1(
        "append", bytes_.parameter(), head_.key.text(), head_.old_sequence.text(),
        head_.new_sequence.text(), head_.offset.text(), record_.key.text(), record_.sequence.text(),
        record_.time_ms.text(), record_.kind.text(), record_.subject.text(), record_.number.text(),
        record_.digest.text(), record_.offset.text(), record_.size.text(), answer_.key.text(),
        answer_.method.text(), answer_.request_id.text(), answer_.offset.text(),
        answer_.body_hash_size.text(), answer_.size.text());
    if (row[0].as<bool>()) return absl::OkStatus();
    return absl::AbortedError("somebody else has written to a journal of this batch");
  }

 private:
  struct Heads {
    Array key, old_sequence, new_sequence, offset;
  };
  struct Records {
    Array key, sequence, time_ms, kind, subject, number, digest, offset, size;
  };
  struct Answers {
    Array key, method, request_id, offset, body_hash_size, size;
  };

  ByteColumn bytes_;
  Heads head_;
  Records record_;
  Answers answer_;
};

void InsertNetwork(const NetworkRecord& network, pqxx::work& transaction) {
  transaction.exec_prepared0(
      "insert_network", network.id, Bytes(network.scenario),
      std::bit_cast<std::int64_t>(network.scenario_hash), network.rules_version, network.clock,
      network.policy, std::bit_cast<std::int64_t>(network.policy_seed), network.auto_dispatch,
      network.day_start_unix_ms, Bytes(View(kChainStart)));
}

}  // namespace

JournalWriter::JournalWriter(std::unique_ptr<Session> session) : session_(std::move(session)) {
  session_->Prepare("fence", kFence);
  session_->Prepare("find_batch", kFindBatch);
  session_->Prepare("find_head", kFindHead);
  session_->Prepare("find_held", kFindHeld);
  session_->Prepare("insert_network", kInsertNetwork);
  session_->Prepare("append", kAppend);
  session_->Prepare("put_snapshot", kPutSnapshot);
  session_->Prepare("drop_snapshots", kDropSnapshots);
  PrepareLedger(session_.get());
}

absl::StatusOr<std::unique_ptr<JournalWriter>> JournalWriter::Open(
    const ConnectionString& connection, std::chrono::milliseconds patience) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Session> session,
                         Session::Open(connection.to_primary(), patience));
  std::unique_ptr<JournalWriter> writer(new JournalWriter(std::move(session)));
  SKEIN_RETURN_IF_ERROR(writer->CheckDurability());
  return writer;
}

absl::Status JournalWriter::CheckDurability() {
  return session_->Run<pqxx::nontransaction>(
      "check settings", [](pqxx::nontransaction& transaction) -> absl::Status {
        const pqxx::row row = transaction.exec1(
            "SELECT current_setting('fsync'), current_setting('full_page_writes'),"
            " current_setting('synchronous_commit')");
        const std::string fsync = row[0].c_str();
        const std::string pages = row[1].c_str();
        const std::string commit = row[2].c_str();
        if (fsync == "on" && pages == "on" && (commit == "on" || commit == "remote_apply"))
          return absl::OkStatus();
        return absl::FailedPreconditionError(absl::StrCat(
            "the database may lose what it acknowledged: fsync = ", fsync, ", full_page_writes = ",
            pages, ", synchronous_commit = ", commit, "; want on, on and on or remote_apply"));
      });
}

absl::Status JournalWriter::Commit(const BatchToken& token, std::span<const NetworkBatch> batches) {
  bool committing = false;
  const absl::Status done = session_->Run("commit", [&](pqxx::work& transaction) {
    SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kBeforeAppend));
    SKEIN_RETURN_IF_ERROR(WriteAll(token, batches, transaction));
    SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kBeforeCommit));
    committing = true;
    SKEIN_RETURN_IF_ERROR(Finish(transaction));
    return failpoint::Pass(failpoint::Point::kUnansweredCommit);
  });
  in_doubt_ = committing && !done.ok();
  if (!done.ok()) heads_.clear();
  return done;
}

absl::Status JournalWriter::Finish(pqxx::work& transaction) {
  session_->TakeWarning();
  transaction.commit();
  // A wait for a synchronous standby that was cut short is reported as success with a warning.
  const std::optional<std::string> warning = session_->TakeWarning();
  if (!warning.has_value()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("committed, but not as asked for: ", *warning));
}

absl::StatusOr<bool> JournalWriter::WasCommitted(const BatchToken& token) {
  return session_->Run(
      "find an in-doubt batch", [&](pqxx::work& transaction) -> absl::StatusOr<bool> {
        const pqxx::row row = transaction.exec_prepared1("find_batch", token.epoch);
        const bool found = row[0].as<std::int64_t>() >= token.batch;
        SKEIN_RETURN_IF_ERROR(Finish(transaction));
        return found;
      });
}

absl::Status JournalWriter::WriteAll(const BatchToken& token, std::span<const NetworkBatch> batches,
                                     pqxx::work& transaction) {
  const pqxx::result fence = transaction.exec_prepared("fence", token.epoch, token.batch);
  if (fence.affected_rows() != 1)
    return absl::FailedPreconditionError(
        absl::StrCat("this server's term as the writer, epoch ", token.epoch, ", has ended"));
  AppendColumns append;
  LedgerColumns ledger;
  for (const NetworkBatch& batch : batches) {
    SKEIN_ASSIGN_OR_RETURN(Head * head, HeadOf(batch, transaction));
    SKEIN_RETURN_IF_ERROR(CheckContinues(batch, head->sequence));
    const std::int64_t old_sequence = head->sequence;
    const Hash old_hash = head->hash;
    for (const JournalRecord& record : batch.records) {
      const Hash hash = ChainHash(head->hash, batch.network, record);
      append.Add(head->key, record, head->hash, hash);
      head->sequence = record.sequence;
      head->hash = hash;
    }
    if (!batch.records.empty())
      append.AddHead(head->key, old_sequence, old_hash, head->sequence, head->hash);
    for (const ResponseRecord& response : batch.responses) append.Add(head->key, response);
    SKEIN_RETURN_IF_ERROR(ledger.Add(head->key, head->sequence, batch.ledger, &head->held));
  }
  SKEIN_RETURN_IF_ERROR(append.Insert(transaction));
  SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kAfterAppend));
  if (WriteSnapshots(batches, transaction))
    SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kSnapshot));
  ledger.Insert(transaction);
  return absl::OkStatus();
}

absl::StatusOr<JournalWriter::Head*> JournalWriter::HeadOf(const NetworkBatch& batch,
                                                           pqxx::work& transaction) {
  const auto known = heads_.find(batch.network);
  if (known != heads_.end() && !batch.created.has_value()) return &known->second;
  pqxx::result rows = transaction.exec_prepared("find_head", batch.network);
  if (batch.created.has_value()) {
    if (!rows.empty())
      return absl::AlreadyExistsError(absl::StrCat("network ", batch.network, " exists"));
    InsertNetwork(*batch.created, transaction);
    rows = transaction.exec_prepared("find_head", batch.network);
  }
  if (rows.empty()) return absl::NotFoundError(absl::StrCat("no network ", batch.network));
  Head head{rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>()};
  const std::string hash = BytesOf(rows[0][2]);
  if (hash.size() != head.hash.size())
    return absl::DataLossError(absl::StrCat("network ", batch.network, ": damaged head"));
  std::copy(hash.begin(), hash.end(), head.hash.begin());
  for (const pqxx::row& row : transaction.exec_prepared("find_held", head.key))
    head.held.Restore(row[0].c_str(), row[1].c_str(), row[2].as<std::int64_t>(), row[3].c_str());
  return &(heads_[batch.network] = std::move(head));
}

bool JournalWriter::WriteSnapshots(std::span<const NetworkBatch> batches, pqxx::work& transaction) {
  bool written = false;
  for (const NetworkBatch& batch : batches) {
    if (!batch.snapshot.has_value()) continue;
    const std::int64_t key = heads_.at(batch.network).key;
    const Hash hash = SnapshotHash(batch.network, *batch.snapshot);
    transaction.exec_prepared0("put_snapshot", key, batch.snapshot->sequence,
                               Bytes(batch.snapshot->payload), Bytes(View(hash)));
    transaction.exec_prepared0("drop_snapshots", key, kSnapshotsKept);
    written = true;
  }
  return written;
}

}  // namespace skein::storage::postgres
