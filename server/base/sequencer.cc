#include "server/base/sequencer.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace skein::server {
namespace {

// Wall clocks may be set; so often the sequencer looks whether somebody is due after all.
constexpr std::int64_t kLongestWaitMs = 1000;

}  // namespace

Sequencer::Sequencer(const Clock* clock, Executor* executor)
    : clock_(clock), running_(executor->Start(this)) {}

Sequencer::~Sequencer() { Stop(); }

bool Sequencer::Post(std::shared_ptr<Actor> actor, std::function<void()> task) {
  MutexLock lock(&mutex_);
  if (stopping_) return false;
  queue_.push_back({std::move(actor), std::move(task)});
  return true;
}

void Sequencer::Wake() {
  MutexLock lock(&mutex_);
  woken_ = true;
}

void Sequencer::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  running_.reset();
}

Loop::Turn Sequencer::Run() {
  std::optional<Item> item;
  bool ended = false;
  {
    MutexLock lock(&mutex_);
    woken_ = false;
    if (!queue_.empty()) {
      item = std::move(queue_.front());
      queue_.pop_front();
    }
    ended = stopping_ && !item.has_value();
  }
  RunDueActors();
  if (ended) return Turn::kEnded;
  if (!item.has_value()) return Turn::kIdle;
  item->task();
  Reschedule(item->actor);
  return Turn::kWorked;
}

void Sequencer::AwaitWork() {
  const auto ready = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return stopping_ || woken_ || !queue_.empty();
  };
  const std::chrono::milliseconds wait(WaitMs());
  MutexLock lock(&mutex_);
  mutex_.AwaitFor(wait, ready);
}

void Sequencer::RunDueActors() {
  const std::int64_t now = clock_->unix_ms();
  std::vector<std::shared_ptr<Actor>> actors;
  for (auto it = due_.begin(); it != due_.end() && it->first <= now; ++it)
    actors.push_back(it->second);
  for (const std::shared_ptr<Actor>& actor : actors) {
    actor->RunDue();
    Reschedule(actor);
  }
}

void Sequencer::Reschedule(const std::shared_ptr<Actor>& actor) {
  const std::optional<std::int64_t> due = actor->NextDueUnixMs();
  const auto known = due_of_.find(actor);
  if (known != due_of_.end()) {
    if (due.has_value() && *due == known->second->first) return;
    due_.erase(known->second);
    due_of_.erase(known);
  }
  if (due.has_value()) due_of_[actor] = due_.emplace(*due, actor);
}

std::int64_t Sequencer::WaitMs() const {
  if (due_.empty()) return kLongestWaitMs;
  return std::clamp<std::int64_t>(due_.begin()->first - clock_->unix_ms(), 0, kLongestWaitMs);
}

}  // namespace skein::server
