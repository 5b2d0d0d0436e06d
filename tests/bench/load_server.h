#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace skein::bench {

// A server in a process of its own, as in service.
class LoadServer {
 public:
  enum class Store { kSqlite, kPostgresql, kMemory };
  struct Options {
    Store store = Store::kSqlite;
    std::string where{};   // the file of SQLite, the URL of PostgreSQL
    bool metrics = false;  // it counts for Prometheus, as in service; else it counts nothing
  };

  // Requires: gRPC has not been used in this process yet, since it forks.
  // Errors: UNAVAILABLE, if the server does not start.
  static absl::StatusOr<LoadServer> Start(const Options& options);
  ~LoadServer();
  LoadServer(LoadServer&& other) noexcept;
  LoadServer& operator=(LoadServer&&) = delete;

  std::string address() const;
  // Processor time that it has used, seconds.
  double cpu_s() const;

  // What the process holds: its pages in memory, and what its allocator has given out.
  struct Memory {
    std::size_t resident_bytes = 0;
    std::size_t heap_bytes = 0;
  };
  // Errors: UNAVAILABLE, if the server is gone.
  absl::StatusOr<Memory> AskMemory() const;

 private:
  LoadServer(pid_t process, int questions, int answers)
      : process_(process), questions_(questions), answers_(answers) {}

  pid_t process_;
  int questions_;  // a pipe; the server ends when it is closed
  int answers_;
  int port_ = 0;
};

}  // namespace skein::bench
