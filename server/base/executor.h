#pragma once

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "sim/domain/mutex.h"

// Who gives the service's own loops their turns: threads, or a simulation in which one thread does
// everything in an order of its choice.
namespace skein::server {

// Work that is done piece by piece, by one thread at a time.
class Loop {
 public:
  enum class Turn {
    kWorked,  // there may be more to do
    kIdle,    // there is nothing to do now
    kEnded,   // there will never be anything to do again
  };

  virtual ~Loop() = default;
  // Does the next piece of work, if there is one.
  virtual Turn Run() = 0;
  // Waits until there may be something to do.
  virtual void AwaitWork() = 0;
};

// A loop that gets its turns. The destructor waits for its end.
class RunningLoop {
 public:
  virtual ~RunningLoop() = default;
};

// Threads: safe.
class Executor {
 public:
  virtual ~Executor() = default;

  // Gives the loop its turns until it has ended. The loop outlives what is returned.
  virtual std::unique_ptr<RunningLoop> Start(Loop* loop) = 0;

  // Gives `mutex` away until `holds()`; other loops go on meanwhile.
  virtual void Await(Mutex* mutex, const std::function<bool()>& holds)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) = 0;
};

// Gives each loop a thread.
class ThreadExecutor : public Executor {
 public:
  std::unique_ptr<RunningLoop> Start(Loop* loop) override;
  void Await(Mutex* mutex, const std::function<bool()>& holds) override;
};

}  // namespace skein::server
