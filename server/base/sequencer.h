#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// Something that lives on one sequencer: all its functions run in that sequencer's turns.
class Actor {
 public:
  virtual ~Actor() = default;
  // When it wants to run without being asked, wall time; nothing: never.
  virtual std::optional<std::int64_t> NextDueUnixMs() const = 0;
  // Runs because it is due.
  virtual void RunDue() = 0;
};

// A loop that owns actors: it runs their tasks in the order of posting, and wakes them when they
// are due. Actors that are due go first.
//
// Threads: safe.
class Sequencer final : private Loop {
 public:
  // Clock and executor outlive the sequencer.
  Sequencer(const Clock* clock, Executor* executor);
  ~Sequencer() override;

  // Queues a task of `actor`; false: too late, Stop was called. The queue is bounded by what
  // callers admit per actor.
  bool Post(std::shared_ptr<Actor> actor, std::function<void()> task);

  // Looks again who is due.
  void Wake();

  // Finishes what is queued and ends.
  void Stop();

 private:
  struct Item {
    std::shared_ptr<Actor> actor;
    std::function<void()> task;
  };

  using DueActors = std::multimap<std::int64_t, std::shared_ptr<Actor>>;

  Turn Run() override;
  void AwaitWork() override;
  void RunDueActors();
  void Reschedule(const std::shared_ptr<Actor>& actor);
  std::int64_t WaitMs() const;

  const Clock* const clock_;

  Mutex mutex_;
  std::deque<Item> queue_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  // Owned by the loop. Actors that are due at the same time go in the order in which they said so.
  DueActors due_;
  std::map<std::shared_ptr<Actor>, DueActors::iterator> due_of_;

  std::unique_ptr<RunningLoop> running_;  // last: it uses all of the above
};

}  // namespace skein::server
