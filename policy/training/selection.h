#pragma once

#include <span>
#include <vector>

#include "policy/training/environment.h"
#include "policy/training/learner.h"

namespace skein::policy {

struct SelectionResult {
  double profit_usd = 0;           // mean of the learner's days, arg-max decisions
  double baseline_usd = 0;         // mean of the baseline's
  double difference_ci95_usd = 0;  // half the interval of the mean paired difference
};

// Plays the selection days with the arg-max of the network and, the first time, with the baseline.
//
// Threads: compatible.
class Selection {
 public:
  Selection(const SelectionOptions& options, TrainingWorld world, int threads);

  absl::StatusOr<SelectionResult> Measure(Learner& learner);

 private:
  // Profit of one day with the baseline, and of days [begin, end) with the learner, in USD.
  absl::StatusOr<double> PlayBaseline(std::size_t day) const;
  absl::Status Play(Learner& learner, std::size_t begin, std::span<double> profit_usd) const;

  const SelectionOptions options_;
  const TrainingWorld outside_;
  const int threads_;
  std::vector<double> baseline_usd_;  // per day
};

}  // namespace skein::policy
