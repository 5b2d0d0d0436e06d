#pragma once

#include <string>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/scenario_validate.h"
#include "sim/domain/status.h"
#include "skein/v1/scenario.pb.h"

namespace skein::codec {

// Every field is set, those with a default too.
//
// Requires: corridors and aircraft name vertiports of the scenario.
v1::Scenario EncodeScenario(const Scenario& scenario);

// A scenario as it was meant, with everything that is wrong with it.
struct DecodedScenario {
  Scenario scenario;          // with stand-ins where there are faults
  std::vector<Fault> faults;  // of the message, then those of Validate() on other fields
};
DecodedScenario DecodeScenarioAndFaults(const v1::Scenario& message);

// The valid scenario that the message describes.
// Errors: INVALID_ARGUMENT with all faults.
absl::StatusOr<Scenario> DecodeScenario(const v1::Scenario& message);

// Reads a file of canonical JSON or protobuf text format.
// Errors: those of ReadMessageFile; INVALID_ARGUMENT with all faults.
absl::StatusOr<Scenario> ReadScenarioFile(const std::string& path);

// The scenario as such a file: pretty JSON with a line break at the end.
std::string ScenarioFile(const Scenario& scenario);

}  // namespace skein::codec
