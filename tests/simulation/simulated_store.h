#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/fleet_store.h"
#include "storage/memory_store.h"
#include "storage/writer_lease.h"
#include "tests/simulation/scheduler.h"

namespace skein::simulation {

// What a store does wrong on purpose, so that one sees whether the oracles notice.
enum class Sabotage {
  kNone,
  kAcknowledgeFirst,  // OK comes before the commit, which a crash may prevent
  kNoFence,           // a deposed writer may go on
  kHalfTransaction,   // of a transaction over several networks the last one is left out
  kForgetAnswers,     // answers are not remembered
};

// How often a store fails. Chances are per call.
struct StoreFaults {
  double not_written = 0;  // a commit reports failure, and nothing is written
  double in_doubt = 0;     // a commit reports failure, but all is written
  double read_fails = 0;
  double slow = 0;  // a call takes up to `slow_ms`
  std::int64_t slow_ms = 0;
};

// What remains when servers crash.
struct Disk {
  storage::MemoryStore memory{};
  storage::WriterTerm term{};
  std::int64_t stale_writes = 0;  // transactions of a writer whose term had ended
};

// A server's connection to the disk, and its lease. It fails as its faults say, and for good when
// it is cut.
//
// Threads: one.
class SimulatedStore : public storage::FleetStore, public storage::WriterLease {
 public:
  // Pointers outlive it; `faults` may change.
  SimulatedStore(Disk* disk, Scheduler* scheduler, const StoreFaults* faults, Sabotage sabotage);
  // Unless it was cut: everything reaches the disk.
  ~SimulatedStore() override;

  // The server crashed: what is under way fails, and nothing more is written.
  void Cut() { cut_ = true; }

  std::int64_t failed_commits() const { return failed_commits_; }
  std::int64_t in_doubt_commits() const { return in_doubt_commits_; }

  absl::Status CommitBatch(std::span<const storage::NetworkBatch> batches) override;
  absl::StatusOr<std::vector<storage::NetworkRecord>> ListNetworks() override;
  absl::StatusOr<std::optional<storage::SnapshotRecord>> LoadSnapshot(
      const std::string& network, std::int64_t at_most) override;
  absl::StatusOr<std::vector<storage::JournalRecord>> ReadJournal(
      const storage::JournalQuery& query) override;
  absl::StatusOr<std::optional<storage::ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override;

  absl::StatusOr<storage::WriterTerm> Read() override;
  absl::StatusOr<std::int64_t> Take(const storage::WriterTerm& seen,
                                    const storage::WriterClaim& claim) override;
  absl::Status Renew() override;
  absl::Status Release() override;

 private:
  using Batches = std::vector<storage::NetworkBatch>;

  absl::Status Write(Batches batches);
  absl::Status Flush();
  void Wait();
  absl::Status BeforeRead();
  absl::Status BeforeLease();
  bool term_lasts() const { return epoch_ == disk_->term.epoch && !disk_->term.ended; }

  Disk* const disk_;
  Scheduler* const scheduler_;
  const StoreFaults* const faults_;
  const Sabotage sabotage_;
  std::int64_t epoch_ = 0;  // of the term that this store took last
  bool cut_ = false;
  Batches acknowledged_;  // with kAcknowledgeFirst: not written yet
  std::int64_t failed_commits_ = 0;
  std::int64_t in_doubt_commits_ = 0;
};

}  // namespace skein::simulation
