#include "tests/simulation/scheduler.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "sim/domain/check.h"

namespace skein::simulation {
namespace {

using server::Loop;

// The longest that time goes on at once, when nobody has anything to do.
constexpr std::int64_t kLongestIdleMs = 50;
// Whoever waits longer than so many steps waits for ever.
constexpr int kMostSteps = 1'000'000;

}  // namespace

void Scheduler::After(std::int64_t ms, std::function<void()> event) {
  events_.emplace(now_ms() + ms, std::move(event));
}

void Scheduler::NothingIsIdle() {
  for (LoopState& state : loops_) state.idle = false;
}

bool Scheduler::RunLoop(LoopState* state) {
  state->running = true;
  const Loop::Turn turn = state->loop->Run();
  state->running = false;
  if (turn == Loop::Turn::kEnded) state->ended = true;
  if (turn == Loop::Turn::kIdle) state->idle = true;
  if (turn == Loop::Turn::kWorked) NothingIsIdle();
  return turn == Loop::Turn::kWorked;
}

bool Scheduler::RunSomeLoop() {
  std::vector<LoopState*> ready;
  for (LoopState& state : loops_)
    if (!state.running && !state.idle && !state.ended && !*state.paused) ready.push_back(&state);
  if (ready.empty()) return false;
  RunLoop(ready[dice_.Below(ready.size())]);
  return true;
}

bool Scheduler::RunNextEvent() {
  if (events_.empty() || events_.begin()->first > now_ms()) return false;
  const std::function<void()> event = std::move(events_.begin()->second);
  events_.erase(events_.begin());
  event();
  NothingIsIdle();
  return true;
}

void Scheduler::Step() {
  const bool event_first = dice_.Chance(0.3);
  if (event_first && RunNextEvent()) return;
  if (RunSomeLoop()) return;
  if (!event_first && RunNextEvent()) return;
  std::int64_t wait_ms = kLongestIdleMs;
  if (!events_.empty())
    wait_ms = std::clamp<std::int64_t>(events_.begin()->first - now_ms(), 0, kLongestIdleMs);
  clock_.Advance(wait_ms);
  NothingIsIdle();
}

void Scheduler::Meanwhile(std::int64_t ms) {
  const std::int64_t end_ms = now_ms() + ms;
  for (int steps = 0; now_ms() < end_ms; ++steps) {
    SKEIN_CHECK(steps < kMostSteps, "time stands still");
    Step();
  }
}

// A loop in its list, taken out when it has ended.
class Host::Running : public server::RunningLoop {
 public:
  Running(Scheduler* scheduler, Host* host, Loop* loop) : scheduler_(scheduler), host_(host) {
    scheduler->loops_.push_back({.loop = loop, .paused = &host->paused_});
    place_ = std::prev(scheduler->loops_.end());
  }
  ~Running() override {
    for (int steps = 0; !place_->ended; ++steps) {
      SKEIN_CHECK(steps < kMostSteps, "a loop does not end");
      host_->RunOwnLoops();
    }
    scheduler_->loops_.erase(place_);
  }

 private:
  Scheduler* const scheduler_;
  Host* const host_;
  std::list<Scheduler::LoopState>::iterator place_;
};

std::unique_ptr<server::RunningLoop> Host::Start(Loop* loop) {
  return std::make_unique<Running>(scheduler_, this, loop);
}

void Host::RunOwnLoops() {
  for (Scheduler::LoopState& state : scheduler_->loops_)
    if (state.paused == &paused_ && !state.running && !state.ended) scheduler_->RunLoop(&state);
}

void Host::Await(Mutex* mutex, const std::function<bool()>& holds) {
  for (int steps = 0; !holds(); ++steps) {
    SKEIN_CHECK(steps < kMostSteps, "what is waited for does not happen");
    mutex->Unlock();
    RunOwnLoops();
    mutex->Lock();
  }
}

}  // namespace skein::simulation
