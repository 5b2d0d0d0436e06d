#pragma once

#include <memory>
#include <string>

#include "policy/captain/backend.h"
#include "policy/captain/drift/drift_reference.h"
#include "sim/domain/dispatcher.h"
#include "sim/network.h"

namespace skein::policy::captain {

// What is observed of the policy while it decides; it changes no choice.
struct CaptainWatch {
  PolicyClock clock = {};                                // null: its features are not timed
  std::shared_ptr<const DriftReference> reference = {};  // null: its drift is not known
};

// The learned policy: the arg-max of the network's logits; scores are the logits, probability is
// the softmax. Points are evaluated one by one, so that company does not change a choice. Its
// version has the checksum of the checkpoint and the name of the backend.
//
// Errors of DecideBatch: DATA_LOSS, if the network's answer is not finite; INTERNAL, if it prefers
// an illegal action, or the library fails.
std::unique_ptr<Dispatcher> MakeCaptain(std::shared_ptr<const sim::Network> network,
                                        std::unique_ptr<Backend> backend, std::string checksum = {},
                                        CaptainWatch watch = {});

}  // namespace skein::policy::captain
