#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace skein {

// A mutex on which a thread can wait until a condition on what it guards holds, like absl::Mutex:
// the thread sanitizer does not see into Debian's absl::Mutex, and reports every use as a race.
//
//   MutexLock lock(&mutex_);
//   mutex_.Await([this] { return !queue_.empty(); });
class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }

  // Whoever waits looks again whether its condition holds.
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    if (waiting_ > 0) changed_.notify_all();
    mutex_.unlock();
  }

  // Gives the mutex away until `holds()`; it is called with the mutex held.
  template <class Condition>
  void Await(Condition holds) ABSL_EXCLUSIVE_LOCKS_REQUIRED(this) {
    std::unique_lock<std::mutex> lock(mutex_, std::adopt_lock);
    ++waiting_;
    changed_.wait(lock, holds);
    --waiting_;
    lock.release();
  }

  // Await, but no longer than `time`. Returns whether the condition holds.
  template <class Condition>
  bool AwaitFor(std::chrono::milliseconds time, Condition holds)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(this) {
    std::unique_lock<std::mutex> lock(mutex_, std::adopt_lock);
    ++waiting_;
    const bool held = changed_.wait_for(lock, time, holds);
    --waiting_;
    lock.release();
    return held;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;  // guarded by mutex_
};

// Holds a mutex as long as it lives.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_->Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

}  // namespace skein
