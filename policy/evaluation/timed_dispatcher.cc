#include "policy/evaluation/timed_dispatcher.h"

#include <algorithm>
#include <utility>

namespace skein::policy {

TimedDispatcher::TimedDispatcher(std::unique_ptr<Dispatcher> inner, PolicyClock clock)
    : inner_(std::move(inner)), clock_(std::move(clock)) {}

absl::Status TimedDispatcher::DecideBatch(std::span<const DecisionPoint> points,
                                          std::span<Choice> choices) {
  const std::chrono::nanoseconds start = clock_();
  absl::Status status = inner_->DecideBatch(points, choices);
  const std::chrono::nanoseconds taken = clock_() - start;
  times_.decisions += static_cast<std::int64_t>(points.size());
  times_.total += taken;
  times_.longest = std::max(times_.longest, taken);
  return status;
}

}  // namespace skein::policy
