#pragma once

#include <string_view>
#include <vector>

#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"

namespace skein {

enum class ActionKind { kHold, kFly };

// What an aircraft does next. In an action mask, `hold` is the index of the aircraft's own
// vertiport.
struct Action {
  ActionKind kind = ActionKind::kHold;
  VertiportId destination;  // of kFly

  static constexpr Action Hold() { return {}; }
  static constexpr Action Fly(VertiportId destination) { return {ActionKind::kFly, destination}; }
  friend constexpr bool operator==(const Action&, const Action&) = default;
};

struct Decision {
  AircraftId aircraft;
  Action action;
  // An operator may name the parties to board; empty: the boarding rule chooses (docs/world.md).
  std::vector<TripId> boarding;
};

// The guard's rules. Source: docs/world.md.
enum class GuardRule { kNone, kG1, kG2, kG3, kG4, kG5, kG6, kG7, kG8, kG9 };

// Why the guard refuses an action; one rule may have several reasons.
enum class Refusal {
  kNone,              // legal
  kNoStand,           // G1
  kCommitted,         // G2: it has a commitment or is airborne
  kReserve,           // G3: less than the reserve at landing
  kAlternate,         // G3: no alternate within reach after holding
  kNoChargerInReach,  // G3: a vertistop it could not leave again
  kClosed,            // G4
  kNoCorridor,        // G4: there is none
  kNoSlot,            // G5: none within maxTakeOffWait
  kOutOfService,      // G6
  kTurnaround,        // G6
  kSeats,             // G7: the named parties need more seats than there are
  kNotBoardable,      // G7: a named party is not waiting for this flight
  kStaleTelemetry,    // G8
  kClosingTime,       // G9
};

GuardRule RuleOf(Refusal refusal);
std::string_view NameOf(GuardRule rule);   // "G1"
std::string_view NameOf(Refusal refusal);  // "NO_STAND"
// One sentence for people, such as "no free stand at the destination".
std::string_view Explain(Refusal refusal);

// The guard's answer to a decision: accepted, with the slots it reserved, or refused.
struct Verdict {
  Refusal refusal = Refusal::kNone;
  SimTime take_off{};  // planned; of an accepted flight
  SimTime landing{};
  int passengers = 0;  // that boarded

  bool accepted() const { return refusal == Refusal::kNone; }
};

}  // namespace skein
