#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "sim/domain/mutex.h"
#include "storage/fleet_store.h"
#include "storage/reader_pool.h"
#include "storage/writer_lease.h"

namespace skein::storage {

namespace postgres {
class ConnectionString;
class JournalReader;
class JournalWriter;
class Lease;
struct MigrationState;
}  // namespace postgres

// The shared store: a PostgreSQL database, of which one server is the writer at a time.
//
// 1. Every batch moves the row of its writer's term in its own transaction. A term that has ended
//    has no such row, so whoever was succeeded commits nothing, however late it wakes up.
// 2. The same row names the batch: after a connection is lost during COMMIT, it tells whether the
//    batch was committed. Until that is known, nothing is written or read.
// 3. Whatever goes wrong ends transaction and connection; the next batch makes a new one. After a
//    failure to connect there is a pause, doubled each time up to a second, without a try.
//
// Threads: as FleetStore says; lease() from one thread.
class PostgresStore : public FleetStore {
 public:
  struct Options {
    std::string url;  // postgresql://…
    int readers = 4;  // reads that can run at once; more wait
    // How long a transaction may take: longer than the database lets one statement run. Then its
    // connection is cut, whatever state the database is in.
    std::chrono::milliseconds patience{12000};
  };
  // How often something happened since the store was opened.
  struct Counts {
    std::int64_t connections = 0;      // made in order to write
    std::int64_t found_committed = 0;  // in-doubt batches that were
    std::int64_t found_absent = 0;     // in-doubt batches that were not
  };

  // Opens a store whose schema is up to date. It writes nothing until its lease is taken.
  // Errors: INVALID_ARGUMENT, if the URL cannot be read; FAILED_PRECONDITION, if the schema is
  // older
  //         or newer than this program, or if the server's settings may lose what is acknowledged;
  //         UNAVAILABLE, if the database cannot be reached.
  static absl::StatusOr<std::unique_ptr<PostgresStore>> Open(Options options);

  // Brings the schema up to date. Errors: as Open.
  static absl::Status Migrate(const std::string& url);
  // The schema's steps, and which the database went through. Errors: as Open.
  static absl::StatusOr<std::vector<postgres::MigrationState>> SchemaState(const std::string& url);

  ~PostgresStore() override;

  // Who writes.
  WriterLease& lease();
  Counts counts() const;

  // FAILED_PRECONDITION, if the lease is not taken or its term has ended.
  absl::Status CommitBatch(std::span<const NetworkBatch> batches) override;
  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks() override;
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most) override;
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query) override;
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override;

 private:
  PostgresStore(const Options& options, const postgres::ConnectionString& connection);

  absl::Status Connect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_mutex_);
  // One try to commit. Leaves in_doubt_ and, unless the connection is lost, writer_.
  absl::Status Write(std::span<const NetworkBatch> batches)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_mutex_);
  // Finds out what became of the batch in doubt, if there is one; true: it was committed.
  absl::StatusOr<bool> Settle() ABSL_EXCLUSIVE_LOCKS_REQUIRED(writer_mutex_);
  // Runs `read(JournalReader&)` when no batch is in doubt.
  template <class Read>
  auto Reading(Read read) -> decltype(read(std::declval<postgres::JournalReader&>()));

  const std::unique_ptr<const postgres::ConnectionString> connection_;
  const std::chrono::milliseconds patience_;
  std::atomic<std::int64_t> epoch_{0};  // of the term that began last, from the lease's thread
  std::atomic<bool> in_doubt_{false};
  std::atomic<std::int64_t> connections_{0};
  std::atomic<std::int64_t> found_committed_{0};
  std::atomic<std::int64_t> found_absent_{0};

  Mutex writer_mutex_;
  std::unique_ptr<postgres::JournalWriter> writer_ ABSL_GUARDED_BY(writer_mutex_);
  std::int64_t batch_epoch_ ABSL_GUARDED_BY(writer_mutex_) = 0;
  std::int64_t batch_ ABSL_GUARDED_BY(writer_mutex_) = 0;  // the last that is known
  std::chrono::milliseconds pause_ ABSL_GUARDED_BY(writer_mutex_){0};
  std::chrono::steady_clock::time_point next_try_ ABSL_GUARDED_BY(writer_mutex_);

  ReaderPool<postgres::JournalReader> readers_;
  const std::unique_ptr<postgres::Lease> lease_;
};

}  // namespace skein::storage
