#include "storage/postgres/postgres_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/batch_check.h"
#include "storage/postgres/connection_string.h"
#include "storage/postgres/journal_reader.h"
#include "storage/postgres/journal_writer.h"
#include "storage/postgres/lease.h"
#include "storage/postgres/schema.h"

namespace skein::storage {
namespace {

using postgres::BatchToken;
using postgres::ConnectionString;
using postgres::JournalReader;
using postgres::JournalWriter;
using postgres::Session;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1000};

// Of whoever migrates a schema, which may take its time over a long journal.
constexpr std::chrono::hours kMigratorPatience{24};

// Runs `work(Session*)` on a session for one use.
template <class Work>
auto Once(const std::string& url, std::chrono::milliseconds patience, Work work)
    -> decltype(work(std::declval<Session*>())) {
  SKEIN_ASSIGN_OR_RETURN(const ConnectionString connection, ConnectionString::Parse(url));
  auto session = Session::Open(connection.to_primary(), patience);
  if (!session.ok()) return Annotate(session.status(), connection.redacted());
  return work(session->get());
}

}  // namespace

PostgresStore::PostgresStore(const Options& options, const ConnectionString& connection)
    : connection_(std::make_unique<const ConnectionString>(connection)),
      patience_(options.patience),
      readers_(options.readers, [this] { return JournalReader::Open(*connection_, patience_); }),
      lease_(std::make_unique<postgres::Lease>(
          connection, [this](std::int64_t epoch) { epoch_.store(epoch); })) {}

PostgresStore::~PostgresStore() = default;

absl::StatusOr<std::unique_ptr<PostgresStore>> PostgresStore::Open(Options options) {
  if (options.readers < 1) return absl::InvalidArgumentError("readers: want at least 1");
  SKEIN_ASSIGN_OR_RETURN(const ConnectionString connection, ConnectionString::Parse(options.url));
  SKEIN_RETURN_IF_ERROR(Once(options.url, options.patience, [](Session* session) {
    return postgres::CheckSchema(PostgresMigrations(), session);
  }));
  std::unique_ptr<PostgresStore> store(new PostgresStore(options, connection));
  MutexLock lock(&store->writer_mutex_);
  SKEIN_RETURN_IF_ERROR(Annotate(store->Connect(), connection.redacted()));
  return store;
}

absl::Status PostgresStore::Migrate(const std::string& url) {
  return Once(url, kMigratorPatience,
              [](Session* session) { return postgres::Migrate(PostgresMigrations(), session); });
}

absl::StatusOr<std::vector<postgres::MigrationState>> PostgresStore::SchemaState(
    const std::string& url) {
  return Once(url, Options().patience, [](Session* session) {
    return postgres::SchemaState(PostgresMigrations(), session);
  });
}

WriterLease& PostgresStore::lease() { return *lease_; }

PostgresStore::Counts PostgresStore::counts() const {
  return {connections_.load(), found_committed_.load(), found_absent_.load()};
}

absl::Status PostgresStore::Connect() {
  if (writer_ != nullptr) return absl::OkStatus();
  if (Clock::now() < next_try_)
    return absl::UnavailableError("the database could not be reached a moment ago");
  absl::StatusOr<std::unique_ptr<JournalWriter>> opened =
      JournalWriter::Open(*connection_, patience_);
  if (!opened.ok()) {
    pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
    next_try_ = Clock::now() + pause_;
    return opened.status();
  }
  pause_ = std::chrono::milliseconds(0);
  connections_.fetch_add(1);
  writer_ = std::move(opened).value();
  return absl::OkStatus();
}

absl::StatusOr<bool> PostgresStore::Settle() {
  if (!in_doubt_.load()) return true;
  SKEIN_RETURN_IF_ERROR(Connect());
  const absl::StatusOr<bool> committed = writer_->WasCommitted({batch_epoch_, batch_ + 1});
  if (!writer_->usable()) writer_.reset();
  if (!committed.ok()) return Annotate(committed.status(), "a batch is in doubt");
  if (*committed) ++batch_;
  (*committed ? found_committed_ : found_absent_).fetch_add(1);
  in_doubt_.store(false);
  return *committed;
}

absl::Status PostgresStore::CommitBatch(std::span<const NetworkBatch> batches) {
  SKEIN_RETURN_IF_ERROR(CheckBatches(batches));
  MutexLock lock(&writer_mutex_);
  SKEIN_RETURN_IF_ERROR(Settle().status());
  const std::int64_t epoch = epoch_.load();
  if (epoch == 0) return absl::FailedPreconditionError("another server is the writer");
  if (epoch != batch_epoch_) {
    batch_epoch_ = epoch;
    batch_ = 0;
  }
  const bool fresh = writer_ == nullptr;
  absl::Status done = Write(batches);
  // A connection that was lost while it was idle is found out by the first batch after it.
  if (!fresh && writer_ == nullptr && !in_doubt_.load() && absl::IsUnavailable(done))
    done = Write(batches);
  if (!in_doubt_.load()) return done;
  const absl::StatusOr<bool> committed = Settle();
  return committed.ok() && *committed ? absl::OkStatus() : done;
}

absl::Status PostgresStore::Write(std::span<const NetworkBatch> batches) {
  SKEIN_RETURN_IF_ERROR(Connect());
  const absl::Status done = writer_->Commit({batch_epoch_, batch_ + 1}, batches);
  if (done.ok()) ++batch_;
  in_doubt_.store(writer_->in_doubt());
  if (!writer_->usable()) writer_.reset();
  return done;
}

template <class Read>
auto PostgresStore::Reading(Read read) -> decltype(read(std::declval<JournalReader&>())) {
  if (in_doubt_.load()) {
    MutexLock lock(&writer_mutex_);
    SKEIN_RETURN_IF_ERROR(Settle().status());
  }
  return readers_.With(std::move(read));
}

absl::StatusOr<std::vector<NetworkRecord>> PostgresStore::ListNetworks() {
  return Reading([](JournalReader& reader) { return reader.ListNetworks(); });
}

absl::StatusOr<std::optional<SnapshotRecord>> PostgresStore::LoadSnapshot(
    const std::string& network, std::int64_t at_most) {
  return Reading([&](JournalReader& reader) { return reader.LoadSnapshot(network, at_most); });
}

absl::StatusOr<std::vector<JournalRecord>> PostgresStore::ReadJournal(const JournalQuery& query) {
  SKEIN_RETURN_IF_ERROR(CheckQuery(query));
  return Reading([&](JournalReader& reader) { return reader.ReadJournal(query); });
}

absl::StatusOr<std::optional<ResponseRecord>> PostgresStore::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  return Reading(
      [&](JournalReader& reader) { return reader.FindResponse(network, method, request_id); });
}

}  // namespace skein::storage
