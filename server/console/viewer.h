#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "httplib.h"
#include "server/console/network_feed.h"

namespace skein::server {

// One browser that looks at a network: what it has seen, and when it last heard from us.
//
// Each batch of events ends with an id, "{epoch}-{version}". A browser that comes back with it gets
// what has changed since; with an id of another epoch, or none, it gets everything.
//
// Threads: one.
class Viewer {
 public:
  // `place` is held as long as the viewer lives. `last_event_id` may be empty. `greeting` is what
  // it is told first.
  Viewer(std::shared_ptr<void> place, std::shared_ptr<NetworkFeed> feed,
         const std::string& last_event_id, std::string greeting);

  // Sends the next batch, or a comment if there was none for long. False: the stream is over.
  bool Send(httplib::DataSink& sink);

 private:
  bool Write(const std::string& text, httplib::DataSink& sink);

  const std::shared_ptr<void> place_;
  const std::shared_ptr<NetworkFeed> feed_;
  std::string greeting_;  // empty once it is sent
  std::int64_t seen_ = 0;
  std::chrono::steady_clock::time_point last_write_{};
};

}  // namespace skein::server
