#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// Asks the server at `target` for the health of a service, or of all of it, over a connection of
// its own.
// Errors: those of the call, such as NOT_FOUND for a service that it does not know; UNAVAILABLE, if
//         the answer is anything but SERVING.
absl::Status CheckHealth(const std::string& target, std::chrono::milliseconds timeout,
                         const std::string& service = "");

// Notices that the server takes no new connections any more: gRPC 1.51 stops listening for good
// after one accept without a free file descriptor. Only a new connection shows it; a lasting one
// tells a listener that is dead from a machine that is slow.
//
// Threads: one of its own; the destructor ends it.
class ListenerWatchdog {
 public:
  struct Options {
    std::string target;
    std::chrono::milliseconds period{2000};
    std::chrono::milliseconds timeout{2000};  // of one check
    int failures = 3;           // in a row, of new connections while the lasting one works …
    int unclear_failures = 15;  // … or of both
  };

  // `on_dead` is called once, on the watchdog's thread, with the last failure.
  ListenerWatchdog(Options options, std::function<void(const absl::Status&)> on_dead);
  ~ListenerWatchdog();

  // Ends the watch, before the server stops serving on purpose. May be called twice.
  void Stop();

 private:
  void Run();
  bool SleepUnlessStopped();

  const Options options_;
  const std::function<void(const absl::Status&)> on_dead_;
  Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace skein::server
