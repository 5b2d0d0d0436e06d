#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/domain/dispatcher.h"
#include "sim/domain/status.h"
#include "sim/network.h"

namespace skein::policy {

struct DispatcherOptions {
  std::shared_ptr<const sim::Network> network;
  std::uint64_t seed = 0;                    // of stochastic policies
  std::chrono::milliseconds deadline{5000};  // of one call of an external program
};

// Whether MakeDispatcher knows the name and its options are legal.
// Errors: INVALID_ARGUMENT, with the names or options there are; it begins with `policy = "NAME"`.
absl::Status CheckDispatcherName(const std::string& name);

// Makes the dispatcher called `name`: a rule; a planner, perhaps with options, as in
// "ga:population=50,generations=20"; or external:HOST:PORT.
// Errors: those of CheckDispatcherName; INVALID_ARGUMENT, if HOST:PORT is none; UNAVAILABLE, if an
//         external program does not answer.
absl::StatusOr<std::unique_ptr<Dispatcher>> MakeDispatcher(const std::string& name,
                                                           const DispatcherOptions& options);

// The names for help texts, "external:HOST:PORT" among them.
std::vector<std::string> DispatcherNames();

}  // namespace skein::policy
