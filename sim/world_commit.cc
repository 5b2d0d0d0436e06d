#include <algorithm>

#include "sim/domain/check.h"
#include "sim/guard.h"
#include "sim/independent_check.h"
#include "sim/world.h"

// Commitments: holding, flying, slots, cancelling. Rules: docs/world.md, "Commit".
namespace skein::sim {

Verdict World::Hold(const Decision& decision) {
  const AircraftId id = decision.aircraft;
  Verdict verdict;
  verdict.refusal = CheckHold(*network_, state_, id);
  if (!verdict.accepted()) return verdict;

  AircraftState& aircraft = state_.at(id);
  const ReadinessBefore before(aircraft);
  ClosePoint(id);
  aircraft.hold_until = state_.now + network_->scenario().operations.hold;
  if (network_->scenario().operations.wake_on_change)
    aircraft.blocked_by_change = BlockedByChange(id);
  AddTimer(aircraft.hold_until, TimerKind::kHoldEnd, id.value);
  ++state_.today.holds;
  CheckIndependently(before, decision);
  Emit(AircraftHolds{id, aircraft.hold_until});
  return verdict;
}

Verdict World::Fly(const Decision& decision) {
  const AircraftId id = decision.aircraft;
  AircraftState& aircraft = state_.at(id);
  Verdict verdict;
  verdict.refusal = CheckAircraft(*network_, state_, id);
  if (!verdict.accepted()) return verdict;
  if (!HasVertiport(decision.action.destination)) {
    verdict.refusal = Refusal::kNoCorridor;
    return verdict;
  }
  const VertiportId i = aircraft.vertiport;
  const VertiportId j = decision.action.destination;
  const FlightCheck check =
      CheckFlight(*network_, state_, i, j, ChargeWh(id), EarliestDeparture(state_, id));
  verdict.refusal = check.refusal;
  if (verdict.accepted() && !decision.boarding.empty())
    verdict.refusal = CheckBoarding(*network_, state_, decision, i, check.take_off);
  if (!verdict.accepted()) return verdict;

  const ReadinessBefore before(aircraft);
  LeaveCharger(id);
  ClosePoint(id);
  aircraft.phase = AircraftPhase::kCommitted;
  aircraft.hold_until = kNever;
  aircraft.destination = j;
  aircraft.target = j;
  aircraft.delay_revealed = false;
  aircraft.diverted = false;
  aircraft.emergency = false;
  aircraft.low_charge_noted = false;
  aircraft.leg_energy_wh = network_->link(i, j).energy_wh;
  aircraft.first_take_off = check.take_off;
  ++state_.at(j).inbound;
  ++state_.active_flights;
  ReserveSlots(id, check.take_off);
  if (decision.boarding.empty()) {
    BoardByRule(id);
  } else {
    for (const TripId trip : decision.boarding) Board(id, trip);
  }
  verdict.take_off = aircraft.take_off;
  verdict.landing = aircraft.landing;
  verdict.passengers = aircraft.passengers;
  CheckIndependently(before, decision);
  if (sink_.target != nullptr) {
    Emit(FlightCommitted{
        id,
        i,
        j,
        aircraft.take_off,
        aircraft.landing,
        aircraft.charge_wh,
        {aircraft.boarded.begin(), aircraft.boarded.begin() + aircraft.boarded_count}});
  }
  return verdict;
}

void World::CheckIndependently(const ReadinessBefore& before, const Decision& decision) {
  if (independent_check_ && FindViolation(*network_, state_, before, decision) != GuardRule::kNone)
    ++state_.today.guard_violations;
}

void World::BoardByRule(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  const int seats = network_->scenario().aircraft_type.seats;
  const auto& queue = state_.waiting[state_.pair(aircraft.vertiport, aircraft.destination)];
  for (std::size_t k = 0; k < queue.size() && aircraft.passengers < seats;) {
    const Trip& trip = state_.at(queue[k]);
    if (trip.earliest > aircraft.take_off) break;
    if (trip.latest < aircraft.take_off || aircraft.passengers + trip.passengers > seats) {
      ++k;
    } else {
      Board(id, queue[k]);  // leaves the queue, so the next one moves to k
    }
  }
}

void World::Board(AircraftId id, TripId trip_id) {
  AircraftState& aircraft = state_.at(id);
  Trip& trip = state_.at(trip_id);
  Dequeue(trip_id);
  trip.status = TripStatus::kBoarded;
  trip.aircraft = id;
  SKEIN_CHECK(aircraft.boarded_count < kMaxSeats, "more parties than seats");
  aircraft.boarded[static_cast<std::size_t>(aircraft.boarded_count++)] = trip_id;
  aircraft.passengers += trip.passengers;
  aircraft.fare_cents += trip.fare_cents_per_passenger * trip.passengers;
}

void World::ReserveSlots(AircraftId id, SimTime take_off) {
  AircraftState& aircraft = state_.at(id);
  const OperatingRules& rules = network_->scenario().operations;
  const Link& link = network_->link(aircraft.vertiport, aircraft.destination);
  aircraft.take_off = take_off;
  aircraft.landing = take_off + link.block;
  aircraft.pad_in = aircraft.landing - rules.movement;
  aircraft.overhead_at = aircraft.pad_in;
  aircraft.slot_due = take_off + std::max(rules.movement, rules.movement_tolerance);
  SlotBook& out = state_.at(aircraft.vertiport).pads;
  SlotBook& in = state_.at(aircraft.destination).pads;
  SlotBook& lanes = state_.corridors[static_cast<std::size_t>(link.corridor)].lanes;
  out.Prune(state_.now - rules.movement);
  in.Prune(state_.now - rules.movement);
  lanes.Prune(state_.now - rules.headway);
  out.Reserve(take_off);
  lanes.Reserve(take_off);
  in.Reserve(aircraft.pad_in);
  AddTimer(aircraft.slot_due, TimerKind::kSlotDue, id.value);
  movements_.Push({take_off, Movement::Kind::kTakeOff, id});
}

// Slots that have run out are forgotten by Prune; only live ones are taken back.
void World::ReleaseSlots(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  if (aircraft.slot_due == kNever) return;  // holds none
  ReleaseTakeOffSlots(aircraft);
  if (aircraft.pad_in + network_->scenario().operations.movement > state_.now)
    state_.at(aircraft.destination).pads.Release(aircraft.pad_in);
  aircraft.slot_due = kNever;
}

void World::ReleaseTakeOffSlots(const AircraftState& aircraft) {
  const OperatingRules& rules = network_->scenario().operations;
  const Link& link = network_->link(aircraft.vertiport, aircraft.destination);
  if (aircraft.take_off + rules.movement > state_.now)
    state_.at(aircraft.vertiport).pads.Release(aircraft.take_off);
  if (aircraft.take_off + rules.headway > state_.now)
    state_.corridors[static_cast<std::size_t>(link.corridor)].lanes.Release(aircraft.take_off);
}

void World::CancelFlight(AircraftId id, CancelReason reason) {
  AircraftState& aircraft = state_.at(id);
  SKEIN_CHECK(aircraft.phase == AircraftPhase::kCommitted, "cancelled without a commitment");
  ReleaseSlots(id);
  const VertiportId destination = aircraft.destination;
  --state_.at(destination).inbound;
  --state_.active_flights;
  const int parties = aircraft.boarded_count;
  aircraft.boarded_count = 0;
  aircraft.passengers = 0;
  aircraft.fare_cents = 0;
  aircraft.phase = AircraftPhase::kReady;
  aircraft.take_off = aircraft.landing = aircraft.pad_in = aircraft.overhead_at = kNever;
  aircraft.destination = aircraft.target = VertiportId{};
  aircraft.leg_energy_wh = 0;
  ++state_.today.cancellations;
  if (reason == CancelReason::kClosed) ++state_.today.closures_met;
  Emit(FlightCancelled{id, reason});
  for (int k = 0; k < parties; ++k) ReturnToQueue(aircraft.boarded[static_cast<std::size_t>(k)]);
  if (reason != CancelReason::kOutOfService) BecomeReady(id);
  SettleBlockedPads(destination);
  WakeBlocked();
}

void World::Reslot(AircraftId id, SimTime from) {
  AircraftState& aircraft = state_.at(id);
  const VertiportId i = aircraft.vertiport;
  const VertiportId j = aircraft.destination;
  ReleaseSlots(id);
  const SimTime take_off = EarliestTakeOff(*network_, state_, i, j, from);
  if (take_off == kNever) return CancelFlight(id, CancelReason::kNoSlot);
  // The closing time of the day that runs, which may be the one that midnight has just ended.
  if (take_off > network_->scenario().operations.close_time + state_.today.day * kDay)
    return CancelFlight(id, CancelReason::kClosingTime);
  if (!RouteOpen(*network_, state_, i, j, take_off, take_off + network_->link(i, j).block))
    return CancelFlight(id, CancelReason::kClosed);
  ReserveSlots(id, take_off);
  Emit(SlotsReplanned{id, aircraft.take_off, aircraft.landing});
}

void World::ReplanPads(VertiportId vertiport) {
  scratch_.clear();
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    const AircraftState& aircraft = state_.aircraft[k];
    if (aircraft.phase == AircraftPhase::kCommitted &&
        (aircraft.vertiport == vertiport || aircraft.destination == vertiport))
      scratch_.emplace_back(static_cast<std::int32_t>(k));
  }
  std::sort(scratch_.begin(), scratch_.end(), [this](AircraftId a, AircraftId b) {
    return std::pair{state_.at(a).take_off, a} < std::pair{state_.at(b).take_off, b};
  });
  const std::vector<AircraftId> affected = scratch_;
  for (const AircraftId id : affected) ReleaseSlots(id);
  for (const AircraftId id : affected)
    Reslot(id, std::max(EarliestDeparture(state_, id), state_.at(id).take_off));
}

