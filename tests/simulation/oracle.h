#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "storage/fleet_store.h"
#include "tests/torture/clients/session.h"

namespace skein::simulation {

// Everything that the clients of one simulation did, in the order in which it ended.
using History = std::vector<torture::Operation>;

struct OracleFigures {
  std::int64_t records = 0;
  std::int64_t decisions = 0;
  std::int64_t acknowledged = 0;  // operations with an OK, reads left out
};

// Holds what clients were told against what the store has. Errors: INTERNAL, unless
//  1. the answer of every acknowledged mutation is stored, byte for byte as it was given;
//  2. nothing is stored for a mutation that was refused;
//  3. every acknowledged decision is in the journal, once, with the acknowledged digest;
//  4. the journal has no decision and no operator's event that no stored answer accounts for, so
//     that nothing in doubt has happened twice;
//  5. every acknowledged event of a source is in the journal, and its numbers have no gap or
//  double;
//  6. every state that a read has shown is one that the journal comes by: nothing shown was undone;
//  7. the journal replays in a fresh world to the recorded digests, all invariants of the world
//     hold on the way (no double booking among them), and the service loads the same state, with a
//     snapshot and without.
absl::Status CheckStore(storage::FleetStore* store, const History& history, OracleFigures* figures);

}  // namespace skein::simulation
