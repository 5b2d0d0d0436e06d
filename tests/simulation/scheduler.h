#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>

#include "server/base/clock.h"
#include "server/base/executor.h"
#include "tests/property/dice.h"

namespace skein::simulation {

// The clocks of a simulation. They move when told.
class SimulatedClock : public server::Clock {
 public:
  std::int64_t unix_ms() const override { return unix_ms_; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(steady_ms_));
  }
  void Advance(std::int64_t ms) {
    unix_ms_ += ms;
    steady_ms_ += ms;
  }
  // Somebody sets the wall clock.
  void Jump(std::int64_t ms) { unix_ms_ += ms; }

 private:
  std::int64_t unix_ms_ = 1'700'000'000'000;
  std::int64_t steady_ms_ = 1'000'000;
};

// One thread that does everything: it gives loops their turns and lets events happen, in an order
// that is a function of the seed. Code that waits for something (a disk, another loop) calls
// Meanwhile or Await, and others get their turns inside.
//
// Threads: one.
class Scheduler {
 public:
  explicit Scheduler(std::uint64_t seed) : dice_(seed) {}

  testing::Dice& dice() { return dice_; }
  SimulatedClock& clock() { return clock_; }
  // Time since the simulation's own epoch.
  std::int64_t now_ms() const { return clock_.steady().time_since_epoch().count() / 1'000'000; }

  // Lets `event` happen after that time.
  void After(std::int64_t ms, std::function<void()> event);

  // One turn of a loop or one event; if there is neither, time goes on.
  void Step();
  // What happens while somebody waits for something that takes so long.
  void Meanwhile(std::int64_t ms);

 private:
  friend class Host;
  struct LoopState {
    server::Loop* loop = nullptr;
    const bool* paused = nullptr;
    bool running = false;  // a turn is on the stack
    bool idle = false;     // since the last event
    bool ended = false;
  };

  bool RunSomeLoop();
  bool RunLoop(LoopState* state);
  bool RunNextEvent();
  void NothingIsIdle();

  testing::Dice dice_;
  SimulatedClock clock_;
  std::multimap<std::int64_t, std::function<void()>> events_;  // by time
  std::list<LoopState> loops_;
};

// A machine of the simulation: the loops that were started on it stand still while it is paused.
class Host : public server::Executor {
 public:
  explicit Host(Scheduler* scheduler) : scheduler_(scheduler) {}

  std::unique_ptr<server::RunningLoop> Start(server::Loop* loop) override;
  void Await(Mutex* mutex, const std::function<bool()>& holds) override;

  void Pause(bool paused) { paused_ = paused; }
  bool paused() const { return paused_; }

 private:
  class Running;

  // Only these: whoever stops or starts a server waits for it alone.
  void RunOwnLoops();

  Scheduler* const scheduler_;
  bool paused_ = false;
};

}  // namespace skein::simulation
