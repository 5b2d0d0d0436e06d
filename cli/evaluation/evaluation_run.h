#pragma once

#include <string>
#include <vector>

#include "cli/evaluation/evaluation_plan.h"
#include "cli/evaluation/work_file.h"
#include "policy/evaluation/day_runner.h"
#include "sim/domain/status.h"
#include "skein/v1/evaluation_work.pb.h"

namespace skein::cli {

struct RunOptions {
  std::vector<std::string> policies;
  bool bound = false;  // whether to bound the days, too
  int threads = 1;
  policy::DayHooks hooks;
};

// What the days of one evaluation gave.
struct EvaluationDays {
  std::vector<std::vector<v1::FinishedDay>> days;  // [policy][day], in seed order
  std::vector<v1::FinishedBound> bounds;           // [day]; empty without bounds
};

// Plays the days of all evaluations with all policies, and bounds them, on several threads: day by
// day, so that work that is cut short has whole days. What the work file has is not done again, and
// what is done is added to it; null: nothing is kept.
//
// The result is the same for any number of threads and of interruptions, times apart.
//
// Errors: those of RunDay, BoundDay and the work file; CANCELLED, if stopped, with how far
//         it came. Requires: the work file's header has the protocols of `evaluations`.
absl::StatusOr<std::vector<EvaluationDays>> RunEvaluations(
    const std::vector<PlannedEvaluation>& evaluations, const RunOptions& options, WorkFile* work);

}  // namespace skein::cli
