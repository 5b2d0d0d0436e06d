#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "server/clock.h"
#include "storage/mutex.h"

namespace skein::server {

// Something that lives on one sequencer: all its functions run on that sequencer's thread.
class Actor {
 public:
  virtual ~Actor() = default;
  // When it wants to run without being asked, wall time; nothing: never.
  virtual std::optional<std::int64_t> NextDueUnixMs() const = 0;
  // Runs because it is due.
  virtual void RunDue() = 0;
};

// A thread that owns actors: it runs their tasks in the order of posting, and wakes them when they
// are due. Actors that are due go first.
//
// Threads: safe.
class Sequencer {
 public:
  // The clock outlives the sequencer.
  explicit Sequencer(const Clock* clock);
  ~Sequencer();

  // Queues a task of `actor`; false: too late, Stop was called. The queue is bounded by what
  // callers admit per actor.
  bool Post(std::shared_ptr<Actor> actor, std::function<void()> task);

  // Looks again who is due.
  void Wake();

  // Finishes what is queued and ends the thread.
  void Stop();

 private:
  struct Item {
    std::shared_ptr<Actor> actor;
    std::function<void()> task;
  };

  void Run();
  void RunDueActors();
  void Reschedule(const std::shared_ptr<Actor>& actor);
  std::int64_t WaitMs() const;
  // The next task; nothing: there is none now. Sets `ended` at the end.
  std::optional<Item> Next(bool* ended);

  const Clock* const clock_;

  Mutex mutex_;
  std::deque<Item> queue_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  // Owned by the thread.
  std::set<std::pair<std::int64_t, std::shared_ptr<Actor>>> due_;
  std::map<std::shared_ptr<Actor>, std::int64_t> due_of_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace skein::server
