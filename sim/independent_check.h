#pragma once

#include "sim/domain/decision.h"
#include "sim/network.h"
#include "sim/world_state.h"

namespace skein::sim {

// What the check needs to know of an aircraft as it was before the decision.
struct ReadinessBefore {
  AircraftPhase phase;
  bool serviceable;
  SimTime ready_at;
  SimTime telemetry_at;

  explicit ReadinessBefore(const AircraftState& aircraft)
      : phase(aircraft.phase),
        serviceable(aircraft.serviceable()),
        ready_at(aircraft.ready_at),
        telemetry_at(aircraft.telemetry_at) {}
};

// Looks at a decision after it was accepted and says whether it was legal, without asking the
// guard: it counts aircraft and slots afresh instead of reading counters and books. `before` is the
// aircraft as it was; `state` is the world after the commit. Returns kNone, or the first rule
// broken. Its answers make up `guardViolations`, which is always 0. Source: docs/world.md.
GuardRule FindViolation(const Network& network, const WorldState& state,
                        const ReadinessBefore& before, const Decision& decision);

}  // namespace skein::sim
