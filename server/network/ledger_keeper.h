#pragma once

#include <span>
#include <vector>

#include "proto/codec/names.h"
#include "sim/domain/effect.h"
#include "sim/world.h"
#include "storage/fleet_store.h"

namespace skein::server {

// Puts what a network did into the words of a store's ledger.
//
// 1. An aircraft is taken by a flight from its commitment until it has landed or is cancelled. That
//    follows from the effects, so two commitments in a row would be a double booking.
// 2. A stand is taken by an aircraft that stands on it, or has reserved it as its destination or as
//    an alternate. That follows from the state after each piece of work. Only what no decision did
//    may exceed the stands there are.
// 3. The cents of the facts add up to the network's profit.
//
// Threads: compatible.
class LedgerKeeper {
 public:
  // Of a network that the store has in this state, or that is new to it and holds nothing there.
  enum class Begin { kNothingHeld, kAsInStore };
  LedgerKeeper(const sim::World& world, Begin begin);

  // What `records` and `effects` did to the network, which is `world` now.
  storage::Ledger Collect(const sim::World& world, const codec::Names& names,
                          std::span<const storage::JournalRecord> records,
                          std::span<const TimedEffect> effects);

 private:
  // What one aircraft holds.
  struct Held {
    VertiportId flight_to;            // it is taken by a flight to there
    std::vector<VertiportId> stands;  // at most three
  };

  void BookFlight(const TimedEffect& effect, const codec::Names& names, storage::Ledger* ledger);
  void BookStands(const sim::World& world, const codec::Names& names,
                  std::span<const TimedEffect> effects, storage::Ledger* ledger);

  std::vector<Held> held_;  // by aircraft
  bool places_told_;
};

}  // namespace skein::server
