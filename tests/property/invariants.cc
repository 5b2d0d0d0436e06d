#include "tests/property/invariants.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "tests/property/broken.h"

namespace skein::testing {
namespace {

using sim::AircraftState;
using sim::Trip;
using sim::TripStatus;
using sim::VertiportState;

// `actual` is what the world counts, `want` the recount.
absl::Status Same(const char* what, int vertiport, std::int64_t actual, std::int64_t want) {
  if (actual == want) return absl::OkStatus();
  return Broken(what, " of vertiport ", vertiport, " = ", actual, ", recount ", want);
}

AircraftId IdAt(std::size_t k) { return AircraftId{static_cast<std::int32_t>(k)}; }

std::int64_t CountOf(const sim::SlotBook& book, SimTime start) {
  const auto [first, last] = std::equal_range(book.starts().begin(), book.starts().end(), start);
  return last - first;
}

std::int64_t CountAfter(const sim::SlotBook& book, SimTime time) {
  return book.starts().end() - std::upper_bound(book.starts().begin(), book.starts().end(), time);
}

}  // namespace

Invariants::Invariants(const sim::World& world)
    : last_now_(world.now()), last_effect_(world.now()), booked_cents_(world.profit_cents()) {}

absl::Status Invariants::Check(const sim::World& world, std::span<const TimedEffect> news) {
  world_ = &world;
  state_ = &world.state();
  SKEIN_RETURN_IF_ERROR(CheckEffects(news));
  SKEIN_RETURN_IF_ERROR(CheckTime());
  at_.assign(state_->vertiports.size(), Recount{});
  lane_plans_ = 0;
  CountAdvisories();
  SKEIN_RETURN_IF_ERROR(CountAircraft());
  SKEIN_RETURN_IF_ERROR(CheckPoints());
  SKEIN_RETURN_IF_ERROR(CheckQueues());
  SKEIN_RETURN_IF_ERROR(CheckTrips());
  SKEIN_RETURN_IF_ERROR(CheckVertiports());
  SKEIN_RETURN_IF_ERROR(CheckBooks());
  return CheckMoney();
}

absl::Status Invariants::CheckEffects(std::span<const TimedEffect> news) {
  for (const TimedEffect& timed : news) {
    if (timed.time < last_effect_)
      return Broken("an effect at ", ToMs(timed.time), " follows one at ", ToMs(last_effect_));
    last_effect_ = timed.time;
    if (const auto* off = std::get_if<FlightTookOff>(&timed.effect))
      booked_cents_ += off->revenue_cents - off->operating_cost_cents;
    if (const auto* landed = std::get_if<FlightLanded>(&timed.effect))
      booked_cents_ -= landed->refund_cents;
    if (const auto* ended = std::get_if<ChargingEnded>(&timed.effect))
      booked_cents_ -= ended->cost_cents;
    if (const auto* settled = std::get_if<DaySettled>(&timed.effect))
      booked_cents_ -= settled->cost_cents;
    if (const auto* started = std::get_if<ChargingStarted>(&timed.effect))
      if (started->aircraft.index() < was_queued_.size() && was_queued_[started->aircraft.index()])
        ++sessions_after_queue_;
    if (const auto* woken = std::get_if<AircraftWoken>(&timed.effect)) {
      woken_.resize(std::max(woken_.size(), woken->aircraft.index() + 1), SimTime{} - kDay);
      SimTime& last = woken_[woken->aircraft.index()];
      if (timed.time - last < kMinute)
        return Broken("aircraft ", woken->aircraft.value, " woken twice within a minute");
      last = timed.time;
    }
    if (const auto* ended = std::get_if<TripEnded>(&timed.effect)) {
      const auto trip = static_cast<std::size_t>(ended->trip.value);
      trip_ended_.resize(std::max(trip_ended_.size(), trip + 1), false);
      if (trip_ended_[trip]) return Broken("trip ", trip, " ended twice");
      trip_ended_[trip] = true;
    }
  }
  return absl::OkStatus();
}

absl::Status Invariants::CheckTime() {
  if (state_->now < last_now_)
    return Broken("time went back from ", ToMs(last_now_), " to ", ToMs(state_->now));
  last_now_ = state_->now;
  if (last_effect_ > state_->now) return Broken("an effect lies in the future");
  if (world_->next_timer() < state_->now)
    return Broken("a timer due at ", ToMs(world_->next_timer()), " has not fired at ",
                  ToMs(state_->now));
  return absl::OkStatus();
}

absl::Status Invariants::CountAircraft() {
  flights_ = 0;
  open_ = 0;
  was_queued_.assign(state_->aircraft.size(), false);
  for (std::size_t k = 0; k < state_->aircraft.size(); ++k) {
    const AircraftState& aircraft = state_->aircraft[k];
    was_queued_[k] = aircraft.queued;
    if (aircraft.phase == AircraftPhase::kRemoved) continue;
    absl::Status status = CheckPhase(aircraft);
    if (status.ok()) status = CheckLoad(IdAt(k), aircraft);
    if (status.ok()) status = CheckChargers(IdAt(k), aircraft);
    if (status.ok()) status = CheckPlan(aircraft);
    if (!status.ok())
      return Annotate(status,
                      absl::StrCat("aircraft ", k, " in phase ", static_cast<int>(aircraft.phase)));
    const bool flies = aircraft.airborne() || aircraft.phase == AircraftPhase::kCommitted;
    if (!aircraft.airborne()) ++at_[aircraft.vertiport.index()].on_ground;
    if (flies) ++at_[aircraft.target.index()].inbound;
    if (aircraft.alternate.valid()) ++at_[aircraft.alternate.index()].inbound;
    if (aircraft.phase == AircraftPhase::kBlockingPad)
      ++at_[aircraft.vertiport.index()].blocked_pads;
    flights_ += flies ? 1 : 0;
    open_ += aircraft.open ? 1 : 0;
  }
  if (flights_ != state_->active_flights)
    return Broken("active flights = ", state_->active_flights, ", recount ", flights_);
  return absl::OkStatus();
}

absl::Status Invariants::CheckPhase(const AircraftState& aircraft) const {
  const AircraftPhase phase = aircraft.phase;
  const bool ready = phase == AircraftPhase::kReady;
  const bool committed = phase == AircraftPhase::kCommitted;
  const bool flies = aircraft.airborne() || committed;
  const bool holds = aircraft.hold_until != kNever;
  if (aircraft.open && !ready) return Broken("is a decision point");
  if (holds && (!ready || aircraft.open)) return Broken("holds");
  if (ready && state_->is_open && aircraft.open == holds)
    return Broken("is ready, open = ", aircraft.open, " and holds = ", holds);
  if (holds && aircraft.hold_until < state_->now) return Broken("holds for too long");
  if (ready && aircraft.ready_at > state_->now) return Broken("is not turned around");
  if (phase == AircraftPhase::kTurnaround && aircraft.ready_at < state_->now)
    return Broken("turned around at ", ToMs(aircraft.ready_at), ", it is ", ToMs(state_->now));
  if ((ready || committed || phase == AircraftPhase::kTurnaround) && !aircraft.serviceable())
    return Broken("is out of service");
  if (phase == AircraftPhase::kOutOfService && aircraft.serviceable())
    return Broken("is serviceable");
  if (flies != aircraft.target.valid() || flies != aircraft.destination.valid())
    return Broken("flies = ", flies, ", target ", aircraft.target.value);
  if (flies && aircraft.leg_energy_wh <= 0) return Broken("flies without energy");
  if (committed != (aircraft.slot_due != kNever)) return Broken("slots held without a commitment");
  if (committed && (aircraft.target != aircraft.destination || aircraft.alternate.valid()))
    return Broken("was diverted on the ground");
  if (committed && (aircraft.take_off < SimTime{} || aircraft.landing <= aircraft.take_off))
    return Broken("has no plan");
  if (aircraft.alternate.valid() && !aircraft.airborne()) return Broken("has an alternate");
  if (aircraft.alternate.valid() && aircraft.alternate == aircraft.target)
    return Broken("has its target as alternate");
  if (aircraft.airborne() && !aircraft.alternate.valid() && aircraft.landing == kNever)
    return Broken("has neither a landing planned nor an alternate");
  if (aircraft.airborne() && !aircraft.emergency && aircraft.pad_in != kNever &&
      aircraft.pad_in > state_->now && ClosedAt(aircraft.target, aircraft.pad_in))
    return Broken("flies on to a vertiport that will still be closed");
  return absl::OkStatus();
}

// Whether a closure now in force still lasts at `time`.
bool Invariants::ClosedAt(VertiportId vertiport, SimTime time) const {
  return std::any_of(
      state_->advisories.begin(), state_->advisories.end(), [&](const sim::AdvisoryState& known) {
        return known.active && known.advisory.kind == AdvisoryKind::kVertiportClosed &&
               known.advisory.vertiport == vertiport && known.advisory.end > time;
      });
}

absl::Status Invariants::CheckLoad(AircraftId id, const AircraftState& aircraft) const {
  const bool committed = aircraft.phase == AircraftPhase::kCommitted;
  int passengers = 0;
  std::int64_t fares = 0;
  for (int k = 0; k < aircraft.boarded_count; ++k) {
    const Trip& trip = state_->at(aircraft.boarded[static_cast<std::size_t>(k)]);
    passengers += trip.passengers;
    fares += trip.passengers * trip.fare_cents_per_passenger;
    if (trip.aircraft != id) return Broken("carries a party of another aircraft");
    if (trip.status != (committed ? TripStatus::kBoarded : TripStatus::kAirborne))
      return Broken("carries a party in status ", static_cast<int>(trip.status));
    if (trip.destination != aircraft.destination) return Broken("carries a party elsewhere");
    if (committed && trip.origin != aircraft.vertiport) return Broken("boarded from elsewhere");
  }
  if (passengers != aircraft.passengers || fares != aircraft.fare_cents)
    return Broken("carries ", aircraft.passengers, " for ", aircraft.fare_cents, " cents, recount ",
                  passengers, " for ", fares);
  if (passengers > world_->network().scenario().aircraft_type.seats)
    return Broken("G7: carries ", passengers, ", more than its seats");
  return absl::OkStatus();
}

absl::Status Invariants::CheckChargers(AircraftId id, const AircraftState& aircraft) const {
  const bool may_charge =
      aircraft.phase == AircraftPhase::kReady || aircraft.phase == AircraftPhase::kTurnaround;
  if ((aircraft.charging || aircraft.queued) && !may_charge) return Broken("charges");
  if (aircraft.charging && aircraft.queued) return Broken("charges and waits for a charger");
  const std::int64_t charge = world_->ChargeWh(id);
  if (charge < 0) return Broken("has the charge ", charge);
  if (!aircraft.airborne() && charge > world_->network().battery_wh)
    return Broken("has the charge ", charge, ", more than its battery");
  if (!aircraft.airborne() && aircraft.charge_wh < 0)
    return Broken("has the charge ", aircraft.charge_wh);
  const VertiportState& at = state_->at(aircraft.vertiport);
  const auto holds = [id](const std::vector<AircraftId>& list) {
    return std::count(list.begin(), list.end(), id);
  };
  if (aircraft.charging && holds(at.charging) != 1) return Broken("is not among those charging");
  if (aircraft.queued && holds(at.charger_queue) != 1) return Broken("is not in the queue");
  const bool below = aircraft.charge_wh < world_->network().charge_target_wh;
  const bool wants =
      may_charge && below &&
      world_->network().scenario().vertiports[aircraft.vertiport.index()].chargers > 0;
  if (wants && !aircraft.charging && !aircraft.queued) return Broken("does not ask for a charger");
  return absl::OkStatus();
}

absl::Status Invariants::CheckPoints() const {
  const std::vector<AircraftId>& points = state_->open_points;
  if (static_cast<int>(points.size()) != open_)
    return Broken("open points = ", points.size(), ", recount ", open_);
  if (!points.empty() && !state_->is_open) return Broken("points are open after closing");
  for (std::size_t k = 0; k < points.size(); ++k) {
    if (!state_->at(points[k]).open) return Broken("point ", points[k].value, " is not open");
    if (k > 0 && std::pair{state_->at(points[k - 1]).due, points[k - 1]} >=
                     std::pair{state_->at(points[k]).due, points[k]})
      return Broken("open points are out of order at ", points[k].value);
  }
  return absl::OkStatus();
}

void Invariants::CountAdvisories() {
  for (const sim::AdvisoryState& known : state_->advisories) {
    Recount& at = at_[known.advisory.vertiport.index()];
    const int active = known.active ? 1 : 0;
    switch (known.advisory.kind) {
      case AdvisoryKind::kCorridorClosed: break;
      case AdvisoryKind::kVertiportClosed:
        ++at.known_closures;
        at.closed += active;
        break;
      case AdvisoryKind::kPadsClosed: at.pads_closed += active * known.advisory.count; break;
      case AdvisoryKind::kChargersClosed:
        at.chargers_closed += active * known.advisory.count;
        break;
    }
  }
}

absl::Status Invariants::CheckVertiports() const {
  for (std::size_t k = 0; k < at_.size(); ++k) {
    const VertiportState& at = state_->vertiports[k];
    const Recount& want = at_[k];
    const Vertiport& described = world_->network().scenario().vertiports[k];
    const auto id = static_cast<int>(k);
    SKEIN_RETURN_IF_ERROR(Same("on ground", id, at.on_ground, want.on_ground));
    SKEIN_RETURN_IF_ERROR(Same("inbound", id, at.inbound, want.inbound));
    SKEIN_RETURN_IF_ERROR(Same("blocked pads", id, at.blocked_pads, want.blocked_pads));
    SKEIN_RETURN_IF_ERROR(Same("closures", id, at.closed, want.closed));
    SKEIN_RETURN_IF_ERROR(Same("known closures", id, at.known_closures, want.known_closures));
    SKEIN_RETURN_IF_ERROR(Same("closed pads", id, at.pads_closed, want.pads_closed));
    SKEIN_RETURN_IF_ERROR(Same("closed chargers", id, at.chargers_closed, want.chargers_closed));
    SKEIN_RETURN_IF_ERROR(
        Same("waiting passengers", id, at.waiting_passengers, want.waiting_passengers));
    int charging = 0;
    int queued = 0;
    for (const AircraftId member : at.charging)
      if (state_->at(member).charging && state_->at(member).vertiport.value == id) ++charging;
    for (const AircraftId member : at.charger_queue)
      if (state_->at(member).queued && state_->at(member).vertiport.value == id) ++queued;
    const auto in_use = static_cast<int>(at.charging.size());
    const auto in_queue = static_cast<int>(at.charger_queue.size());
    SKEIN_RETURN_IF_ERROR(Same("aircraft charging", id, in_use, charging));
    SKEIN_RETURN_IF_ERROR(Same("charger queue", id, in_queue, queued));
    const int chargers = std::max(0, described.chargers - at.chargers_out - at.chargers_closed);
    if (in_use > chargers) return Broken("vertiport ", id, ": ", in_use, " on ", chargers);
    if (in_queue > 0 && in_use < chargers)
      return Broken("vertiport ", id, ": a charger idles while ", in_queue, " wait");
    const int stands = described.stands - at.stands_out;
    if (at.blocked_pads > 0 && at.on_ground - at.blocked_pads + at.inbound < stands)
      return Broken("vertiport ", id, ": a pad is blocked while a stand is free");
  }
  return absl::OkStatus();
}

absl::Status Invariants::CheckPlan(const AircraftState& aircraft) {
  const bool committed = aircraft.phase == AircraftPhase::kCommitted;
  const bool first_leg = committed || (aircraft.airborne() && !aircraft.diverted);
  const SimTime now = state_->now;
  if (first_leg && aircraft.take_off > now) {
    const int corridor = world_->network().link(aircraft.vertiport, aircraft.destination).corridor;
    const auto& lanes = state_->corridors[static_cast<std::size_t>(corridor)].lanes;
    if (CountOf(state_->at(aircraft.vertiport).pads, aircraft.take_off) == 0)
      return Broken("has no pad for its take-off at ", ToMs(aircraft.take_off));
    if (CountOf(lanes, aircraft.take_off) == 0)
      return Broken("has no lane for its take-off at ", ToMs(aircraft.take_off));
    ++at_[aircraft.vertiport.index()].pad_plans;
    ++lane_plans_;
  }
  const bool lands = committed || aircraft.airborne();
  if (lands && aircraft.pad_in != kNever && aircraft.pad_in > now) {
    if (CountOf(state_->at(aircraft.target).pads, aircraft.pad_in) == 0)
      return Broken("has no pad for its landing at ", ToMs(aircraft.pad_in));
    ++at_[aircraft.target.index()].pad_plans;
  }
  return absl::OkStatus();
}

absl::Status Invariants::CheckBooks() const {
  for (std::size_t k = 0; k < at_.size(); ++k)
    SKEIN_RETURN_IF_ERROR(Same("pad slots to come", static_cast<int>(k),
                               CountAfter(state_->vertiports[k].pads, state_->now),
                               at_[k].pad_plans));
  std::int64_t lanes = 0;
  for (const sim::CorridorState& corridor : state_->corridors)
    lanes += CountAfter(corridor.lanes, state_->now);
  if (lanes != lane_plans_)
    return Broken("lane slots to come = ", lanes, ", recount ", lane_plans_);
  return absl::OkStatus();
}

absl::Status Invariants::CheckQueues() {
  for (std::size_t pair = 0; pair < state_->waiting.size(); ++pair) {
    const std::vector<TripId>& queue = state_->waiting[pair];
    int passengers = 0;
    for (std::size_t k = 0; k < queue.size(); ++k) {
      const Trip& trip = state_->at(queue[k]);
      passengers += trip.passengers;
      if (trip.status != TripStatus::kWaiting ||
          state_->pair(trip.origin, trip.destination) != pair)
        return Broken("trip ", queue[k].value, " is in a queue it does not belong to");
      if (trip.latest < state_->now) return Broken("trip ", queue[k].value, " should have expired");
      if (k > 0 && std::pair{state_->at(queue[k - 1]).earliest, queue[k - 1]} >=
                       std::pair{trip.earliest, queue[k]})
        return Broken("trip ", queue[k].value, " is out of its place");
    }
    if (passengers != state_->waiting_passengers[pair])
      return Broken("waiting passengers of pair ", pair, " = ", state_->waiting_passengers[pair],
                    ", recount ", passengers);
    at_[pair / at_.size()].waiting_passengers += passengers;
  }
  return absl::OkStatus();
}

absl::Status Invariants::CheckTrips() {
  std::int64_t present = 0;
  std::int64_t carried = 0;
  std::int64_t waiting = 0;
  for (const Trip& trip : state_->trips) {
    const bool boarded =
        trip.status == TripStatus::kBoarded || trip.status == TripStatus::kAirborne;
    if (boarded) carried += trip.passengers;
    if (trip.status == TripStatus::kWaiting) waiting += trip.passengers;
    if (boarded || trip.status == TripStatus::kWaiting) present += trip.passengers;
  }
  std::int64_t aboard = 0;
  for (const AircraftState& aircraft : state_->aircraft) aboard += aircraft.passengers;
  if (aboard != carried) return Broken("passengers aboard = ", aboard, ", by trips ", carried);
  std::int64_t queued = 0;
  for (const Recount& at : at_) queued += at.waiting_passengers;
  if (queued != waiting) return Broken("passengers in queues = ", queued, ", by trips ", waiting);
  const DaySummary& today = state_->today;
  const std::int64_t ended =
      today.passengers_served + today.passengers_lost + today.passengers_diverted;
  if (today.passengers_requested != ended + present)
    return Broken("passengers requested = ", today.passengers_requested, ", ended ", ended,
                  " and present ", present);
  return absl::OkStatus();
}

absl::Status Invariants::CheckMoney() const {
  if (state_->profit_cents != booked_cents_)
    return Broken("profit = ", state_->profit_cents, ", booked by effects ", booked_cents_);
  std::int64_t by_days = state_->today.profit_cents();
  std::int64_t violations = state_->today.guard_violations;
  for (const DaySummary& day : state_->settled_days) {
    by_days += day.profit_cents();
    violations += day.guard_violations;
    if (day.passengers_requested !=
        day.passengers_served + day.passengers_lost + day.passengers_diverted)
      return Broken("day ", day.day, ": requested ", day.passengers_requested, ", served ",
                    day.passengers_served, ", lost ", day.passengers_lost, ", diverted ",
                    day.passengers_diverted);
  }
  if (by_days != state_->profit_cents)
    return Broken("profit = ", state_->profit_cents, ", by days ", by_days);
  if (violations != 0) return Broken("guard violations = ", violations);
  return absl::OkStatus();
}

}  // namespace skein::testing
