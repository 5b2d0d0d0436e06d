#pragma once

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"

namespace skein::bench {

struct LoadServerOptions {
  std::string store{};   // path of an SQLite store; empty: in memory
  bool metrics = false;  // whether it counts for Prometheus, as in service; else it counts nothing
};

// A server in a process of its own, as in service.
class LoadServer {
 public:
  // Requires: gRPC has not been used in this process yet, since it forks.
  // Errors: UNAVAILABLE, if the server does not start.
  static absl::StatusOr<LoadServer> Start(const LoadServerOptions& options);
  ~LoadServer();
  LoadServer(LoadServer&& other) noexcept;
  LoadServer& operator=(LoadServer&&) = delete;

  std::string address() const;
  // Processor time that it has used.
  double cpu_s() const;

 private:
  LoadServer(pid_t process, int life, int port) : process_(process), life_(life), port_(port) {}

  pid_t process_;
  int life_;  // a pipe; the server ends when it is closed
  int port_;
};

}  // namespace skein::bench
