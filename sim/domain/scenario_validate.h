#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

namespace skein {

// Limits of a forecast, of a scenario or published. A day drawn from it is kept in memory whole.
inline constexpr double kMaxRequestsPerHour = 100'000;  // of an entry
inline constexpr double kMaxRequestsPerDay = 500'000;   // of all together

// The trip requests that entries of `requests_per_hour`, each for an interval, add up to.
double RequestsPerDay(std::span<const double> requests_per_hour, SimDuration interval);

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
