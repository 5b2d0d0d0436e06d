#pragma once

#include <atomic>
#include <chrono>

namespace skein::storage::postgres {

// While it lives, a wait on a connection lasts until `at` at most: then the connection is shut
// down, and whoever waits on it finds it closed. libpq has no such bound of its own: a peer that
// acknowledges by TCP and says nothing holds it for ever.
//
// Threads: one; a thread of the program's own watches all deadlines.
class Deadline {
 public:
  // `socket` stays open as long as this lives.
  Deadline(int socket, std::chrono::steady_clock::time_point at);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool passed() const { return passed_.load(); }

 private:
  friend class DeadlineWatch;

  const int socket_;
  const std::chrono::steady_clock::time_point at_;
  std::atomic<bool> passed_{false};
};

}  // namespace skein::storage::postgres
