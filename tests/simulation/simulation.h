#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/simulated_store.h"

namespace skein::simulation {

struct SimulationOptions {
  std::uint64_t seed = 0;
  Sabotage sabotage = Sabotage::kNone;
  bool trace = false;  // prints what happens to stderr
};

struct SimulationReport {
  absl::Status verdict;  // INTERNAL, if the service broke a promise
  OracleFigures figures{};
  std::int64_t operations = 0;
  std::int64_t in_doubt = 0;  // operations whose outcome no client knows
  std::int64_t refused = 0;
  std::int64_t crashes = 0;
  std::int64_t takeovers = 0;  // times that a server began to lead
  std::int64_t failed_commits = 0;
  std::int64_t in_doubt_commits = 0;
  std::int64_t simulated_ms = 0;
  std::uint64_t fingerprint = 0;  // of everything that happened
};

// Lets clients use two servers on one disk while all of it fails, in one thread and in simulated
// time, then checks that no promise was broken. A pure function of its options.
SimulationReport Simulate(const SimulationOptions& options);

}  // namespace skein::simulation
