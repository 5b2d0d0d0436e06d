#pragma once

#include <string>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

namespace skein {

// One thing wrong with a scenario.
struct Fault {
  std::string field;    // path, such as "aircraft[3].initialStateOfCharge" (proto JSON names)
  std::string message;  // the value and the legal range, such as "= 1.5, want [0, 1]"
};

// Everything that is wrong with `scenario`; empty if nothing is.
std::vector<Fault> Validate(const Scenario& scenario);

// OK, or INVALID_ARGUMENT with all faults in one message, "; " between them.
absl::Status ToStatus(const std::vector<Fault>& faults);

}  // namespace skein
