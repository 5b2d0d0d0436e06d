#pragma once

#include <atomic>
#include <chrono>
#include <thread>

namespace skein::cli {

// SIGTERM and SIGINT as values. Construct it before any other thread: it blocks both signals for
// the whole process, and ignores SIGPIPE.
//
//   Await: the first signal ──► Hurry: a second one, or `patience` without an end ──► _exit
//
// Threads: one.
class ShutdownSignal {
 public:
  ShutdownSignal();
  ~ShutdownSignal();
  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // Waits for the first signal and returns its number.
  int Await();

  // From now until the destructor, a signal ends the process at once with `exit_code`, unless it
  // comes within a second; so does the end of `patience`.
  void Hurry(std::chrono::milliseconds patience, int exit_code);

 private:
  std::atomic<bool> over_{false};
  std::thread hurrying_;
};

}  // namespace skein::cli
