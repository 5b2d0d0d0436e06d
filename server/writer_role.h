#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/reason.h"
#include "storage/mutex.h"

namespace skein::server {

// Whether this server writes to a store that it shares with others, and who does otherwise. It
// begins as a standby that knows of no writer.
//
// Threads: safe.
class WriterRole {
 public:
  bool leads() const { return leads_.load(); }

  void Lead() {
    MutexLock lock(&mutex_);
    leader_.clear();
    leads_.store(true);
  }

  // `leader` is the writer's address; empty, if there is none or it is not known.
  void Follow(std::string leader) {
    MutexLock lock(&mutex_);
    leader_ = std::move(leader);
    leads_.store(false);
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
  std::atomic<bool> leads_{false};
};

}  // namespace skein::server
