#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "httplib.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// A fixed number of threads that serve connections, and a bounded queue before them.
//
// While the queue is full the accepting thread waits, so that further connections stay with the
// kernel, which bounds them too.
//
// Threads: safe.
class ConnectionPool final : public httplib::TaskQueue {
 public:
  // Requires: both are at least 1.
  ConnectionPool(int threads, int queue_length);

  void enqueue(std::function<void()> connection) override;
  // Serves what waits, then ends the threads.
  void shutdown() override;

 private:
  void Work();

  const std::size_t queue_length_;
  Mutex mutex_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // constant until shutdown
};

}  // namespace skein::server
