#pragma once

#include <string>
#include <vector>

#include "cli/evaluation/evaluation_plan.h"
#include "cli/evaluation/evaluation_run.h"
#include "skein/v1/evaluation.pb.h"

namespace skein::cli {

// The figures of an evaluation: policies by themselves and in pairs.
// Requires: all days of `days` are finished; they are of the policies in this order.
v1::EvaluationReport MakeEvaluationReport(const PlannedEvaluation& evaluation,
                                          const std::vector<std::string>& policies,
                                          const EvaluationDays& days);

}  // namespace skein::cli
