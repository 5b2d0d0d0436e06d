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
    : options_(std::move(options)),
      lock_(std::move(lock)),
      readers_(options_.readers, [this] { return JournalReader::Open(options_.path); }) {}

SqliteStore::~SqliteStore() {
  // The readers first: the connection that closes last checkpoints, and that must be the writer.
  readers_.Clear();
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

absl::StatusOr<std::vector<NetworkRecord>> SqliteStore::ListNetworks() {
  return readers_.With([](JournalReader& reader) { return reader.ListNetworks(); });
}

absl::StatusOr<std::optional<SnapshotRecord>> SqliteStore::LoadSnapshot(const std::string& network,
                                                                        std::int64_t at_most) {
  return readers_.With(
      [&](JournalReader& reader) { return reader.LoadSnapshot(network, at_most); });
}

absl::StatusOr<std::vector<JournalRecord>> SqliteStore::ReadJournal(const JournalQuery& query) {
  SKEIN_RETURN_IF_ERROR(CheckQuery(query));
  return readers_.With([&](JournalReader& reader) { return reader.ReadJournal(query); });
}

absl::StatusOr<std::optional<ResponseRecord>> SqliteStore::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  return readers_.With(
      [&](JournalReader& reader) { return reader.FindResponse(network, method, request_id); });
}

}  // namespace skein::storage
