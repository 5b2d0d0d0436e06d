#pragma once

#include <cstdint>

#include "sim/domain/decision.h"
#include "sim/network.h"
#include "sim/world_state.h"

// The guard: whether an action is legal now. Commit, the action mask and the per-destination
// estimates all ask here. Pure. Source: docs/world.md.
namespace skein::sim {

// What the guard finds out about a flight; fields are filled as far as the rules were checked.
struct FlightCheck {
  Refusal refusal = Refusal::kNone;
  SimTime take_off = kNever;
  SimTime landing = kNever;
};

// Rules about the aircraft alone: G2, G6, G8, and G9 for the present.
Refusal CheckAircraft(const Network& network, const WorldState& state, AircraftId aircraft);

// Whether holding is legal: CheckAircraft without G8.
Refusal CheckHold(const Network& network, const WorldState& state, AircraftId aircraft);

// The least charge at take-off with which G3 allows a flight from i to j, by the vertiports that
// are open `at` the time of landing; more than a full battery if none does.
std::int64_t ChargeNeeded(const Network& network, const WorldState& state, VertiportId i,
                          VertiportId j, SimTime at);

// The rules about a flight from i to j that leaves at `from` or later: G1, G3, G4, G5, G9.
// Requires: CheckAircraft passed.
FlightCheck CheckFlight(const Network& network, const WorldState& state, VertiportId i,
                        VertiportId j, std::int64_t charge_wh, SimTime from);

// When the aircraft could take off at the earliest: now, or after a delay already revealed.
SimTime EarliestDeparture(const WorldState& state, AircraftId aircraft);

// Earliest take-off in [from, from + maxTakeOffWait] at which the origin's pad, a lane and the
// destination's pad are free; kNever if there is none (G5).
SimTime EarliestTakeOff(const Network& network, const WorldState& state, VertiportId i,
                        VertiportId j, SimTime from);

// G4 for a flight with these times, by the advisories known now.
bool RouteOpen(const Network& network, const WorldState& state, VertiportId i, VertiportId j,
               SimTime take_off, SimTime landing);

// G1: whether the vertiport can promise one more stand.
bool StandFree(const Network& network, const WorldState& state, VertiportId j);

// G7 for named parties. Requires: each trip exists.
Refusal CheckBoarding(const Network& network, const WorldState& state, const Decision& decision,
                      VertiportId i, SimTime take_off);

// Whether an advisory known now closes the vertiport at some time in [from, to).
bool VertiportClosedDuring(const WorldState& state, VertiportId vertiport, SimTime from,
                           SimTime to);

// Closing time of the day of `time`.
SimTime CloseTime(const Network& network, SimTime time);

// Pads in order and not closed or blocked now.
int PadCapacity(const Network& network, const WorldState& state, VertiportId vertiport);
// Stands in order, contingency stands included.
int StandCount(const Network& network, const WorldState& state, VertiportId vertiport);

}  // namespace skein::sim
