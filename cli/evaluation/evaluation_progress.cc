#include "cli/evaluation/evaluation_progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"

namespace skein::cli {
namespace {

constexpr std::chrono::milliseconds kTerminalPeriod{100};
constexpr std::chrono::seconds kLogPeriod{30};

// "3 h 05 min", "5 min 10 s" or "10 s".
std::string DurationText(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  if (whole >= 3600) return absl::StrFormat("%d h %02d min", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return absl::StrFormat("%d min %02d s", whole / 60, whole % 60);
  return absl::StrFormat("%d s", whole);
}

}  // namespace

EvaluationProgress::EvaluationProgress(std::vector<int> left, int done, int threads,
                                       PolicyClock clock)
    : threads_(threads),
      clock_(std::move(clock)),
      terminal_(isatty(STDERR_FILENO) != 0),
      left_(std::move(left)),
      finished_(left_.size()),
      taken_(left_.size()),
      done_(done),
      total_(std::accumulate(left_.begin(), left_.end(), done)),
      next_(clock_() + (terminal_ ? std::chrono::nanoseconds{0} : kLogPeriod)) {}

void EvaluationProgress::Finish(std::size_t kind, std::chrono::nanoseconds took) {
  absl::MutexLock lock(&mutex_);
  --left_[kind];
  ++finished_[kind];
  taken_[kind] += took;
  ++done_;
  const std::chrono::nanoseconds now = clock_();
  if (now < next_) return;
  const std::string text = absl::StrFormat("%d of %d days done, %s left", done_, total_,
                                           DurationText(TimeLeft().count()));
  if (terminal_)
    line_.Show(text);
  else
    std::fprintf(stderr, "%s\n", text.c_str());
  next_ = now + (terminal_ ? std::chrono::nanoseconds{kTerminalPeriod} : kLogPeriod);
}

EvaluationProgress::Seconds EvaluationProgress::TimeLeft() const {
  const Seconds taken = std::accumulate(taken_.begin(), taken_.end(), Seconds{});
  const Seconds mean = taken / std::accumulate(finished_.begin(), finished_.end(), 0);
  Seconds left{};
  for (std::size_t k = 0; k < left_.size(); ++k)
    left += left_[k] * (finished_[k] > 0 ? taken_[k] / finished_[k] : mean);
  return left / threads_;
}

}  // namespace skein::cli
