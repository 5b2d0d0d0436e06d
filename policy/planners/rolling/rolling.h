#pragma once

#include <memory>

#include "policy/planners/rolling/rolling_options.h"
#include "sim/domain/dispatcher.h"
#include "sim/network.h"

namespace skein::policy {

// Every few minutes plans the whole fleet over the next hours as a linear program on a
// time-expanded network, from the present state and the forecast; between plans it dispatches each
// aircraft by the plan's prices.
std::unique_ptr<Dispatcher> MakeRolling(std::shared_ptr<const sim::Network> network,
                                        const RollingOptions& options = {});

}  // namespace skein::policy
