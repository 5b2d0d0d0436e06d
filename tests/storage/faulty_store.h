#pragma once

#include <atomic>

#include "absl/base/thread_annotations.h"
#include "sim/domain/mutex.h"
#include "storage/fleet_store.h"

namespace skein::storage {

// A store with faults to order: a decorator for tests.
//
// Threads: safe.
class FaultyStore : public FleetStore {
 public:
  // The store outlives this one.
  explicit FaultyStore(FleetStore* store) : store_(store) {}

  enum class Fault {
    kNotWritten,  // the commit fails and nothing is written
    kInDoubt,     // everything is written, but the commit reports failure
  };

  // The next `count` commits fail.
  void FailCommits(int count, Fault fault) {
    fault_ = fault;
    commits_to_fail_ = count;
  }
  // All reads fail until told otherwise.
  void FailReads(bool fail) { reads_fail_ = fail; }
  // Commits wait while the store is stalled.
  void Stall(bool stall) {
    MutexLock lock(&mutex_);
    stalled_ = stall;
  }

  int commits() const { return commits_; }
  int largest_batch() const { return largest_batch_; }

  absl::Status CommitBatch(std::span<const NetworkBatch> batches) override {
    {
      MutexLock lock(&mutex_);
      mutex_.Await([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !stalled_; });
    }
    ++commits_;
    largest_batch_ = std::max(largest_batch_.load(), static_cast<int>(batches.size()));
    if (commits_to_fail_ <= 0) return store_->CommitBatch(batches);
    --commits_to_fail_;
    if (fault_ == Fault::kInDoubt) store_->CommitBatch(batches).IgnoreError();
    return absl::UnavailableError("injected commit failure");
  }
  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks() override {
    if (reads_fail_) return Failure();
    return store_->ListNetworks();
  }
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most) override {
    if (reads_fail_) return Failure();
    return store_->LoadSnapshot(network, at_most);
  }
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query) override {
    if (reads_fail_) return Failure();
    return store_->ReadJournal(query);
  }
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override {
    if (reads_fail_) return Failure();
    return store_->FindResponse(network, method, request_id);
  }

 private:
  static absl::Status Failure() { return absl::UnavailableError("injected read failure"); }

  FleetStore* const store_;
  std::atomic<Fault> fault_{Fault::kNotWritten};
  std::atomic<int> commits_to_fail_{0};
  std::atomic<bool> reads_fail_{false};
  std::atomic<int> commits_{0};
  std::atomic<int> largest_batch_{0};
  Mutex mutex_;
  bool stalled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace skein::storage
