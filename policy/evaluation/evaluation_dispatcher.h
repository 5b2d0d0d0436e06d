#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/domain/dispatcher.h"
#include "sim/domain/status.h"
#include "sim/network.h"

namespace skein::policy {

// Makes the dispatcher called `name` for the day with this seed: one of MakeDispatcher's, or
// "ga-clairvoyant[:OPTION=VALUE,...]".
//
// The one place where a policy could be told the day that it will face. Policies that are a
// reference only, because they see that day, are made here and nowhere else.
//
// Errors: those of MakeDispatcher.
absl::StatusOr<std::unique_ptr<Dispatcher>> MakeEvaluationDispatcher(
    const std::string& name, std::shared_ptr<const sim::Network> network, std::uint64_t seed);

}  // namespace skein::policy
