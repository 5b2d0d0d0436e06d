#include "sim/world.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/archive.h"
#include "sim/domain/check.h"
#include "sim/guard.h"

namespace skein::sim {

World::World(std::shared_ptr<const Network> network, ClockMode clock)
    : network_(std::move(network)), curve_(network_->scenario().charging, network_->battery_wh) {
  const Scenario& scenario = network_->scenario();
  const auto count = static_cast<std::size_t>(network_->vertiport_count());
  state_.clock = clock;
  state_.vertiports.resize(count);
  state_.corridors.resize(scenario.corridors.size());
  state_.waiting.resize(count * count);
  state_.waiting_passengers.assign(count * count, 0);
  state_.forecast = std::make_shared<const std::vector<double>>(scenario.demand.requests_per_hour);
  state_.fares =
      std::make_shared<const std::vector<std::int64_t>>(network_->FareTable(*state_.forecast));
  state_.forecast_hash = HashForecast(*state_.forecast);
  state_.aircraft.reserve(scenario.aircraft.size());
  for (const Aircraft& described : scenario.aircraft) {
    AircraftState& aircraft = state_.aircraft.emplace_back();
    aircraft.name = described.name;
    aircraft.vertiport = described.vertiport;
    aircraft.failure_probability = described.failure_probability;
    aircraft.charge_wh = static_cast<std::int64_t>(std::floor(
        described.initial_state_of_charge * static_cast<double>(network_->battery_wh) + 0.5));
    ++state_.at(described.vertiport).on_ground;
  }
  AddTimer(NextOpen(), TimerKind::kDayOpen, state_.next_day);
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k)
    JoinCharger(AircraftId{static_cast<std::int32_t>(k)});
  state_.day_start_charge_wh = StoredChargeWh();
}

World World::Create(std::shared_ptr<const Network> network, ClockMode clock) {
  return World(std::move(network), clock);
}

absl::Status World::Check(const ExternalEvent& event) const {
  SKEIN_RETURN_IF_ERROR(CheckTime(event.time));
  return CheckPayload(event);
}

absl::Status World::Apply(const ExternalEvent& event) {
  SKEIN_RETURN_IF_ERROR(Check(event));
  FireTimersUntil(event.time);
  state_.now = event.time;
  std::visit([this](const auto& payload) { On(payload); }, event.payload);
  SettleIfOver();
  DropStaleTops();
  return absl::OkStatus();
}

Verdict World::Commit(const Decision& decision) {
  SKEIN_CHECK(HasAircraft(decision.aircraft), "a decision for an unknown aircraft");
  const Verdict verdict =
      decision.action.kind == ActionKind::kHold ? Hold(decision) : Fly(decision);
  if (verdict.accepted()) {
    ++state_.decision_count;
    ++state_.today.decisions;
  } else {
    ++state_.today.refusals;
  }
  DropStaleTops();
  return verdict;
}

void World::FireTimersUntil(SimTime time) {
  while (true) {
    DropStaleTops();
    const bool has_stop = !stops_.empty();
    const bool has_quiet = !quiet_.empty();
    if (!has_stop && !has_quiet) return;
    const bool stop_first = has_stop && (!has_quiet || stops_.top() < quiet_.top());
    LazyHeap<Timer>& heap = stop_first ? stops_ : quiet_;
    const Timer timer = heap.top();
    if (timer.due > time) return;
    heap.Pop();
    state_.now = std::max(state_.now, timer.due);
    Fire(timer);
    SettleIfOver();
  }
}

void World::Fire(const Timer& timer) {
  const AircraftId aircraft{static_cast<std::int32_t>(timer.id)};
  switch (timer.kind) {
    case TimerKind::kDayOpen: OpenDay(); break;
    case TimerKind::kDayClose: CloseDay(); break;
    case TimerKind::kAdvisoryStart: Activate(*FindAdvisory(AdvisoryId{timer.id})); break;
    case TimerKind::kAdvisoryEnd: RemoveAdvisory(AdvisoryId{timer.id}); break;
    case TimerKind::kChargeTarget: LeaveCharger(aircraft); break;
    case TimerKind::kTurnaroundEnd: BecomeReady(aircraft); break;
    case TimerKind::kHoldEnd: OpenPoint(aircraft); break;
    case TimerKind::kSlotDue:
      NoteExcursion(GuardRule::kG5, aircraft, state_.at(aircraft).vertiport, ToMs(state_.now),
                    ToMs(state_.at(aircraft).take_off));
      Reslot(aircraft, EarliestDeparture(state_, aircraft));
      break;
    case TimerKind::kLatestDivert: DivertTimerDue(aircraft); break;
    case TimerKind::kTripExpiry: EndWaiting(TripId{timer.id}, TripStatus::kExpired); break;
  }
}

