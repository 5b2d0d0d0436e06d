#include "server/http/connection_pool.h"

#include <utility>

namespace skein::server {

ConnectionPool::ConnectionPool(int threads, int queue_length)
    : queue_length_(static_cast<std::size_t>(queue_length)) {
  for (int k = 0; k < threads; ++k) threads_.emplace_back([this] { Work(); });
}

void ConnectionPool::enqueue(std::function<void()> connection) {
  MutexLock lock(&mutex_);
  mutex_.Await([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return waiting_.size() < queue_length_; });
  waiting_.push_back(std::move(connection));
}

void ConnectionPool::shutdown() {
  {
    MutexLock lock(&mutex_);
    closing_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

void ConnectionPool::Work() {
  while (true) {
    std::function<void()> connection;
    {
      MutexLock lock(&mutex_);
      mutex_.Await([this]()
                       ABSL_NO_THREAD_SAFETY_ANALYSIS { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      connection = std::move(waiting_.front());
      waiting_.pop_front();
    }
    connection();
  }
}

}  // namespace skein::server
