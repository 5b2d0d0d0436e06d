#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/fleet_store.h"

namespace skein::simulation {

// What a journal tells when it is played in a fresh world.
struct JournalReplay {
  std::vector<std::string> digests;               // after each record; [0]: at the beginning
  std::map<std::int64_t, std::string> decisions;  // digest by number
  std::map<std::string, std::int64_t> last_of;    // events by source
  std::int64_t operator_events = 0;
};

// Plays the journal of a network, record by record, without the service's own code for that, and
// checks all invariants of the world on the way.
// Errors: INTERNAL, if the journal contradicts itself or breaks an invariant; those of the store.
absl::StatusOr<JournalReplay> ReplayJournal(storage::FleetStore* store,
                                            const storage::NetworkRecord& record);

}  // namespace skein::simulation
