#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "server/console/network_reader.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// What the viewers of one network are told, read once for all of them.
//
// There is no queue: a viewer gets the parts that have changed since the version it has seen, as
// they are now, so a slow one skips what lies between and holds no memory. One of the waiting
// viewers reads the network, at most once per period; without viewers nobody does.
//
// Threads: safe.
class NetworkFeed {
 public:
  using Milliseconds = std::chrono::milliseconds;

  // What is new, as server-sent events.
  struct News {
    std::int64_t version = 0;
    std::string events;  // empty: nothing
    bool closed = false;
  };

  // Versions of different epochs do not compare.
  NetworkFeed(std::string epoch, NetworkReader reader, Milliseconds period);

  const std::string& epoch() const { return epoch_; }

  // What has changed since version `seen`, 0 if nothing was seen; waits at most `most` for it,
  // unless it reads the network itself.
  News Await(std::int64_t seen, Milliseconds most);

  // From now on Await returns at once and says closed.
  void Close();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  News NewsSince(std::int64_t seen) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Publish(const Texts& texts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string epoch_;
  const Milliseconds period_;
  NetworkReader reader_;  // of the viewer that has set reading_
  Texts fresh_;           // likewise

  Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  TimePoint due_ ABSL_GUARDED_BY(mutex_){};  // when to read next
  std::int64_t version_ ABSL_GUARDED_BY(mutex_) = 0;
  Texts texts_ ABSL_GUARDED_BY(mutex_);
  std::array<std::int64_t, kPartCount> changed_ ABSL_GUARDED_BY(mutex_){};  // in which version
};

}  // namespace skein::server
