#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "cli/print.h"
#include "policy/evaluation/timed_dispatcher.h"

namespace skein::cli {

// Says on stderr how many days are done and how long the others will take: on a terminal in a line
// that overwrites itself, elsewhere in a line every half minute.
//
// Days come in kinds, such as one policy in one evaluation, that take about the same time each.
//
// Threads: safe.
class EvaluationProgress {
 public:
  // left[k]: days of kind k to do; `done` days need not be done again.
  EvaluationProgress(std::vector<int> left, int done, int threads, PolicyClock clock);

  // A day of this kind is done and took so long.
  void Finish(std::size_t kind, std::chrono::nanoseconds took);

 private:
  using Seconds = std::chrono::duration<double>;

  Seconds TimeLeft() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int threads_;
  const PolicyClock clock_;
  const bool terminal_;
  absl::Mutex mutex_;
  std::vector<int> left_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> finished_ ABSL_GUARDED_BY(mutex_);  // in this run, by kind
  std::vector<Seconds> taken_ ABSL_GUARDED_BY(mutex_);
  int done_ ABSL_GUARDED_BY(mutex_);  // in earlier runs, too
  int total_ ABSL_GUARDED_BY(mutex_);
  std::chrono::nanoseconds next_ ABSL_GUARDED_BY(mutex_);
  ProgressLine line_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace skein::cli
