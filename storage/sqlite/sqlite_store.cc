#include "storage/sqlite/sqlite_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "storage/batch_check.h"
#include "storage/migrations.h"
#include "storage/sqlite/schema.h"

namespace skein::storage {

using sqlite::Access;
using sqlite::Connection;
using sqlite::JournalReader;
using sqlite::JournalWriter;

SqliteStore::SqliteStore(Options options, sqlite::StoreLock lock)
    : options_(std::move(options)), lock_(std::move(lock)) {}

SqliteStore::~SqliteStore() {
  // The readers first: the connection that closes last checkpoints, and that must be the writer.
  MutexLock lock(&mutex_);
  idle_readers_.clear();
}

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(Options options) {
  if (options.readers < 1) return absl::InvalidArgumentError("readers: want at least 1");
  SKEIN_ASSIGN_OR_RETURN(sqlite::StoreLock lock, sqlite::StoreLock::Acquire(options.path));
  {
    SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                           Connection::Open(options.path, Access::kReadWrite));
    SKEIN_RETURN_IF_ERROR(Annotate(sqlite::Migrate(Migrations(), connection.get()), options.path));
  }
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(options), std::move(lock)));
  SKEIN_ASSIGN_OR_RETURN(store->writer_, JournalWriter::Open(store->options_.path));
  return store;
}

absl::Status SqliteStore::CommitBatch(std::span<const NetworkBatch> batches) {
  SKEIN_RETURN_IF_ERROR(CheckBatches(batches));
  if (writer_ == nullptr) {
    SKEIN_ASSIGN_OR_RETURN(writer_, JournalWriter::Open(options_.path));
  }
  const absl::Status written = writer_->Commit(batches);
  if (!written.ok() && !writer_->usable()) writer_.reset();
  return written;
}

absl::StatusOr<std::unique_ptr<JournalReader>> SqliteStore::TakeReader() {
  {
    MutexLock lock(&mutex_);
    mutex_.Await([this]()
                     ABSL_NO_THREAD_SAFETY_ANALYSIS { return readers_out_ < options_.readers; });
    ++readers_out_;
    if (!idle_readers_.empty()) {
      std::unique_ptr<JournalReader> reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
  }
  absl::StatusOr<std::unique_ptr<JournalReader>> opened = JournalReader::Open(options_.path);
  if (!opened.ok()) GiveBack(nullptr, opened.status());
  return opened;
}

void SqliteStore::GiveBack(std::unique_ptr<JournalReader> reader, const absl::Status& outcome) {
  // A reader that met a failing disk or a damaged file starts afresh.
  if (absl::IsUnavailable(outcome) || absl::IsDataLoss(outcome) || absl::IsInternal(outcome))
    reader.reset();
  MutexLock lock(&mutex_);
  --readers_out_;
  if (reader != nullptr) idle_readers_.push_back(std::move(reader));
}

template <class Read>
auto SqliteStore::WithReader(Read read) -> decltype(read(std::declval<JournalReader&>())) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<JournalReader> reader, TakeReader());
  auto result = read(*reader);
  GiveBack(std::move(reader), result.status());
  return result;
}

absl::StatusOr<std::vector<NetworkRecord>> SqliteStore::ListNetworks() {
  return WithReader([](JournalReader& reader) { return reader.ListNetworks(); });
}

absl::StatusOr<std::optional<SnapshotRecord>> SqliteStore::LoadSnapshot(const std::string& network,
                                                                        std::int64_t at_most) {
  return WithReader([&](JournalReader& reader) { return reader.LoadSnapshot(network, at_most); });
}

absl::StatusOr<std::vector<JournalRecord>> SqliteStore::ReadJournal(const JournalQuery& query) {
  SKEIN_RETURN_IF_ERROR(CheckQuery(query));
  return WithReader([&](JournalReader& reader) { return reader.ReadJournal(query); });
}

absl::StatusOr<std::optional<ResponseRecord>> SqliteStore::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  return WithReader(
      [&](JournalReader& reader) { return reader.FindResponse(network, method, request_id); });
}

}  // namespace skein::storage
