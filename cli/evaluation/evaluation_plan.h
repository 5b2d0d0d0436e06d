#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/evaluation/evaluation_suite.h"
#include "cli/scenario_source.h"
#include "policy/registry.h"
#include "sim/domain/status.h"
#include "skein/v1/evaluation.pb.h"

namespace skein::cli {

// An evaluation whose scenario has been resolved.
struct PlannedEvaluation {
  std::string name;  // within its suite; empty outside of one
  v1::EvaluationProtocol protocol;
  DayNetworks networks;
};

// Resolves the scenario and hashes the networks of all days. `stop` is asked between days.
// Errors: those of DayNetworks; CANCELLED, if stopped.
absl::StatusOr<PlannedEvaluation> PlanEvaluation(const EvaluationSpec& spec,
                                                 const std::function<bool()>& stop);

// Whether each policy can be made for the evaluation.
// Errors: INVALID_ARGUMENT, if one is given twice or the list is empty; those of
//         policy::MakeEvaluationDispatcher.
absl::Status CheckPolicies(const std::vector<std::string>& policies,
                           const PlannedEvaluation& evaluation,
                           const policy::CaptainParts& captain);

}  // namespace skein::cli
