#include "sim/guard.h"

#include <algorithm>

// A control build removes one rule (SKEIN_WITHOUT_GUARD=3 removes G3) to show that the property
// tests would notice. Product builds never define it.
#ifndef SKEIN_WITHOUT_GUARD
#define SKEIN_WITHOUT_GUARD 0
#endif

namespace skein::sim {
namespace {

constexpr bool On(int rule) { return rule != SKEIN_WITHOUT_GUARD; }

bool CorridorClosedDuring(const Network& network, const WorldState& state, VertiportId i,
                          VertiportId j, SimTime from, SimTime to) {
  const int corridor = network.link(i, j).corridor;
  if (state.corridors[static_cast<std::size_t>(corridor)].known_closures == 0) return false;
  for (const AdvisoryState& known : state.advisories) {
    const Advisory& advisory = known.advisory;
    if (advisory.kind != AdvisoryKind::kCorridorClosed) continue;
    if (advisory.start >= to || advisory.end <= from) continue;
    if (advisory.vertiport == i && advisory.corridor_end == j) return true;
    if (advisory.both_directions && advisory.vertiport == j && advisory.corridor_end == i)
      return true;
  }
  return false;
}

// The nearest open vertiport to which a corridor leads from j; null if there is none.
const Link* NearestOpen(const Network& network, const WorldState& state, VertiportId j,
                        SimTime at) {
  for (const Link& link : network.nearest(j)) {
    if (!VertiportClosedDuring(state, link.destination, at, at + link.block)) return &link;
  }
  return nullptr;
}

// What must be left on landing at j so that an alternate stays in reach; −1 if there is none.
std::int64_t NeededAt(const Network& network, const WorldState& state, VertiportId j, SimTime at) {
  const EnergyRules& rules = network.scenario().energy;
  std::int64_t needed = network.reserve_wh;
  if (rules.alternate_required) {
    const Link* alternate = NearestOpen(network, state, j, at);
    if (alternate == nullptr) return -1;
    needed = std::max(
        needed, network.alternate_hold_wh + alternate->energy_wh + network.alternate_reserve_wh);
  }
  return needed;
}

// Whether an aircraft that lands with `charge_wh` on vertistop j can go on to a charger under G3.
bool ChargerInReach(const Network& network, const WorldState& state, VertiportId j,
                    std::int64_t charge_wh, SimTime at) {
  for (const Link& link : network.nearest(j)) {
    if (charge_wh - link.energy_wh < network.reserve_wh) return false;
    if (network.scenario().vertiports[link.destination.index()].chargers == 0) continue;
    if (VertiportClosedDuring(state, link.destination, at, at + link.block)) continue;
    const std::int64_t needed = NeededAt(network, state, link.destination, at);
    if (needed >= 0 && charge_wh - link.energy_wh >= needed) return true;
  }
  return false;
}

// G3: which part of it a flight fails. ChargeNeeded gives the figure.
Refusal CheckEnergy(const Network& network, const WorldState& state, VertiportId i, VertiportId j,
                    std::int64_t charge_wh, SimTime at) {
  const std::int64_t left = charge_wh - network.link(i, j).energy_wh;
  if (left < network.reserve_wh) return Refusal::kReserve;
  const std::int64_t needed = NeededAt(network, state, j, at);
  if (needed < 0 || left < needed) return Refusal::kAlternate;
  if (network.scenario().vertiports[j.index()].chargers == 0 &&
      !ChargerInReach(network, state, j, left, at))
    return Refusal::kNoChargerInReach;
  return Refusal::kNone;
}

Refusal CheckGround(const Network& network, const WorldState& state, AircraftId id) {
  const AircraftState& aircraft = state.at(id);
  switch (aircraft.phase) {
    case AircraftPhase::kReady: break;
    case AircraftPhase::kCommitted:
    case AircraftPhase::kEnRoute:
    case AircraftPhase::kHolding:
    case AircraftPhase::kDiverting:
      if (On(2)) return Refusal::kCommitted;
      break;
    case AircraftPhase::kTurnaround:
      if (On(6)) return Refusal::kTurnaround;
      break;
    case AircraftPhase::kBlockingPad:
    case AircraftPhase::kOutOfService:
      if (On(6)) return Refusal::kOutOfService;
      break;
    case AircraftPhase::kRemoved: return Refusal::kOutOfService;
  }
  if (On(9) && (!state.is_open || state.now >= CloseTime(network, state.now)))
    return Refusal::kClosingTime;
  return Refusal::kNone;
}

}  // namespace

bool VertiportClosedDuring(const WorldState& state, VertiportId vertiport, SimTime from,
                           SimTime to) {
  if (state.at(vertiport).known_closures == 0) return false;
  for (const AdvisoryState& known : state.advisories) {
    const Advisory& advisory = known.advisory;
    if (advisory.kind == AdvisoryKind::kVertiportClosed && advisory.vertiport == vertiport &&
        advisory.start < to && advisory.end > from)
      return true;
  }
  return false;
}

SimTime CloseTime(const Network& network, SimTime time) {
  const std::int64_t day = ToMs(time) / kDay.count();
  return network.scenario().operations.close_time + day * kDay;
}

int PadCapacity(const Network& network, const WorldState& state, VertiportId vertiport) {
  const VertiportState& at = state.at(vertiport);
  return network.scenario().vertiports[vertiport.index()].pads - at.pads_closed - at.blocked_pads;
}

int StandCount(const Network& network, const WorldState& state, VertiportId vertiport) {
  return network.scenario().vertiports[vertiport.index()].stands - state.at(vertiport).stands_out;
}

Refusal CheckHold(const Network& network, const WorldState& state, AircraftId aircraft) {
  return CheckGround(network, state, aircraft);
}

Refusal CheckAircraft(const Network& network, const WorldState& state, AircraftId aircraft) {
  const Refusal refusal = CheckGround(network, state, aircraft);
  if (refusal != Refusal::kNone) return refusal;
  const SimDuration max_age = network.scenario().operations.telemetry_max_age;
  if (On(8) && max_age > SimDuration{} && state.now - state.at(aircraft).telemetry_at > max_age)
    return Refusal::kStaleTelemetry;
  return Refusal::kNone;
}

std::int64_t ChargeNeeded(const Network& network, const WorldState& state, VertiportId i,
                          VertiportId j, SimTime at) {
  const std::int64_t none = network.battery_wh + 1;
  const std::int64_t at_landing = NeededAt(network, state, j, at);
  if (at_landing < 0) return none;
  const std::vector<Vertiport>& vertiports = network.scenario().vertiports;
  if (vertiports[j.index()].chargers > 0) return network.link(i, j).energy_wh + at_landing;
  std::int64_t onward = none;
  for (const Link& link : network.nearest(j)) {
    if (vertiports[link.destination.index()].chargers == 0) continue;
    if (VertiportClosedDuring(state, link.destination, at, at + link.block)) continue;
    const std::int64_t needed = NeededAt(network, state, link.destination, at);
    if (needed >= 0) onward = std::min(onward, link.energy_wh + needed);
  }
  return network.link(i, j).energy_wh + std::max(at_landing, onward);
}

bool StandFree(const Network& network, const WorldState& state, VertiportId j) {
  const VertiportState& at = state.at(j);
  const int promised =
      StandCount(network, state, j) - network.scenario().vertiports[j.index()].contingency_stands;
  return at.on_ground + at.inbound + 1 <= promised;
}

SimTime EarliestTakeOff(const Network& network, const WorldState& state, VertiportId i,
                        VertiportId j, SimTime from) {
  const OperatingRules& rules = network.scenario().operations;
  const Link& link = network.link(i, j);
  const auto corridor = static_cast<std::size_t>(link.corridor);
  const int lanes = network.scenario().corridors[corridor].lanes;
  const int pads_out = PadCapacity(network, state, i);
  const int pads_in = PadCapacity(network, state, j);
  const SimDuration to_pad = link.block - rules.movement;
  const SimTime limit = from + rules.max_take_off_wait;
  for (SimTime at = from; at <= limit;) {
    SimTime next = state.at(i).pads.EarliestFree(at, limit, rules.movement, pads_out);
    if (next == kNever) return kNever;
    next = state.corridors[corridor].lanes.EarliestFree(next, limit, rules.headway, lanes);
    if (next == kNever) return kNever;
    const SimTime pad =
        state.at(j).pads.EarliestFree(next + to_pad, limit + to_pad, rules.movement, pads_in);
    if (pad == kNever) return kNever;
    if (pad - to_pad == at) return at;
    at = pad - to_pad;
  }
  return kNever;
}

bool RouteOpen(const Network& network, const WorldState& state, VertiportId i, VertiportId j,
               SimTime take_off, SimTime landing) {
  const SimDuration movement = network.scenario().operations.movement;
  return !CorridorClosedDuring(network, state, i, j, take_off, landing) &&
         !VertiportClosedDuring(state, i, take_off, take_off + movement) &&
         !VertiportClosedDuring(state, j, landing - movement, landing);
}

SimTime EarliestDeparture(const WorldState& state, AircraftId aircraft) {
  return std::max(state.now, state.at(aircraft).not_before);
}

FlightCheck CheckFlight(const Network& network, const WorldState& state, VertiportId i,
                        VertiportId j, std::int64_t charge_wh, SimTime from) {
  FlightCheck check;
  if (i == j || network.link(i, j).corridor < 0) {
    check.refusal = Refusal::kNoCorridor;
    return check;
  }
  const SimDuration block = network.link(i, j).block;
  if (On(3)) {
    check.refusal = CheckEnergy(network, state, i, j, charge_wh, from + block);
    if (check.refusal != Refusal::kNone) return check;
  }
  if (On(1) && !StandFree(network, state, j)) {
    check.refusal = Refusal::kNoStand;
    return check;
  }
  check.take_off = On(5) ? EarliestTakeOff(network, state, i, j, from) : from;
  if (check.take_off == kNever) {
    check.refusal = Refusal::kNoSlot;
    return check;
  }
  check.landing = check.take_off + block;
  if (On(9) && check.take_off > CloseTime(network, state.now)) {
    check.refusal = Refusal::kClosingTime;
  } else if (On(4) && !RouteOpen(network, state, i, j, check.take_off, check.landing)) {
    check.refusal = Refusal::kClosed;
  }
  return check;
}

Refusal CheckBoarding(const Network& network, const WorldState& state, const Decision& decision,
                      VertiportId i, SimTime take_off) {
  int passengers = 0;
  for (std::size_t k = 0; k < decision.boarding.size(); ++k) {
    const TripId id = decision.boarding[k];
    const bool known = id >= state.first_trip && id < state.next_trip();
    if (!known) return Refusal::kNotBoardable;
    const Trip& trip = state.at(id);
    if (trip.status != TripStatus::kWaiting || trip.origin != i ||
        trip.destination != decision.action.destination || trip.earliest > take_off ||
        trip.latest < take_off ||
        std::find(decision.boarding.begin(), decision.boarding.begin() + static_cast<long>(k),
                  id) != decision.boarding.begin() + static_cast<long>(k))
      return Refusal::kNotBoardable;
    passengers += trip.passengers;
  }
  if (On(7) && passengers > network.scenario().aircraft_type.seats) return Refusal::kSeats;
  return Refusal::kNone;
}

}  // namespace skein::sim
