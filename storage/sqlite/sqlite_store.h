#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/fleet_store.h"
#include "storage/reader_pool.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/journal_reader.h"
#include "storage/sqlite/journal_writer.h"
#include "storage/sqlite/store_lock.h"

namespace skein::storage {

// The embedded store: one file, in WAL mode, synchronised to the disk at every commit.
//
// 1. Only one process has the file open; a lock file sees to it.
// 2. Only one connection writes and checkpoints; the others are read-only.
// 3. After a failed write the transaction is rolled back. If the disk failed, the writing
//    connection is closed, and opened again at the next commit.
class SqliteStore : public FleetStore {
 public:
  struct Options {
    std::string path;
    int readers = 4;  // reads that can run at once; more wait
  };

  // Opens the store, or creates it, and brings its schema up to date.
  // Errors: FAILED_PRECONDITION, if it is in use by another process, lies on a network file system,
  //         belongs to a newer program or is no store; UNAVAILABLE; DATA_LOSS.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(Options options);

  ~SqliteStore() override;

  absl::Status CommitBatch(std::span<const NetworkBatch> batches) override;
  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks() override;
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most) override;
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query) override;
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override;

 private:
  SqliteStore(Options options, sqlite::StoreLock lock);

  const Options options_;
  const sqlite::StoreLock lock_;

  // Owned by the committing thread.
  std::unique_ptr<sqlite::JournalWriter> writer_;  // null after a disk failure

  ReaderPool<sqlite::JournalReader> readers_;
};

}  // namespace skein::storage
