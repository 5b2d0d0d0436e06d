#include "sim/independent_check.h"

#include <algorithm>

namespace skein::sim {
namespace {

// Aircraft that stand at, fly to, or have an alternate reserved at `j`, counted one by one.
int ClaimsOn(const WorldState& state, VertiportId j) {
  int claims = 0;
  for (const AircraftState& other : state.aircraft) {
    if (other.phase == AircraftPhase::kRemoved) continue;
    if (!other.airborne() && other.vertiport == j) ++claims;
    if ((other.airborne() || other.phase == AircraftPhase::kCommitted) && other.target == j)
      ++claims;
    if (other.alternate == j) ++claims;
  }
  return claims;
}

// Whether at some instant of [start, start + length) more than `capacity` of `begin(other)` run.
// Instants to look at: `start` and every beginning inside.
template <class Begins>
bool Crowded(const WorldState& state, SimTime start, SimDuration length, int capacity,
             Begins begins) {
  const auto cover = [&](SimTime instant) {
    int count = 0;
    for (const AircraftState& other : state.aircraft) {
      begins(other, [&](SimTime begin) {
        if (begin <= instant && instant < begin + length) ++count;
      });
    }
    return count;
  };
  if (cover(start) > capacity) return true;
  bool crowded = false;
  for (const AircraftState& other : state.aircraft) {
    begins(other, [&](SimTime begin) {
      if (begin > start && begin < start + length && cover(begin) > capacity) crowded = true;
    });
  }
  return crowded;
}

// Pad movements at `at` that are still to come or under way, as the aircraft's own plans say.
auto MovementsAt(VertiportId at) {
  return [at](const AircraftState& aircraft, auto&& report) {
    const bool leaves = aircraft.phase == AircraftPhase::kCommitted || aircraft.airborne();
    if (leaves && aircraft.vertiport == at && !aircraft.diverted) report(aircraft.take_off);
    if (leaves && aircraft.target == at && aircraft.pad_in != kNever) report(aircraft.pad_in);
  };
}

bool SlotsBroken(const Network& network, const WorldState& state, const AircraftState& after) {
  const OperatingRules& rules = network.scenario().operations;
  const VertiportId i = after.vertiport;
  const VertiportId j = after.target;
  const auto pads = [&](VertiportId at) {
    int blocked = 0;
    for (const AircraftState& other : state.aircraft)
      if (other.phase == AircraftPhase::kBlockingPad && other.vertiport == at) ++blocked;
    return network.scenario().vertiports[at.index()].pads - state.at(at).pads_closed - blocked;
  };
  if (Crowded(state, after.take_off, rules.movement, pads(i), MovementsAt(i))) return true;
  if (Crowded(state, after.landing - rules.movement, rules.movement, pads(j), MovementsAt(j)))
    return true;
  const int lanes =
      network.scenario().corridors[static_cast<std::size_t>(network.link(i, j).corridor)].lanes;
  return Crowded(
      state, after.take_off, rules.headway, lanes,
      [i, j](const AircraftState& aircraft, auto&& report) {
        const bool flies = aircraft.phase == AircraftPhase::kCommitted || aircraft.airborne();
        if (flies && !aircraft.diverted && aircraft.vertiport == i && aircraft.destination == j)
          report(aircraft.take_off);
      });
}

bool Closed(const WorldState& state, const AircraftState& after, SimDuration movement) {
  const auto meets = [](const Advisory& advisory, SimTime from, SimTime to) {
    return advisory.start < to && from < advisory.end;
  };
  return std::any_of(
      state.advisories.begin(), state.advisories.end(), [&](const AdvisoryState& known) {
        const Advisory& a = known.advisory;
        if (a.kind == AdvisoryKind::kVertiportClosed) {
          return (a.vertiport == after.vertiport &&
                  meets(a, after.take_off, after.take_off + movement)) ||
                 (a.vertiport == after.target && meets(a, after.landing - movement, after.landing));
        }
        if (a.kind != AdvisoryKind::kCorridorClosed) return false;
        const bool same = a.vertiport == after.vertiport && a.corridor_end == after.target;
        const bool opposite = a.vertiport == after.target && a.corridor_end == after.vertiport;
        return (same || (a.both_directions && opposite)) && meets(a, after.take_off, after.landing);
      });
}

// G3 without the guard's tables of what is open: distance and energy only, so it is never stricter.
bool EnergyBroken(const Network& network, const AircraftState& after) {
  const std::int64_t left = after.charge_wh - network.link(after.vertiport, after.target).energy_wh;
  if (left < network.reserve_wh) return true;
  if (!network.scenario().energy.alternate_required) return false;
  const auto links = network.nearest(after.target);
  return links.empty() ||
         left - network.alternate_hold_wh - links.front().energy_wh < network.alternate_reserve_wh;
}

bool BoardingBroken(const Network& network, const WorldState& state, const AircraftState& after) {
  int passengers = 0;
  for (int k = 0; k < after.boarded_count; ++k) {
    const Trip& trip = state.at(after.boarded[static_cast<std::size_t>(k)]);
    passengers += trip.passengers;
    if (trip.origin != after.vertiport || trip.destination != after.destination ||
        trip.earliest > after.take_off || trip.latest < after.take_off)
      return true;
  }
  return passengers != after.passengers || passengers > network.scenario().aircraft_type.seats;
}

}  // namespace

GuardRule FindViolation(const Network& network, const WorldState& state,
                        const ReadinessBefore& before, const Decision& decision) {
  const OperatingRules& rules = network.scenario().operations;
  const SimTime midnight{state.now.time_since_epoch() / kDay * kDay};
  const SimTime close = midnight + rules.close_time.time_since_epoch();
  const SimTime open = midnight + rules.open_time.time_since_epoch();
  switch (before.phase) {
    case AircraftPhase::kCommitted:
    case AircraftPhase::kEnRoute:
    case AircraftPhase::kHolding:
    case AircraftPhase::kDiverting: return GuardRule::kG2;
    default: break;
  }
  if (before.phase != AircraftPhase::kReady || !before.serviceable || before.ready_at > state.now)
    return GuardRule::kG6;
  if (state.now >= close || state.now < open) return GuardRule::kG9;
  if (decision.action.kind == ActionKind::kHold) return GuardRule::kNone;

  const AircraftState& after = state.at(decision.aircraft);
  if (after.take_off > close || after.take_off < state.now) return GuardRule::kG9;
  const auto& vertiport = network.scenario().vertiports[after.target.index()];
  if (ClaimsOn(state, after.target) >
      vertiport.stands - state.at(after.target).stands_out - vertiport.contingency_stands)
    return GuardRule::kG1;
  if (EnergyBroken(network, after)) return GuardRule::kG3;
  if (Closed(state, after, rules.movement)) return GuardRule::kG4;
  if (SlotsBroken(network, state, after)) return GuardRule::kG5;
  if (BoardingBroken(network, state, after)) return GuardRule::kG7;
  if (rules.telemetry_max_age > SimDuration{} &&
      state.now - before.telemetry_at > rules.telemetry_max_age)
    return GuardRule::kG8;
  return GuardRule::kNone;
}

}  // namespace skein::sim
