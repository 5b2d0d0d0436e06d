#pragma once

#include <memory>
#include <string>

#include "policy/registry.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/status.h"

namespace skein::policy {

// Makes the dispatcher called `name` for the day with the seed of the options: one of
// MakeDispatcher's, or "ga-clairvoyant[:OPTION=VALUE,...]".
//
// The one place where a policy could be told the day that it will face. Policies that are a
// reference only, because they see that day, are made here and nowhere else.
//
// Errors: those of MakeDispatcher.
absl::StatusOr<std::unique_ptr<Dispatcher>> MakeEvaluationDispatcher(
    const std::string& name, const DispatcherOptions& options);

}  // namespace skein::policy
