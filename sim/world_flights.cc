#include <algorithm>
#include <cstdlib>

#include "sim/guard.h"
#include "sim/world.h"

// Take-off and landing, as the outside world reports them. Rules: docs/world.md, "Flights".
namespace skein::sim {
namespace {

SimDuration Apart(SimTime a, SimTime b) { return a < b ? b - a : a - b; }

// What only a flight has.
void ForgetFlight(AircraftState& aircraft) {
  aircraft.take_off = aircraft.landing = aircraft.pad_in = aircraft.overhead_at = kNever;
  aircraft.divert_timer = aircraft.latest_divert = kNever;
  aircraft.destination = aircraft.target = aircraft.alternate = VertiportId{};
  aircraft.leg_energy_wh = 0;
  aircraft.diverted = aircraft.emergency = false;
}

}  // namespace

void World::NoteExcursion(GuardRule rule, AircraftId aircraft, VertiportId vertiport,
                          std::int64_t actual, std::int64_t limit) {
  ++state_.today.excursions;
  Emit(Excursion{rule, aircraft, vertiport, actual, limit});
}

void World::On(const TakeOffDelayed& event) {
  AircraftState& aircraft = state_.at(event.aircraft);
  if (aircraft.phase != AircraftPhase::kCommitted) return;  // cancelled by a timer just before
  aircraft.delay_revealed = true;
  aircraft.telemetry_at = state_.now;
  aircraft.not_before = std::max(state_.now, aircraft.take_off) + event.delay;
  Reslot(event.aircraft, aircraft.not_before);
}

void World::On(const TookOff& event) {
  const AircraftId id = event.aircraft;
  AircraftState& aircraft = state_.at(id);
  const VertiportId i = aircraft.vertiport;
  if (aircraft.phase != AircraftPhase::kCommitted) {
    // A timer cancelled the commitment just before. The report is kept as an excursion; the
    // aircraft counts as on its stand until its landing or a correction is reported.
    NoteExcursion(GuardRule::kG2, id, i, ToMs(state_.now), 0);
    return;
  }
  const OperatingRules& rules = network_->scenario().operations;
  const Link& link = network_->link(i, aircraft.destination);
  if (Apart(state_.now, aircraft.take_off) > rules.movement_tolerance) {
    NoteExcursion(GuardRule::kG5, id, i, ToMs(state_.now), ToMs(aircraft.take_off));
    ReleaseSlots(id);
    aircraft.take_off = state_.now;
    state_.at(i).pads.Reserve(state_.now);
    state_.corridors[static_cast<std::size_t>(link.corridor)].lanes.Reserve(state_.now);
    aircraft.overhead_at = state_.now + link.block - rules.movement;
    aircraft.pad_in = kNever;
    aircraft.landing = kNever;
  }
  aircraft.slot_due = kNever;
  aircraft.not_before = SimTime{};
  aircraft.phase = AircraftPhase::kEnRoute;
  aircraft.telemetry_at = state_.now;
  --state_.at(i).on_ground;

  const std::int64_t cost =
      (network_->passenger_cost_millicents(i, aircraft.destination) * aircraft.passengers + 500) /
          1000 +
      network_->flight_cost_cents(i, aircraft.destination);
  DaySummary& today = state_.today;
  today.revenue_cents += aircraft.fare_cents;
  today.operating_cost_cents += cost;
  state_.profit_cents += aircraft.fare_cents - cost;
  ++today.flights;
  if (aircraft.passengers == 0) ++today.reposition_flights;
  today.seats_flown += network_->scenario().aircraft_type.seats;
  today.passengers_flown += aircraft.passengers;
  for (int k = 0; k < aircraft.boarded_count; ++k)
    state_.at(aircraft.boarded[static_cast<std::size_t>(k)]).status = TripStatus::kAirborne;

  if (aircraft.landing == kNever) {
    PlanLanding(id, aircraft.overhead_at);
  } else {
    movements_.Push({aircraft.landing, Movement::Kind::kLanding, id});
  }
  Emit(FlightTookOff{id, aircraft.landing, aircraft.fare_cents, cost});
  // A late take-off can move the landing into a closure.
  if (aircraft.landing != kNever &&
      VertiportClosedDuring(state_, aircraft.target, aircraft.landing - rules.movement,
                            aircraft.landing) &&
      state_.at(aircraft.target).closed > 0)
    ReserveAlternate(id);
  SettleBlockedPads(i);
  WakeBlocked();
}

// What a flight that lands at `landing` has left: less the leg's energy, holding until the landing
// movement, and the way to a vertiport that was not the target.
std::int64_t World::ChargeOnLanding(const AircraftState& aircraft, VertiportId at,
                                    SimTime landing) const {
  const Scenario& scenario = network_->scenario();
  std::int64_t charge = aircraft.charge_wh - aircraft.leg_energy_wh;
  const SimTime movement = landing - scenario.operations.movement;
  if (movement > aircraft.overhead_at) {
    const std::int64_t held_ms = (movement - aircraft.overhead_at).count();
    charge -= (scenario.aircraft_type.hold_power_w * held_ms + kWattMsPerWh - 1) / kWattMsPerWh;
  }
  if (at != aircraft.target && network_->link(aircraft.target, at).corridor >= 0)
    charge -= network_->link(aircraft.target, at).energy_wh;
  return charge;
}

void World::On(const Landed& event) {
  const AircraftId id = event.aircraft;
  const VertiportId at = event.vertiport;
  AircraftState& aircraft = state_.at(id);
  const OperatingRules& rules = network_->scenario().operations;

  const bool elsewhere = at != aircraft.target;
  const bool on_time =
      aircraft.landing != kNever && Apart(state_.now, aircraft.landing) <= rules.movement_tolerance;
  const SimTime landed_at = on_time ? aircraft.landing : state_.now;
  std::int64_t charge = event.charge_wh.value_or(ChargeOnLanding(aircraft, at, landed_at));
  if (!on_time)
    NoteExcursion(GuardRule::kG5, id, at, ToMs(state_.now),
                  aircraft.landing == kNever ? 0 : ToMs(aircraft.landing));
  if (elsewhere) NoteExcursion(GuardRule::kG1, id, at, at.value, aircraft.target.value);
  if (aircraft.emergency) {
    NoteExcursion(GuardRule::kG4, id, at, ToMs(state_.now), 0);
    ++state_.today.emergency_landings;
  }
  const std::int64_t reserve =
      at == aircraft.destination ? network_->reserve_wh : network_->alternate_reserve_wh;
  if (charge < reserve) NoteExcursion(GuardRule::kG3, id, at, charge, reserve);
  charge = std::max<std::int64_t>(charge, 0);

  if (aircraft.pad_in != kNever && aircraft.pad_in + rules.movement > state_.now)
    state_.at(aircraft.target).pads.Release(aircraft.pad_in);
  // Reported down before the slots begin that it took off somewhat early from.
  if (aircraft.take_off > state_.now) ReleaseTakeOffSlots(aircraft);
  --state_.at(aircraft.target).inbound;
  if (aircraft.alternate.valid()) --state_.at(aircraft.alternate).inbound;
  --state_.active_flights;

  VertiportState& vertiport = state_.at(at);
  const int on_stands = vertiport.on_ground - vertiport.blocked_pads;
  // A stand that is promised to others is not free for one that was to land elsewhere.
  const int taken = on_stands + (elsewhere ? vertiport.inbound : 0);
  const int stands = StandCount(*network_, state_, at);
  const bool blocks_pad = taken >= stands;
  ++vertiport.on_ground;

  FlightLanded landed{id,         at, charge, at != aircraft.destination, aircraft.emergency,
                      blocks_pad, 0};
  if (landed.diverted) landed.refund_cents = aircraft.fare_cents;
  DaySummary& today = state_.today;
  today.revenue_cents -= landed.refund_cents;
  state_.profit_cents -= landed.refund_cents;
  if (today.min_charge_at_landing_wh < 0 || charge < today.min_charge_at_landing_wh)
    today.min_charge_at_landing_wh = charge;
  Emit(landed);
  EndTripsOf(id, at);

  const VertiportId target = aircraft.target;
  const VertiportId alternate = aircraft.alternate;
  aircraft.vertiport = at;
  aircraft.charge_wh = charge;
  aircraft.telemetry_at = state_.now;
  ForgetFlight(aircraft);
  ++aircraft.landings;
  if (blocks_pad) {
    aircraft.phase = AircraftPhase::kBlockingPad;
    ++vertiport.blocked_pads;
    NoteExcursion(GuardRule::kG1, id, at, taken + 1, stands);
    ReplanPads(at);
  } else {
    ArriveOnStand(id);
  }
  if (elsewhere) CancelBeyondStands(at);
  if (elsewhere) SettleBlockedPads(target);
  if (alternate.valid()) SettleBlockedPads(alternate);
  if (elsewhere || alternate.valid()) WakeBlocked();
}

void World::ArriveOnStand(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  aircraft.ready_at = state_.now + network_->scenario().operations.turnaround;
  if (!aircraft.serviceable()) {
    TakeOutOfService(id);
    return;
  }
  aircraft.phase = AircraftPhase::kTurnaround;
  AddTimer(aircraft.ready_at, TimerKind::kTurnaroundEnd, id.value);
  JoinCharger(id);
}

// Gives stands that became free to aircraft that block pads, in the order of their ids.
void World::SettleBlockedPads(VertiportId vertiport) {
  VertiportState& at = state_.at(vertiport);
  for (std::size_t k = 0; k < state_.aircraft.size() && at.blocked_pads > 0; ++k) {
    AircraftState& aircraft = state_.aircraft[k];
    if (aircraft.phase != AircraftPhase::kBlockingPad || aircraft.vertiport != vertiport) continue;
    if (at.on_ground - at.blocked_pads + at.inbound >= StandCount(*network_, state_, vertiport))
      return;
    --at.blocked_pads;
    const AircraftId id{static_cast<std::int32_t>(k)};
    Emit(StandTaken{id});
    ArriveOnStand(id);
  }
}

void World::EndTripsOf(AircraftId id, VertiportId at) {
  AircraftState& aircraft = state_.at(id);
  DaySummary& today = state_.today;
  const bool served = at == aircraft.destination;
  for (int k = 0; k < aircraft.boarded_count; ++k) {
    const TripId trip_id = aircraft.boarded[static_cast<std::size_t>(k)];
    Trip& trip = state_.at(trip_id);
    trip.status = served ? TripStatus::kServed : TripStatus::kDiverted;
    if (served) {
      const std::int64_t wait =
          std::max<std::int64_t>(0, (aircraft.take_off - trip.earliest).count());
      today.passengers_served += trip.passengers;
      today.wait_ms_sum += wait * trip.passengers;
      today.wait_passengers += trip.passengers;
      state_.waits.push_back({wait, trip.passengers});
    } else {
      today.passengers_diverted += trip.passengers;
    }
    Emit(TripEnded{trip_id, served ? TripOutcome::kServed : TripOutcome::kDiverted});
  }
  aircraft.boarded_count = 0;
  aircraft.passengers = 0;
  aircraft.fare_cents = 0;
}

}  // namespace skein::sim
