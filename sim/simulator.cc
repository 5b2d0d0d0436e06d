#include "sim/simulator.h"

#include <algorithm>
#include <utility>

namespace skein::sim {

Simulator::Simulator(std::shared_ptr<const Network> network, std::uint64_t seed)
    : day_(network, seed), world_(World::Create(network, ClockMode::kExternal)) {
  const OperatingRules& rules = network->scenario().operations;
  // The first reports come just before the network opens, so that no aircraft is stale at opening.
  if (rules.telemetry_period > SimDuration{})
    telemetry_at_ =
        std::max(SimTime{}, rules.open_time - std::min(rules.telemetry_period, SimDuration{1000}));
}

std::pair<Simulator::Source, SimTime> Simulator::Next() const {
  if (failure_.has_value()) return {Source::kFailure, failure_->time};
  std::pair<Source, SimTime> next{Source::kNone, kNever};
  const auto offer = [&next](Source source, SimTime time) {
    if (time < next.second) next = {source, time};
  };
  if (next_exogenous_ < day_.events().size())
    offer(Source::kExogenous, day_.events()[next_exogenous_].time);
  if (const auto movement = world_.next_movement()) offer(Source::kMovement, movement->time);
  if (!returns_.empty()) offer(Source::kReturn, returns_.top().time);
  offer(Source::kTelemetry, telemetry_at_);
  return next;
}

ExternalEvent Simulator::EventOf(const Movement& movement) const {
  const AircraftState& aircraft = world_.state().at(movement.aircraft);
  if (movement.kind == Movement::Kind::kLanding)
    return {movement.time, Landed{movement.aircraft, aircraft.target, std::nullopt}};
  if (!aircraft.delay_revealed) {
    const SimDuration delay = day_.Delay(aircraft.vertiport, aircraft.first_take_off);
    if (delay > SimDuration{}) return {movement.time, TakeOffDelayed{movement.aircraft, delay}};
  }
  return {movement.time, TookOff{movement.aircraft}};
}

std::optional<ExternalEvent> Simulator::NextEvent() const {
  if (world_.terminated()) return std::nullopt;
  const auto [source, time] = Next();
  if (world_.next_stop() < time) return ExternalEvent{world_.next_stop(), TimeAdvanced{}};
  switch (source) {
    case Source::kFailure: return failure_;
    case Source::kExogenous: return day_.events()[next_exogenous_];
    case Source::kMovement: return EventOf(*world_.next_movement());
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
    case Source::kExogenous: ++next_exogenous_; break;
    case Source::kReturn: returns_.Pop(); break;
    case Source::kTelemetry:
      if (++telemetry_aircraft_ == world_.state().aircraft.size()) {
        telemetry_aircraft_ = 0;
        telemetry_at_ += world_.network().scenario().operations.telemetry_period;
      }
      break;
    case Source::kMovement:
      if (const auto* landed = std::get_if<Landed>(&event.payload)) {
        const int landing = world_.state().at(landed->aircraft).landings;
        if (day_.Fails(landed->aircraft, landing)) {
          failure_ = ExternalEvent{event.time, AircraftFailed{landed->aircraft}};
          returns_.Push({event.time + day_.Repair(landed->aircraft, landing), landed->aircraft});
        }
      }
      break;
    case Source::kNone: break;
  }
  return absl::OkStatus();
}

}  // namespace skein::sim
