#pragma once

#include <cstdint>
#include <limits>

#include "absl/status/statusor.h"
#include "storage/fleet_store.h"

namespace skein::server {

// What an audit of a network's decisions found.
struct DecisionAudit {
  std::int64_t explained = 0;  // decisions and refusals whose explanation was derived again
  std::int64_t scored = 0;     // decisions of a policy that gave scores and drew no lots
  std::int64_t best = 0;       // of those, the ones for the legal destination with the best score
};

// Replays a network from its first event to the record `last`, and derives again what each decision
// was explained by: for each destination the guard's answer, slots, energy, passengers and profit.
// A decision for several aircraft at once was explained by the state before the first of them.
//
// This needs no policy and no particular machine: the scores are those that were logged.
//
// Errors: DATA_LOSS, if an explanation differs; those of NetworkHost::Load.
absl::StatusOr<DecisionAudit> AuditDecisions(
    const storage::NetworkRecord& network, storage::FleetStore* store,
    std::int64_t last = std::numeric_limits<std::int64_t>::max());

}  // namespace skein::server
