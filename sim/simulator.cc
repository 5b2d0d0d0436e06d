#include "sim/simulator.h"

#include <algorithm>
#include <utility>

#include "sim/domain/check.h"

namespace skein::sim {

Simulator::Simulator(std::shared_ptr<const Network> network, std::uint64_t seed)
    : Simulator(World::Create(network, ClockMode::kExternal),
                std::make_shared<const RealisedDay>(network, seed)) {}

Simulator::Simulator(World world, std::shared_ptr<const RealisedDay> day)
    : day_(std::move(day)), world_(std::move(world)) {
  SKEIN_CHECK(day_->day() == world_.today().day, "the day is not the world's");
  TakeUpExogenous();
  TakeUpFailures();
  TakeUpTelemetry();
}

// Events are played in their order, so those that the world knows are the first ones.
void Simulator::TakeUpExogenous() {
  const std::vector<ExternalEvent>& events = day_->events();
  const auto at_now =
      std::lower_bound(events.begin(), events.end(), world_.now(),
                       [](const ExternalEvent& event, SimTime time) { return event.time < time; });
  next_exogenous_ = static_cast<std::size_t>(at_now - events.begin());
  while (next_exogenous_ < events.size() && IsKnown(events[next_exogenous_])) ++next_exogenous_;
}

// Requires: the event is not earlier than the world's time.
bool Simulator::IsKnown(const ExternalEvent& event) const {
  if (event.time > world_.now()) return false;
  if (const auto* trip = std::get_if<TripRequested>(&event.payload))
    return *trip->trip < world_.state().next_trip();
  const AdvisoryId id = std::get<AdvisoryIssued>(event.payload).advisory.id;
  const std::vector<AdvisoryState>& known = world_.state().advisories;
  return std::any_of(known.begin(), known.end(),
                     [id](const AdvisoryState& state) { return state.advisory.id == id; });
}

// Repairs that run, and a failure that belongs to a landing of this very moment.
void Simulator::TakeUpFailures() {
  const SimTime now = world_.now();
  const SimDuration turnaround = world_.network().scenario().operations.turnaround;
  for (std::size_t k = 0; k < world_.state().aircraft.size(); ++k) {
    const AircraftState& aircraft = world_.state().aircraft[k];
    const AircraftId id{static_cast<std::int32_t>(k)};
    if (aircraft.phase == AircraftPhase::kRemoved) continue;
    const bool on_pad = aircraft.phase == AircraftPhase::kBlockingPad;
    if (aircraft.failed) {
      const SimTime failed = aircraft.phase == AircraftPhase::kOutOfService ? aircraft.down_since
                                                                            : aircraft.telemetry_at;
      returns_.Push({std::max(now, day_->Return(id, aircraft.landings, failed)), id});
      continue;
    }
    const bool landed_now = (on_pad && aircraft.telemetry_at == now) ||
                            (aircraft.phase == AircraftPhase::kTurnaround &&
                             aircraft.ready_at == now + turnaround && aircraft.landings > 0);
    if (landed_now && day_->Fails(id, aircraft.landings)) Fail(id);
  }
}

// The first reports come just before the network opens, so that no aircraft is stale at opening. A
// round of this very moment begins anew: to report twice changes nothing.
void Simulator::TakeUpTelemetry() {
  const OperatingRules& rules = world_.network().scenario().operations;
  if (rules.telemetry_period <= SimDuration{}) return;
  const SimTime first =
      std::max(SimTime{}, rules.open_time - std::min(rules.telemetry_period, SimDuration{1000}));
  const SimDuration since = std::max(world_.now() - first, SimDuration{});
  const SimDuration period = rules.telemetry_period;
  telemetry_at_ = first + (since + period - SimDuration{1}) / period * period;
  FindReporter();
}

// Passes over aircraft that have left, and on to the next round after the last one.
void Simulator::FindReporter() {
  const std::vector<AircraftState>& fleet = world_.state().aircraft;
  const auto is_there = [](const AircraftState& a) { return a.phase != AircraftPhase::kRemoved; };
  auto next =
      std::find_if(fleet.begin() + static_cast<long>(telemetry_aircraft_), fleet.end(), is_there);
  if (next == fleet.end()) {
    telemetry_at_ += world_.network().scenario().operations.telemetry_period;
    next = std::find_if(fleet.begin(), fleet.end(), is_there);
  }
  if (next == fleet.end()) telemetry_at_ = kNever;
  telemetry_aircraft_ = static_cast<std::size_t>(next - fleet.begin());
}

void Simulator::EndDemand() {
  demand_ended_ = true;
  SkipDemand();
}

void Simulator::SkipDemand() {
  const std::vector<ExternalEvent>& events = day_->events();
  while (demand_ended_ && next_exogenous_ < events.size() &&
         std::holds_alternative<TripRequested>(events[next_exogenous_].payload))
    ++next_exogenous_;
}

void Simulator::Fail(AircraftId aircraft) {
  failure_ = ExternalEvent{world_.now(), AircraftFailed{aircraft}};
  returns_.Push(
      {day_->Return(aircraft, world_.state().at(aircraft).landings, world_.now()), aircraft});
}

std::pair<Simulator::Source, SimTime> Simulator::Next() const {
  if (failure_.has_value()) return {Source::kFailure, failure_->time};
  std::pair<Source, SimTime> next{Source::kNone, kNever};
  const auto offer = [&next](Source source, SimTime time) {
    if (time < next.second) next = {source, time};
  };
  if (next_exogenous_ < day_->events().size())
    offer(Source::kExogenous, day_->events()[next_exogenous_].time);
  // A movement that a live network still waits for happens now.
  if (const auto movement = world_.next_movement())
    offer(Source::kMovement, std::max(movement->time, world_.now()));
  if (!returns_.empty()) offer(Source::kReturn, returns_.top().time);
  offer(Source::kTelemetry, telemetry_at_);
  return next;
}

ExternalEvent Simulator::EventOf(const Movement& movement, SimTime time) const {
  const AircraftState& aircraft = world_.state().at(movement.aircraft);
  if (movement.kind == Movement::Kind::kLanding)
    return {time, Landed{movement.aircraft, aircraft.target, std::nullopt}};
  if (!aircraft.delay_revealed) {
    const SimDuration delay = day_->Delay(aircraft.vertiport, aircraft.first_take_off);
    if (delay > SimDuration{}) return {time, TakeOffDelayed{movement.aircraft, delay}};
  }
  return {time, TookOff{movement.aircraft}};
}

std::optional<ExternalEvent> Simulator::NextEvent() const {
  if (world_.today().day > day_->day()) return std::nullopt;  // settled
  const auto [source, time] = Next();
  if (world_.next_stop() < time) return ExternalEvent{world_.next_stop(), TimeAdvanced{}};
  switch (source) {
    case Source::kFailure: return failure_;
    case Source::kExogenous: return day_->events()[next_exogenous_];
    case Source::kMovement: return EventOf(*world_.next_movement(), time);
    case Source::kReturn:
      return ExternalEvent{time, AircraftReturnedToService{returns_.top().aircraft}};
    case Source::kTelemetry: {
      // What is reported is the charge at this very moment: the world moves to it first.
      if (time > world_.now()) return ExternalEvent{time, TimeAdvanced{}};
      const AircraftId id{static_cast<std::int32_t>(telemetry_aircraft_)};
      return ExternalEvent{time, AircraftReported{id, world_.ChargeWh(id)}};
    }
    case Source::kNone: break;
  }
  return std::nullopt;
}

absl::Status Simulator::Apply(const ExternalEvent& event) {
  const auto [source, time] = Next();
  SKEIN_RETURN_IF_ERROR(world_.Apply(event));
  if (event.time < time || std::holds_alternative<TimeAdvanced>(event.payload))
    return absl::OkStatus();
  switch (source) {
    case Source::kFailure: failure_.reset(); break;
    case Source::kExogenous:
      ++next_exogenous_;
      SkipDemand();
      break;
    case Source::kReturn: returns_.Pop(); break;
    case Source::kTelemetry:
      ++telemetry_aircraft_;
      FindReporter();
      break;
    case Source::kMovement:
      if (const auto* landed = std::get_if<Landed>(&event.payload)) {
        if (day_->Fails(landed->aircraft, world_.state().at(landed->aircraft).landings))
          Fail(landed->aircraft);
      }
      break;
    case Source::kNone: break;
  }
  return absl::OkStatus();
}

}  // namespace skein::sim
