#include <algorithm>

#include "sim/guard.h"
#include "sim/world.h"

// What happens to a flight whose target closes while it is in the air.
// Rules: docs/world.md, "Diversion".
//
//   target closes ──► alternate reserved ──► overhead: holding ──► reopened: landing planned
//        │                                        └──► latest divert time: diverting to the
//        alternate └──► no stand in reach: emergency landing at the target
namespace skein::sim {

// Latest time to leave the target for `to` with the alternate reserve, never before it is overhead.
SimTime World::LatestDivert(const AircraftState& aircraft, const Link& to) const {
  const std::int64_t power = network_->scenario().aircraft_type.hold_power_w;
  if (power == 0) return kNever;
  const std::int64_t spare =
      aircraft.charge_wh - aircraft.leg_energy_wh - to.energy_wh - network_->alternate_reserve_wh;
  return aircraft.overhead_at +
         SimDuration{std::max<std::int64_t>(spare, 0) * kWattMsPerWh / power};
}

// The nearest open vertiport in reach of the target; null if there is none.
const Link* World::AlternateFor(const AircraftState& aircraft, bool with_stand) const {
  std::int64_t overhead = aircraft.charge_wh - aircraft.leg_energy_wh;
  if (state_.now > aircraft.overhead_at) {  // less what it has burned while it held
    const std::int64_t held_ms = (state_.now - aircraft.overhead_at).count();
    const std::int64_t power = network_->scenario().aircraft_type.hold_power_w;
    overhead -= (power * held_ms + kWattMsPerWh - 1) / kWattMsPerWh;
  }
  for (const Link& link : network_->nearest(aircraft.target)) {
    if (overhead - link.energy_wh < network_->alternate_reserve_wh) return nullptr;
    const VertiportState& at = state_.at(link.destination);
    if (at.closed > 0) continue;
    const bool stand = at.on_ground + at.inbound < StandCount(*network_, state_, link.destination);
    if (stand || !with_stand) return &link;
  }
  return nullptr;
}

void World::TargetClosed(VertiportId vertiport) {
  struct Flight {
    SimTime latest;
    AircraftId id;
  };
  std::vector<Flight> flights;
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    AircraftState& aircraft = state_.aircraft[k];
    const AircraftId id{static_cast<std::int32_t>(k)};
    if (!aircraft.airborne()) continue;
    const bool loses_alternate = aircraft.alternate == vertiport;
    if (loses_alternate) {
      --state_.at(vertiport).inbound;
      aircraft.alternate = VertiportId{};
      Emit(AlternateReleased{id});
    }
    // A flight whose landing movement has begun completes it.
    const bool landing_now = aircraft.pad_in != kNever && aircraft.pad_in <= state_.now;
    const bool loses_target = aircraft.target == vertiport && !aircraft.alternate.valid() &&
                              !aircraft.emergency && !landing_now;
    if (!loses_alternate && !loses_target) continue;
    const Link* nearest = AlternateFor(aircraft, false);
    flights.push_back({nearest == nullptr ? SimTime{} : LatestDivert(aircraft, *nearest), id});
  }
  std::sort(flights.begin(), flights.end(), [](const Flight& a, const Flight& b) {
    return a.latest != b.latest ? a.latest < b.latest : a.id < b.id;
  });
  for (const Flight& flight : flights) ReserveAlternate(flight.id);
  SettleBlockedPads(vertiport);  // alternates reserved here have gone
}

void World::ReserveAlternate(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  const Link* link = AlternateFor(aircraft, true);
  if (link == nullptr) {
    aircraft.emergency = true;
    if (aircraft.landing == kNever) PlanLanding(id, std::max(state_.now, aircraft.overhead_at));
    movements_.Push({aircraft.landing, Movement::Kind::kLanding, id});
    aircraft.divert_timer = aircraft.latest_divert = kNever;
    Emit(EmergencyDeclared{id, aircraft.target, aircraft.landing});
    return;
  }
  const OperatingRules& rules = network_->scenario().operations;
  if (aircraft.pad_in != kNever && aircraft.pad_in + rules.movement > state_.now)
    state_.at(aircraft.target).pads.Release(aircraft.pad_in);
  aircraft.pad_in = kNever;
  aircraft.landing = kNever;
  aircraft.alternate = link->destination;
  ++state_.at(link->destination).inbound;
  aircraft.latest_divert = LatestDivert(aircraft, *link);
  aircraft.divert_timer = state_.now < aircraft.overhead_at
                              ? aircraft.overhead_at
                              : std::max(state_.now, aircraft.latest_divert);
  AddTimer(aircraft.divert_timer, TimerKind::kLatestDivert, id.value);
  Emit(AlternateReserved{id, link->destination, aircraft.latest_divert});
}

