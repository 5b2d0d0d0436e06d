#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/writer_role.h"
#include "sim/domain/mutex.h"
#include "storage/writer_lease.h"

namespace skein::server {

class Controller;

// Sees to it that one of the servers that share a store writes.
//
//              nobody writes, or the writer has shown no life for its lease
//   standby ───────────────────────────────────────────────────────────────► leader
//      ▲          take the lease, read the journal to its end, open the door    │
//      └────────────────────────────────────────────────────────────────────────┘
//                          somebody else has taken the lease
//
// The writer's life is timed by the clock of whoever watches, and only while it can see: after the
// database was away, the writer has a whole lease to show itself. That two may believe to lead does
// no harm, since the store lets only one in.
//
// Threads: Step from one thread; Start runs it on a thread of its own until Stop.
class Elector {
 public:
  struct Options {
    storage::WriterClaim claim;  // of this server
    // Called when the role changes; may be null. From the thread of Step.
    std::function<void(bool leads, std::int64_t epoch, const std::string& leader)> on_role{};
    // Told of what went wrong, when it is something new; may be null.
    std::function<void(const absl::Status&)> on_trouble{};
    std::function<void(std::int64_t epoch, bool leads)> on_step{};  // after each step; may be null
  };

  // Pointers outlive the elector.
  Elector(Options options, storage::WriterLease* lease, Controller* controller, WriterRole* role,
          const Clock* clock);
  // Stops.
  ~Elector();

  // Looks once and does what is due. Returns when to look again.
  std::chrono::milliseconds Step();

  void Start();
  // Ends the thread and, on a leader, gives the lease up. May be called twice.
  void Stop();

 private:
  void Lead();
  void Follow();
  void Stand(std::chrono::steady_clock::time_point leads_until);
  void Take();
  // After the store was out of reach, has the networks read again.
  void Refresh();
  // Until when the lease lasts whose sign of life was sent at `sent` or later.
  std::chrono::steady_clock::time_point LeaseFrom(std::chrono::steady_clock::time_point sent) const;
  void Trouble(const absl::Status& status);

  const Options options_;
  storage::WriterLease* const lease_;
  Controller* const controller_;
  WriterRole* const role_;
  const Clock* const clock_;

  // Owned by the thread of Step.
  storage::WriterTerm seen_;
  bool sees_ = false;                                 // the last look succeeded
  bool was_blind_ = false;                            // a look has failed since the last Refresh
  std::chrono::steady_clock::time_point seen_since_;  // when `seen_` was new
  std::chrono::steady_clock::time_point look_for_networks_;
  std::int64_t epoch_ = 0;
  bool holds_ = false;   // the lease
  bool stands_ = false;  // with it, and the networks are brought up to date
  std::string trouble_;

  Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace skein::server
