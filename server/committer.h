#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/metrics/metrics.h"
#include "sim/domain/mutex.h"
#include "storage/fleet_store.h"

namespace skein::server {

// What the sequencer and the committer of a network tell each other.
struct NetworkLink {
  explicit NetworkLink(std::string id) : network(std::move(id)) {}

  const std::string network;
  // A network's memory is of one generation until it is rebuilt. Work of this generation and of
  // older ones was lost with a failed commit. Written by the committer.
  std::atomic<std::uint64_t> failed_generation{0};
  // The last work that is durable. Written by the committer.
  std::atomic<std::int64_t> durable_work{0};
};

// One finished piece of work of one network: what it writes and who waits for it.
struct Work {
  std::shared_ptr<NetworkLink> link;
  std::uint64_t generation = 0;  // of the memory it was computed from
  std::int64_t number = 0;       // rising within a network
  storage::NetworkBatch writes;  // nothing, for a read
  // Called once, on the committing thread, when everything up to this work is durable, or with the
  // reason why it is not.
  std::function<void(const absl::Status&)> done;
};

// Makes work durable and answers it: one loop, group commit. Whatever arrives while a commit is
// in flight shares the next one.
//
//   sequencers ──► Submit ──► [ queue ] ──► one transaction ──► done(OK), in order of submission
//
// 1. Work without writes is answered after everything that was submitted before it.
// 2. If a commit fails, all work of the networks that wrote in it is answered UNAVAILABLE, and so
//    is later work of the same generation. Other networks are not concerned.
//
// Threads: safe. `done` must not call Submit or Stop.
class Committer final : private Loop {
 public:
  struct Options {
    std::size_t max_requests = 256;   // per transaction
    std::size_t max_records = 512;    // per transaction; one work may exceed it by itself
    std::size_t queue_length = 4096;  // Submit waits when so much work is queued
  };

  // Pointers outlive the committer.
  Committer(Options options, storage::FleetStore* store, const Clock* clock, Metrics* metrics,
            Executor* executor);
  ~Committer() override;

  // Queues work. Waits while the queue is full. Requires: Stop was not called.
  void Submit(Work work);

  // Finishes what is queued and ends.
  void Stop();

 private:
  Turn Run() override;
  void AwaitWork() override;
  std::vector<Work> Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CommitAndAnswer(std::vector<Work> works);
  std::vector<absl::Status> Commit(const std::vector<storage::NetworkBatch>& batches,
                                   std::int64_t requests);
  absl::Status CommitOnce(std::span<const storage::NetworkBatch> batches, std::int64_t requests);

  const Options options_;
  storage::FleetStore* const store_;
  const Clock* const clock_;
  Metrics* const metrics_;
  Executor* const executor_;

  Mutex mutex_;
  std::deque<Work> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  std::unique_ptr<RunningLoop> running_;  // last: it uses all of the above
};

}  // namespace skein::server