// The charge is not what it was reckoned to be: neither are the reach and the latest time to
// divert.
void World::ChooseAlternateAnew(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  const VertiportId released = aircraft.alternate;
  --state_.at(released).inbound;
  aircraft.alternate = VertiportId{};
  Emit(AlternateReleased{id});
  ReserveAlternate(id);
  SettleBlockedPads(released);
}

void World::TargetReopened(VertiportId vertiport) {
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    AircraftState& aircraft = state_.aircraft[k];
    if (!aircraft.airborne() || aircraft.target != vertiport) continue;
    const AircraftId id{static_cast<std::int32_t>(k)};
    aircraft.emergency = false;
    if (!aircraft.alternate.valid()) continue;
    const VertiportId released = aircraft.alternate;
    --state_.at(released).inbound;
    aircraft.alternate = VertiportId{};
    aircraft.divert_timer = aircraft.latest_divert = kNever;
    aircraft.phase = aircraft.diverted ? AircraftPhase::kDiverting : AircraftPhase::kEnRoute;
    Emit(AlternateReleased{id});
    PlanLanding(id, std::max(state_.now, aircraft.overhead_at));
    Emit(SlotsReplanned{id, aircraft.take_off, aircraft.landing});
    SettleBlockedPads(released);
  }
}

// Reserves the earliest landing movement at the target from `from` on. If the pads are taken for
// too long it lands all the same, as an excursion: an aircraft in the air cannot be refused.
void World::PlanLanding(AircraftId id, SimTime from) {
  AircraftState& aircraft = state_.at(id);
  const OperatingRules& rules = network_->scenario().operations;
  SlotBook& pads = state_.at(aircraft.target).pads;
  pads.Prune(state_.now - rules.movement);
  SimTime start = pads.EarliestFree(from, from + rules.max_take_off_wait, rules.movement,
                                    PadCapacity(*network_, state_, aircraft.target));
  if (start == kNever) {
    start = from;
    NoteExcursion(GuardRule::kG5, id, aircraft.target, ToMs(from), 0);
  }
  pads.Reserve(start);
  aircraft.pad_in = start;
  aircraft.landing = start + rules.movement;
  movements_.Push({aircraft.landing, Movement::Kind::kLanding, id});
}

void World::DivertTimerDue(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  if (aircraft.phase != AircraftPhase::kHolding) {
    aircraft.phase = AircraftPhase::kHolding;
    Emit(HoldingStarted{id});
    if (aircraft.latest_divert > state_.now) {
      aircraft.divert_timer = aircraft.latest_divert;
      AddTimer(aircraft.divert_timer, TimerKind::kLatestDivert, id.value);
      return;
    }
  }
  Divert(id);
}

void World::Divert(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  const VertiportId from = aircraft.target;
  const Link& link = network_->link(from, aircraft.alternate);
  const std::int64_t held_ms = (state_.now - aircraft.overhead_at).count();
  aircraft.charge_wh -=
      aircraft.leg_energy_wh +
      (network_->scenario().aircraft_type.hold_power_w * held_ms + kWattMsPerWh - 1) / kWattMsPerWh;
  --state_.at(from).inbound;
  aircraft.phase = AircraftPhase::kDiverting;
  aircraft.diverted = true;
  aircraft.vertiport = from;
  aircraft.target = aircraft.alternate;  // its stand stays counted as inbound there
  aircraft.alternate = VertiportId{};
  aircraft.leg_energy_wh = link.energy_wh;
  aircraft.divert_timer = aircraft.latest_divert = kNever;
  aircraft.overhead_at = state_.now + link.block - network_->scenario().operations.movement;
  ++state_.today.diversions;
  ++state_.today.closures_met;
  PlanLanding(id, aircraft.overhead_at);
  Emit(DiversionStarted{id, aircraft.target, aircraft.landing});
  SettleBlockedPads(from);
  WakeBlocked();
}

}  // namespace skein::sim
