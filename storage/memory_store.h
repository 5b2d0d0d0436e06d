#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "sim/domain/mutex.h"
#include "storage/fleet_store.h"
#include "storage/hash_chain.h"

namespace skein::storage {

// A store that forgets everything when it is destroyed: for unit tests, and as the yardstick of
// what a durable commit costs.
//
// Threads: safe.
class MemoryStore : public FleetStore {
 public:
  absl::Status CommitBatch(std::span<const NetworkBatch> batches) override;
  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks() override;
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most) override;
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query) override;
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override;

  // For tests: changes a byte of the payload of a stored snapshot or record.
  void DamageSnapshot(const std::string& network, std::int64_t sequence);
  void DamageRecord(const std::string& network, std::int64_t sequence);

 private:
  struct Row {
    JournalRecord record;
    Hash hash;
  };
  struct Entry {
    NetworkRecord network;
    std::vector<Row> journal;
    std::map<std::int64_t, std::pair<SnapshotRecord, Hash>> snapshots;
    std::map<std::pair<std::string, std::string>, ResponseRecord> responses;
    std::set<std::pair<int, std::int64_t>> numbers;  // (kind, number)
  };

  absl::Status CheckBatch(const NetworkBatch& batch) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Write(const NetworkBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entry* Find(const std::string& network) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const Entry* Find(const std::string& network) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Entry>> entries_ ABSL_GUARDED_BY(mutex_);  // in order of creation
  std::map<std::string, Entry*> by_id_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace skein::storage
