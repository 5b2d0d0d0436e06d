#pragma once

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"

namespace skein::bench {

// A server in a process of its own, as in service, on the embedded store in a folder.
class LoadServer {
 public:
  // With `metrics` it counts for Prometheus, as in service; without, it counts nothing.
  // Requires: gRPC has not been used in this process yet, since it forks.
  // Errors: UNAVAILABLE, if the server does not start.
  static absl::StatusOr<LoadServer> Start(const std::string& store_path, bool metrics);
  ~LoadServer();
  LoadServer(LoadServer&& other) noexcept;
  LoadServer& operator=(LoadServer&&) = delete;

  std::string address() const;

 private:
  LoadServer(pid_t process, int life, int port) : process_(process), life_(life), port_(port) {}

  pid_t process_;
  int life_;  // a pipe; the server ends when it is closed
  int port_;
};

}  // namespace skein::bench
