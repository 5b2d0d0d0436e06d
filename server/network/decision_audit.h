#pragma once

#include <cstdint>
#include <limits>

#include "absl/status/statusor.h"
#include "server/network/controller_parts.h"
#include "storage/fleet_store.h"

namespace skein::server {

// What an audit of a network's decisions found.
struct DecisionAudit {
  std::int64_t explained = 0;  // decisions and refusals whose explanation was derived again
  std::int64_t scored = 0;     // decisions of a policy that gave scores and drew no lots
  std::int64_t best = 0;       // of those, the ones for the legal destination with the best score

  // If the policy was asked again:
  std::int64_t asked = 0;          // choices of the policy that it was asked for again
  std::int64_t same_bits = 0;      // of those, by the same backend, and the same to the last bit
  std::int64_t same_action = 0;    // of those by another backend, the ones with the same action
  double score_difference = 0;     // the largest of those by another backend
  std::int64_t other_weights = 0;  // choices of the policy with weights that it no longer has
  bool repeatable = false;         // whether the policy can be asked again at all
};

struct DecisionAuditOptions {
  std::int64_t last = std::numeric_limits<std::int64_t>::max();  // journal record to end with
  // Makes the policy that is asked again; null: none is.
  DispatcherFactory dispatchers = nullptr;
};

// Replays a network from its first event, and derives again what each decision was explained by:
// for each destination the guard's answer, slots, energy, passengers and profit, as of the record
// after which the choice was made. This needs no policy and no particular machine: the scores are
// those that were logged. Then asks the policy again, if that is wanted and if it keeps nothing in
// mind from one decision to the next.
//
// Errors: DATA_LOSS, if an explanation differs, or a bit of a choice that the same weights and
//         backend made; those of NetworkHost::Load and of the factory.
absl::StatusOr<DecisionAudit> AuditDecisions(const storage::NetworkRecord& network,
                                             storage::FleetStore* store,
                                             const DecisionAuditOptions& options = {});

}  // namespace skein::server
