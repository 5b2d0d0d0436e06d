#pragma once

#include <functional>
#include <vector>

#include "cli/scenario_source.h"
#include "policy/registry.h"
#include "sim/domain/status.h"
#include "skein/v1/day_trace.pb.h"
#include "skein/v1/evaluation.pb.h"

namespace skein::cli {

// Plays the first day of an evaluation once more with each of its policies and traces it. A policy
// that does not repeat itself (an external program may) has no trace.
//
// Errors: those of the policies; CANCELLED, if `stop`, asked between events, says so.
absl::StatusOr<std::vector<v1::DayTrace>> FirstDayTraces(const DayNetworks& networks,
                                                         const v1::EvaluationReport& report,
                                                         const policy::CaptainParts& captain,
                                                         const std::function<bool()>& stop);

}  // namespace skein::cli
