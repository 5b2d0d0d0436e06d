#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "sim/domain/mutex.h"
#include "skein/v1/fleet_service.pb.h"

namespace skein::server {

// What waits for one watching stream: a bounded queue from the committing thread to the stream.
//
//   committer ──► Push, Clear, Close ──► [ at most `capacity` messages ] ──► Take ──► stream
//
// A stream that is too slow loses messages, never memory. After Close, Take still gives what waits;
// then closed() says why the stream ends.
//
// Threads: safe.
template <class Message>
class WatchQueue {
 public:
  // `on_ready` is called after something was put in, on the thread that did so. It must return
  // quickly and must not call Cancel.
  WatchQueue(std::size_t capacity, std::function<void()> on_ready)
      : capacity_(capacity), on_ready_(std::move(on_ready)) {}

  // Appends a message. False: the queue is full, and the message was not taken.
  bool Push(const Message& message) {
    {
      MutexLock lock(&mutex_);
      if (closed_.has_value()) return true;
      if (messages_.size() >= capacity_) return false;
      messages_.push_back(message);
    }
    Notify();
    return true;
  }

  // Drops what waits, for a reader that is too slow. Returns how many messages that were.
  std::size_t Clear() {
    MutexLock lock(&mutex_);
    const std::size_t dropped = messages_.size();
    messages_.clear();
    return dropped;
  }

  // Ends the stream after what waits. Only the first call counts.
  void Close(absl::Status status) {
    {
      MutexLock lock(&mutex_);
      if (closed_.has_value()) return;
      closed_ = std::move(status);
    }
    Notify();
  }

  // The next message, if there is one.
  std::optional<Message> Take() {
    MutexLock lock(&mutex_);
    if (messages_.empty()) return std::nullopt;
    std::optional<Message> message(std::move(messages_.front()));
    messages_.pop_front();
    return message;
  }

  // How the stream ends, once nothing waits any more.
  std::optional<absl::Status> closed() const {
    MutexLock lock(&mutex_);
    return messages_.empty() ? closed_ : std::nullopt;
  }

  // The reader has gone. After it returns `on_ready` is not called again.
  void Cancel() {
    {
      MutexLock lock(&mutex_);
      cancelled_ = true;
      messages_.clear();
      if (!closed_.has_value()) closed_ = absl::CancelledError("the reader has gone");
    }
    MutexLock lock(&notify_mutex_);
    on_ready_ = nullptr;
  }

  bool cancelled() const {
    MutexLock lock(&mutex_);
    return cancelled_;
  }

 private:
  void Notify() {
    MutexLock lock(&notify_mutex_);
    if (on_ready_ != nullptr) on_ready_();
  }

  const std::size_t capacity_;

  mutable Mutex mutex_;
  std::deque<Message> messages_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> closed_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;

  // Held while the stream is told, so that Cancel can wait for it.
  Mutex notify_mutex_;
  std::function<void()> on_ready_ ABSL_GUARDED_BY(notify_mutex_);
};

using FleetWatch = WatchQueue<v1::WatchFleetResponse>;
using TripWatch = WatchQueue<v1::WatchTripResponse>;

}  // namespace skein::server
