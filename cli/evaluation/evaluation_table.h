#pragma once

#include <string>

#include "skein/v1/evaluation.pb.h"

namespace skein::cli {

// An evaluation for people, at most 100 columns wide: the policies, best first, then the pairs,
// largest difference first and with the better policy in front.
std::string EvaluationTable(const v1::EvaluationReport& report);

}  // namespace skein::cli
