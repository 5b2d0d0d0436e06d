#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "policy/captain/backend.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/status.h"
#include "sim/network.h"

namespace skein::policy {

// What the learned policy needs from outside.
struct CaptainParts {
  captain::BackendFactory backend = {};  // null: there is none
  // Path of the checkpoint that "captain" alone stands for, or why there is none.
  absl::StatusOr<std::string> checkpoint =
      absl::FailedPreconditionError("no checkpoint is shipped here, want captain:CHECKPOINT");
  // Whether it compares itself with its training, if a reference lies beside the checkpoint.
  bool watch_drift = false;
};

struct DispatcherOptions {
  std::shared_ptr<const sim::Network> network;
  std::uint64_t seed = 0;                    // of stochastic policies
  std::chrono::milliseconds deadline{5000};  // of one call of an external program
  PolicyClock clock = {};                    // null: nothing is timed
  CaptainParts captain = {};
};

// Whether MakeDispatcher knows the name and its options are legal.
// Errors: INVALID_ARGUMENT, with the names or options there are; it begins with `policy = "NAME"`.
absl::Status CheckDispatcherName(const std::string& name);

// Makes the dispatcher called `name`: a rule; a planner, perhaps with options, as in
// "ga:population=50,generations=20"; captain, perhaps as captain:CHECKPOINT; or
// external:HOST:PORT.
// Errors: those of CheckDispatcherName; INVALID_ARGUMENT, if HOST:PORT is none; UNAVAILABLE, if an
//         external program does not answer or a checkpoint cannot be read now;
//         FAILED_PRECONDITION, if captain has no backend, its checkpoint does not exist, or the
//         reference beside it is that of another; otherwise those of captain::ReadCheckpoint, of
//         captain::ReadDriftReference and of the backend. Never NOT_FOUND.
absl::StatusOr<std::unique_ptr<Dispatcher>> MakeDispatcher(const std::string& name,
                                                           const DispatcherOptions& options);

// Whether MakeDispatcher can make it as things stand, apart from what it would ask of an external
// program and of the network. Errors: those of MakeDispatcher.
absl::Status CheckDispatcher(const std::string& name, const CaptainParts& captain);

// The names for help texts, "external:HOST:PORT" among them.
std::vector<std::string> DispatcherNames();

}  // namespace skein::policy
