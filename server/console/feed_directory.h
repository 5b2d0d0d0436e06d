#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "server/base/clock.h"
#include "server/console/network_feed.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// The feeds that somebody looks at: one per network, made for its first viewer and gone with its
// last.
//
// Threads: safe.
class FeedDirectory {
 public:
  // The pointers outlive the directory and its feeds.
  FeedDirectory(Controller* controller, const PolicyMonitor* policies, const Clock& clock,
                std::chrono::milliseconds period)
      : controller_(controller),
        policies_(policies),
        period_(period),
        made_unix_ms_(clock.unix_ms()) {}

  // The feed of "networks/{id}".
  std::shared_ptr<NetworkFeed> Of(const std::string& network);

  // Closes all feeds, those to come too.
  void Close();

 private:
  Controller* const controller_;
  const PolicyMonitor* const policies_;
  const std::chrono::milliseconds period_;
  const std::int64_t made_unix_ms_;  // tells the feeds of one run of the server from another's

  Mutex mutex_;
  std::map<std::string, std::weak_ptr<NetworkFeed>> feeds_ ABSL_GUARDED_BY(mutex_);
  std::int64_t feeds_made_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace skein::server
