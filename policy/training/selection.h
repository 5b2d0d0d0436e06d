#pragma once

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
  Selection(const SelectionOptions& options, TrainingWorld world);

  absl::StatusOr<SelectionResult> Measure(Learner& learner);

 private:
  absl::Status PlayBaseline();

  const SelectionOptions options_;
  const TrainingWorld outside_;
  std::vector<double> baseline_usd_;  // per day
};

}  // namespace skein::policy
