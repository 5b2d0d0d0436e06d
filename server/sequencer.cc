#include "server/sequencer.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace skein::server {
namespace {

// Wall clocks may be set; so often the sequencer looks whether somebody is due after all.
constexpr std::int64_t kLongestWaitMs = 1000;

}  // namespace

Sequencer::Sequencer(const Clock* clock) : clock_(clock), thread_([this] { Run(); }) {}

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
  if (thread_.joinable()) thread_.join();
}

void Sequencer::Run() {
  bool ended = false;
  while (!ended) {
    std::optional<Item> item = Next(&ended);
    RunDueActors();
    if (!item.has_value()) continue;
    item->task();
    Reschedule(item->actor);
  }
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
    if (due.has_value() && *due == known->second) return;
    due_.erase({known->second, actor});
    due_of_.erase(known);
  }
  if (!due.has_value()) return;
  due_.insert({*due, actor});
  due_of_[actor] = *due;
}

std::int64_t Sequencer::WaitMs() const {
  if (due_.empty()) return kLongestWaitMs;
  return std::clamp<std::int64_t>(due_.begin()->first - clock_->unix_ms(), 0, kLongestWaitMs);
}

std::optional<Sequencer::Item> Sequencer::Next(bool* ended) {
  const auto ready = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return stopping_ || woken_ || !queue_.empty();
  };
  const std::chrono::milliseconds wait(WaitMs());
  MutexLock lock(&mutex_);
  mutex_.AwaitFor(wait, ready);
  woken_ = false;
  if (queue_.empty()) {
    *ended = stopping_;
    return std::nullopt;
  }
  Item item = std::move(queue_.front());
  queue_.pop_front();
  return item;
}

}  // namespace skein::server
