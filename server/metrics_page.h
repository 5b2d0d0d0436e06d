#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace httplib {
class Server;
}

namespace skein::server {

// Answers GET /metrics over plain HTTP with what a function says, one request per connection.
//
// Not prometheus-cpp's own page: its threads have stacks of 100 kB, of which the thread-local
// storage of the libraries takes its share, and OpenBLAS alone, if it is what CLP gets, 60 kB.
//
// Threads: `text` is called on threads of the page, up to two at once.
class MetricsPage {
 public:
  using Text = std::function<std::string()>;

  // `address` is HOST:PORT, port 0 for any free one.
  // Errors: UNAVAILABLE, if it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Open(const std::string& address, Text text);
  // Ends after the answers that are being given.
  ~MetricsPage();

  int port() const { return port_; }

 private:
  MetricsPage();

  const std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread listening_;
};

}  // namespace skein::server
