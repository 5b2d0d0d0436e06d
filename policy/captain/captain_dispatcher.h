#pragma once

#include <memory>

#include "policy/captain/backend.h"
#include "sim/domain/dispatcher.h"
#include "sim/network.h"

namespace skein::policy::captain {

// The learned policy: the arg-max of the network's logits; scores are the logits, probability is
// the softmax. Points are evaluated one by one, so that company does not change a choice.
//
// Errors of DecideBatch: INTERNAL, if the network's answer is not finite, or the library fails.
std::unique_ptr<Dispatcher> MakeCaptain(std::shared_ptr<const sim::Network> network,
                                        std::unique_ptr<Backend> backend);

}  // namespace skein::policy::captain
