#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/scenario_source.h"
#include "sim/domain/status.h"
#include "skein/v1/evaluation.pb.h"

namespace skein::cli {

// Which days to evaluate: a scenario and a run of seeds.
struct EvaluationSpec {
  std::string name;      // within its suite; empty outside of one
  std::string scenario;  // as it was asked for
  std::string path;      // where it is: the same, or for a file of a suite seen from here
  ScenarioOptions options;
  std::uint64_t first_seed = 0;
  int days = 0;
};

struct EvaluationSuite {
  std::string name;
  std::string title;
  std::vector<EvaluationSpec> evaluations;
};

// The suite that the message describes. `folder` is where relative paths start; empty: here. The
// scenarios are resolved, so a suite that is returned can be run.
// Errors: INVALID_ARGUMENT with all faults.
absl::StatusOr<EvaluationSuite> DecodeSuite(const v1::EvaluationSuite& message,
                                            const std::string& folder);

// Reads a file of canonical JSON or protobuf text format.
// Errors: those of codec::ReadMessageFile and DecodeSuite, with the path.
absl::StatusOr<EvaluationSuite> ReadSuiteFile(const std::string& path);

}  // namespace skein::cli