void World::CancelBeyondStands(VertiportId vertiport) {
  const int promised = StandCount(*network_, state_, vertiport) -
                       network_->scenario().vertiports[vertiport.index()].contingency_stands;
  const VertiportState& at = state_.at(vertiport);
  while (at.on_ground + at.inbound > promised) {
    AircraftId last;
    for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
      const AircraftState& aircraft = state_.aircraft[k];
      if (aircraft.phase != AircraftPhase::kCommitted || aircraft.destination != vertiport)
        continue;
      if (!last.valid() || aircraft.take_off >= state_.at(last).take_off)
        last = AircraftId{static_cast<std::int32_t>(k)};
    }
    if (!last.valid()) return;
    CancelFlight(last, CancelReason::kNoStand);
  }
}

bool World::BlockedByChange(AircraftId id) const {
  for (int k = 0; k < network_->vertiport_count(); ++k) {
    const VertiportId j{k};
    if (j == state_.at(id).vertiport) continue;
    const FlightCheck check = CheckFlight(*network_, state_, state_.at(id).vertiport, j,
                                          ChargeWh(id), EarliestDeparture(state_, id));
    if (check.refusal == Refusal::kNoStand || check.refusal == Refusal::kClosed ||
        check.refusal == Refusal::kNoSlot)
      return true;
  }
  return false;
}

}  // namespace skein::sim