bool World::IsLive(const Timer& timer) const {
  switch (timer.kind) {
    case TimerKind::kDayOpen:
    case TimerKind::kDayClose: return true;
    case TimerKind::kAdvisoryStart:
    case TimerKind::kAdvisoryEnd: {
      const auto known =
          std::find_if(state_.advisories.begin(), state_.advisories.end(),
                       [&](const AdvisoryState& a) { return a.advisory.id.value == timer.id; });
      if (known == state_.advisories.end()) return false;
      return timer.kind == TimerKind::kAdvisoryStart
                 ? !known->active && known->advisory.start == timer.due
                 : known->advisory.end == timer.due;
    }
    case TimerKind::kTripExpiry: {
      const Trip* trip = FindTrip(TripId{timer.id});
      return trip != nullptr && trip->status == TripStatus::kWaiting;
    }
    default: break;
  }
  const AircraftState& aircraft = state_.aircraft[static_cast<std::size_t>(timer.id)];
  switch (timer.kind) {
    case TimerKind::kChargeTarget:
      return aircraft.charging && aircraft.target_charge_at == timer.due;
    case TimerKind::kTurnaroundEnd:
      return aircraft.phase == AircraftPhase::kTurnaround && aircraft.ready_at == timer.due;
    case TimerKind::kHoldEnd:
      return aircraft.phase == AircraftPhase::kReady && aircraft.hold_until == timer.due;
    case TimerKind::kSlotDue:
      return aircraft.phase == AircraftPhase::kCommitted && aircraft.slot_due == timer.due;
    default: return aircraft.airborne() && aircraft.divert_timer == timer.due;
  }
}

bool World::IsLive(const Movement& movement) const {
  const AircraftState& aircraft = state_.at(movement.aircraft);
  return movement.kind == Movement::Kind::kTakeOff
             ? aircraft.phase == AircraftPhase::kCommitted && aircraft.take_off == movement.time
             : aircraft.airborne() && aircraft.landing == movement.time;
}

void World::DropStaleTops() {
  while (!stops_.empty() && !IsLive(stops_.top())) stops_.Pop();
  while (!quiet_.empty() && !IsLive(quiet_.top())) quiet_.Pop();
  while (!movements_.empty() && !IsLive(movements_.top())) movements_.Pop();
}

void World::AddTimer(SimTime due, TimerKind kind, std::int64_t id) {
  if (due == kNever) return;
  const bool quiet = kind == TimerKind::kChargeTarget || kind == TimerKind::kTripExpiry;
  (quiet ? quiet_ : stops_).Push({due, kind, id});
}

void World::RebuildQueues() {
  stops_.Clear();
  quiet_.Clear();
  movements_.Clear();
  if (state_.is_open) {
    AddTimer(CloseTime(*network_, state_.now), TimerKind::kDayClose, state_.today.day);
  } else {
    AddTimer(NextOpen(), TimerKind::kDayOpen, state_.next_day);
  }
  for (const AdvisoryState& known : state_.advisories) {
    const Advisory& advisory = known.advisory;
    if (!known.active) AddTimer(advisory.start, TimerKind::kAdvisoryStart, advisory.id.value);
    AddTimer(advisory.end, TimerKind::kAdvisoryEnd, advisory.id.value);
  }
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    const AircraftState& aircraft = state_.aircraft[k];
    const AircraftId id{static_cast<std::int32_t>(k)};
    AddTimer(aircraft.target_charge_at, TimerKind::kChargeTarget, id.value);
    AddTimer(aircraft.ready_at, TimerKind::kTurnaroundEnd, id.value);
    AddTimer(aircraft.hold_until, TimerKind::kHoldEnd, id.value);
    AddTimer(aircraft.slot_due, TimerKind::kSlotDue, id.value);
    AddTimer(aircraft.divert_timer, TimerKind::kLatestDivert, id.value);
    movements_.Push({aircraft.take_off, Movement::Kind::kTakeOff, id});
    movements_.Push({aircraft.landing, Movement::Kind::kLanding, id});
  }
  for (std::size_t k = 0; k < state_.trips.size(); ++k) {
    const TripId id{state_.first_trip.value + static_cast<std::int64_t>(k)};
    AddTimer(state_.trips[k].latest + SimDuration{1}, TimerKind::kTripExpiry, id.value);
  }
  DropStaleTops();
}

SimTime World::next_stop() const { return stops_.empty() ? kNever : stops_.top().due; }

SimTime World::next_timer() const {
  return quiet_.empty() ? next_stop() : std::min(next_stop(), quiet_.top().due);
}

std::optional<Movement> World::next_movement() const {
  if (movements_.empty() || movements_.top().time == kNever) return std::nullopt;
  return movements_.top();
}

bool World::HasAircraft(AircraftId aircraft) const {
  return aircraft.valid() && aircraft.index() < state_.aircraft.size() &&
         state_.at(aircraft).phase != AircraftPhase::kRemoved;
}

bool World::HasVertiport(VertiportId vertiport) const {
  return vertiport.valid() && vertiport.index() < state_.vertiports.size();
}

const Trip* World::FindTrip(TripId trip) const {
  return trip >= state_.first_trip && trip < state_.next_trip() ? &state_.at(trip) : nullptr;
}

}  // namespace skein::sim
