#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// Whether this server writes to a store that it shares with others, and who does otherwise. It
// begins as a standby that knows of no writer.
//
// A writer leads until its lease may have run out, by its own clock: one that slept through it does
// not answer from what it remembers, not even with a refusal.
//
// Threads: safe.
class WriterRole {
 public:
  using Time = std::chrono::steady_clock::time_point;

  bool leads(Time now) const { return now < leads_until_.load(); }

  void Lead(Time until) {
    MutexLock lock(&mutex_);
    leader_.clear();
    leads_until_.store(until);
  }

  // `leader` is the writer's address; empty, if there is none or it is not known.
  void Follow(std::string leader) {
    MutexLock lock(&mutex_);
    leader_ = std::move(leader);
    leads_until_.store(Time::min());
  }

  // Why a request that writes is refused: UNAVAILABLE (NOT_LEADER), with the writer's address.
  absl::Status NotLeader() const {
    MutexLock lock(&mutex_);
    if (leader_.empty())
      return WithReason(
          absl::UnavailableError("this server is a standby, and nobody leads now; try again"),
          kNotLeader);
    return WithLeader(WithReason(absl::UnavailableError(absl::StrCat(
                                     "this server is a standby; the leader is ", leader_)),
                                 kNotLeader),
                      leader_);
  }

 private:
  mutable Mutex mutex_;
  std::string leader_ ABSL_GUARDED_BY(mutex_);
  std::atomic<Time> leads_until_{Time::min()};
};

}  // namespace skein::server
