#include <algorithm>
#include <cstdlib>

#include "sim/guard.h"
#include "sim/world.h"

// Service state of aircraft, telemetry, and decision points.
namespace skein::sim {

void World::OpenPoint(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  aircraft.hold_until = kNever;
  if (!state_.is_open || aircraft.open) return;
  aircraft.open = true;
  aircraft.due = state_.now;
  const auto before = [this](AircraftId a, AircraftId b) {
    return std::pair{state_.at(a).due, a} < std::pair{state_.at(b).due, b};
  };
  state_.open_points.insert(
      std::upper_bound(state_.open_points.begin(), state_.open_points.end(), id, before), id);
}

void World::ClosePoint(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  if (!aircraft.open) return;
  aircraft.open = false;
  std::erase(state_.open_points, id);
}

// On its stand, serviceable: ready now, or at the end of its turnaround.
void World::BecomeReady(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  if (aircraft.ready_at > state_.now) {
    aircraft.phase = AircraftPhase::kTurnaround;
    AddTimer(aircraft.ready_at, TimerKind::kTurnaroundEnd, id.value);
  } else {
    aircraft.phase = AircraftPhase::kReady;
    OpenPoint(id);
  }
  JoinCharger(id);
}

void World::TakeOutOfService(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  LeaveCharger(id);
  ClosePoint(id);
  aircraft.hold_until = kNever;
  aircraft.phase = AircraftPhase::kOutOfService;
  if (aircraft.down_since == kNever) aircraft.down_since = state_.now;
}

void World::CountDownTime(AircraftState& aircraft, SimTime until) {
  if (aircraft.down_since == kNever) return;
  const OperatingRules& rules = network_->scenario().operations;
  const SimDuration midnight = state_.today.day * kDay;
  const SimTime from = std::max(aircraft.down_since, rules.open_time + midnight);
  const SimTime to = std::min(until, rules.close_time + midnight);
  if (to > from) state_.today.aircraft_down_ms += (to - from).count();
}

void World::On(const AircraftFailed& event) {
  AircraftState& aircraft = state_.at(event.aircraft);
  aircraft.failed = true;
  if (aircraft.phase == AircraftPhase::kCommitted)
    CancelFlight(event.aircraft, CancelReason::kOutOfService);
  if (!aircraft.airborne() && aircraft.phase != AircraftPhase::kBlockingPad)
    TakeOutOfService(event.aircraft);
}

void World::On(const AircraftGrounded& event) {
  AircraftState& aircraft = state_.at(event.aircraft);
  aircraft.grounded = true;
  if (aircraft.phase == AircraftPhase::kCommitted)
    CancelFlight(event.aircraft, CancelReason::kOutOfService);
  if (!aircraft.airborne() && aircraft.phase != AircraftPhase::kBlockingPad)
    TakeOutOfService(event.aircraft);
}

void World::On(const AircraftReturnedToService& event) {
  AircraftState& aircraft = state_.at(event.aircraft);
  aircraft.failed = aircraft.grounded = false;
  if (aircraft.phase != AircraftPhase::kOutOfService) return;
  CountDownTime(aircraft, state_.now);
  aircraft.down_since = kNever;
  BecomeReady(event.aircraft);
}

// A report within one hundredth of the battery confirms the world's reckoning and refreshes its age
// only; one further away replaces it. Source of the hundredth: assumed.
void World::On(const AircraftReported& event) {
  AircraftState& aircraft = state_.at(event.aircraft);
  aircraft.telemetry_at = state_.now;
  const std::int64_t error = event.charge_wh - ChargeWh(event.aircraft);
  if (std::abs(error) <= network_->battery_wh / 100) return;
  if (aircraft.airborne()) {
    aircraft.charge_wh += error;
    const bool planned = aircraft.landing != kNever && aircraft.landing > state_.now;
    const std::int64_t at_landing =
        ChargeOnLanding(aircraft, aircraft.target, planned ? aircraft.landing : state_.now);
    if (at_landing < network_->reserve_wh && !aircraft.low_charge_noted) {
      aircraft.low_charge_noted = true;
      NoteExcursion(GuardRule::kG3, event.aircraft, aircraft.target, at_landing,
                    network_->reserve_wh);
    }
    if (aircraft.alternate.valid()) ChooseAlternateAnew(event.aircraft);
    return;
  }
  LeaveCharger(event.aircraft);
  aircraft.charge_wh = event.charge_wh;
  if (aircraft.phase == AircraftPhase::kCommitted) {
    const std::int64_t needed =
        ChargeNeeded(*network_, state_, aircraft.vertiport, aircraft.destination, aircraft.landing);
    if (aircraft.charge_wh >= needed) return;
    NoteExcursion(GuardRule::kG3, event.aircraft, aircraft.vertiport, aircraft.charge_wh, needed);
    CancelFlight(event.aircraft, CancelReason::kLowCharge);
  } else if (aircraft.phase == AircraftPhase::kReady ||
             aircraft.phase == AircraftPhase::kTurnaround) {
    JoinCharger(event.aircraft);
  }
}

void World::On(const AircraftAdded& event) {
  AircraftState& aircraft = state_.aircraft.emplace_back();
  aircraft.name = event.name;
  aircraft.vertiport = event.vertiport;
  aircraft.charge_wh = event.charge_wh;
  aircraft.failure_probability = event.failure_probability;
  aircraft.telemetry_at = state_.now;
  aircraft.ready_at = state_.now;
  ++state_.at(event.vertiport).on_ground;
  state_.day_start_charge_wh += event.charge_wh;  // it brings its charge along
  BecomeReady(AircraftId{static_cast<std::int32_t>(state_.aircraft.size() - 1)});
}

void World::On(const AircraftRemoved& event) {
  AircraftState& aircraft = state_.at(event.aircraft);
  if (aircraft.airborne() || aircraft.phase == AircraftPhase::kCommitted) return;
  LeaveCharger(event.aircraft);
  ClosePoint(event.aircraft);
  CountDownTime(aircraft, state_.now);
  aircraft.down_since = kNever;
  aircraft.hold_until = kNever;
  const VertiportId at = aircraft.vertiport;
  if (aircraft.phase == AircraftPhase::kBlockingPad) --state_.at(at).blocked_pads;
  aircraft.phase = AircraftPhase::kRemoved;
  state_.day_start_charge_wh -= aircraft.charge_wh;  // and takes it away
  --state_.at(at).on_ground;
  SettleBlockedPads(at);
  WakeBlocked();
}

void World::On(const CommitmentCancelled& event) {
  if (state_.at(event.aircraft).phase == AircraftPhase::kCommitted)
    CancelFlight(event.aircraft, CancelReason::kOperator);
}

void World::On(const TimeAdvanced&) {}

// At most once per aircraft and minute.
void World::Wake(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  if (aircraft.phase != AircraftPhase::kReady || aircraft.hold_until == kNever) return;
  if (aircraft.open || state_.now - aircraft.woken_at < kMinute || !state_.is_open) return;
  aircraft.woken_at = state_.now;
  Emit(AircraftWoken{id});
  OpenPoint(id);
}

void World::WakeAt(VertiportId vertiport) {
  if (!network_->scenario().operations.wake_on_change) return;
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k)
    if (state_.aircraft[k].vertiport == vertiport) Wake(AircraftId{static_cast<std::int32_t>(k)});
}

void World::WakeBlocked() {
  if (!network_->scenario().operations.wake_on_change) return;
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k)
    if (state_.aircraft[k].blocked_by_change) Wake(AircraftId{static_cast<std::int32_t>(k)});
}

}  // namespace skein::sim
