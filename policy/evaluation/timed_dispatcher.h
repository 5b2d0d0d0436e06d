#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sim/domain/dispatcher.h"

namespace skein::policy {

struct DecisionTimes {
  std::int64_t decisions = 0;  // decision points that were answered
  std::chrono::nanoseconds total{};
  std::chrono::nanoseconds longest{};  // of one call
};

// Measures another dispatcher: the time within DecideBatch and nothing else.
//
// Threads: as the inner dispatcher.
class TimedDispatcher : public Dispatcher {
 public:
  TimedDispatcher(std::unique_ptr<Dispatcher> inner, PolicyClock clock);

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override;
  std::string name() const override { return inner_->name(); }
  PolicyVersion version() const override { return inner_->version(); }

  const DecisionTimes& times() const { return times_; }

 private:
  const std::unique_ptr<Dispatcher> inner_;
  const PolicyClock clock_;
  DecisionTimes times_;
};

}  // namespace skein::policy
