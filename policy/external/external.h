#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "sim/domain/dispatcher.h"
#include "sim/domain/status.h"
#include "sim/network.h"

namespace skein::policy {

struct ExternalOptions {
  std::string target;  // HOST:PORT
  std::shared_ptr<const sim::Network> network;
  std::chrono::milliseconds deadline{5000};  // of one call
};

// Any program that implements the gRPC service PolicyEndpointService: observation in, action out.
//
// Errors of DecideBatch: UNAVAILABLE or DEADLINE_EXCEEDED, if the program does not answer;
//                        INVALID_ARGUMENT, if it answers nonsense (unknown name, illegal action).
// Errors: INVALID_ARGUMENT, if the target is not HOST:PORT; UNAVAILABLE, if nobody listens there.
absl::StatusOr<std::unique_ptr<Dispatcher>> MakeExternal(const ExternalOptions& options);

}  // namespace skein::policy
