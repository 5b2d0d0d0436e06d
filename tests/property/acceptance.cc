#include "tests/property/acceptance.h"

#include <algorithm>

#include "tests/property/broken.h"

namespace skein::testing {
namespace {

using sim::AircraftState;
using sim::Link;
using sim::World;
using sim::WorldState;

bool Meets(const Advisory& advisory, SimTime from, SimTime to) {
  return advisory.start < to && from < advisory.end;
}

bool ClosedDuring(const WorldState& state, VertiportId vertiport, SimTime from, SimTime to) {
  return std::any_of(state.advisories.begin(), state.advisories.end(), [&](const auto& known) {
    return known.advisory.kind == AdvisoryKind::kVertiportClosed &&
           known.advisory.vertiport == vertiport && Meets(known.advisory, from, to);
  });
}

bool CorridorClosedDuring(const WorldState& state, VertiportId i, VertiportId j, SimTime from,
                          SimTime to) {
  return std::any_of(state.advisories.begin(), state.advisories.end(), [&](const auto& known) {
    const Advisory& a = known.advisory;
    if (a.kind != AdvisoryKind::kCorridorClosed || !Meets(a, from, to)) return false;
    return (a.vertiport == i && a.corridor_end == j) ||
           (a.both_directions && a.vertiport == j && a.corridor_end == i);
  });
}

// G1: everything on j or on its way to j, aircraft by aircraft.
bool StandsBroken(const World& world, VertiportId j) {
  const WorldState& state = world.state();
  int claims = 1;  // the new flight
  for (const AircraftState& aircraft : state.aircraft) {
    if (aircraft.phase == AircraftPhase::kRemoved) continue;
    const bool flies = aircraft.airborne() || aircraft.phase == AircraftPhase::kCommitted;
    if (!aircraft.airborne() && aircraft.vertiport == j) ++claims;
    if (flies && aircraft.target == j) ++claims;
    if (aircraft.alternate == j) ++claims;
  }
  const Vertiport& described = world.network().scenario().vertiports[j.index()];
  return claims > described.stands - state.at(j).stands_out - described.contingency_stands;
}

// What must be left on landing at j at `at`; more than any battery holds if no alternate is open.
std::int64_t NeededAt(const World& world, VertiportId j, SimTime at) {
  const sim::Network& network = world.network();
  if (!network.scenario().energy.alternate_required) return network.reserve_wh;
  std::int64_t nearest = std::int64_t{1} << 40;
  for (int k = 0; k < network.vertiport_count(); ++k) {
    const Link& link = network.link(j, VertiportId{k});
    if (link.corridor < 0) continue;
    if (!ClosedDuring(world.state(), VertiportId{k}, at, at + link.block))
      nearest = std::min(nearest, link.energy_wh);
  }
  return std::max(network.reserve_wh,
                  nearest + network.alternate_hold_wh + network.alternate_reserve_wh);
}

// G3.
bool EnergyBroken(const World& world, AircraftId id, VertiportId i, VertiportId j, SimTime from) {
  const sim::Network& network = world.network();
  const SimTime at = from + network.link(i, j).block;
  const std::int64_t left = world.ChargeWh(id) - network.link(i, j).energy_wh;
  if (left < NeededAt(world, j, at)) return true;
  if (network.scenario().vertiports[j.index()].chargers > 0) return false;
  for (int k = 0; k < network.vertiport_count(); ++k) {
    const VertiportId onward{k};
    const Link& link = network.link(j, onward);
    if (link.corridor < 0 || network.scenario().vertiports[onward.index()].chargers == 0) continue;
    if (ClosedDuring(world.state(), onward, at, at + link.block)) continue;
    if (left - link.energy_wh >= NeededAt(world, onward, at)) return false;
  }
  return true;
}

SimTime Midnight(SimTime time) { return SimTime{time.time_since_epoch() / kDay * kDay}; }

}  // namespace

Acceptance::Acceptance(const World& before, const Decision& decision) : decision_(decision) {
  LookAtAircraft(before);
  const VertiportId j = decision.action.destination;
  flight_ = decision.action.kind == ActionKind::kFly && before.HasVertiport(j) && j != origin_ &&
            before.network().link(origin_, j).corridor >= 0;
  if (flight_) LookAtFlight(before);
}

void Acceptance::LookAtAircraft(const World& before) {
  const WorldState& state = before.state();
  const AircraftState& aircraft = state.at(decision_.aircraft);
  const OperatingRules& rules = before.network().scenario().operations;
  origin_ = aircraft.vertiport;
  const bool flies = aircraft.airborne() || aircraft.phase == AircraftPhase::kCommitted;
  Set(GuardRule::kG2, flies);
  Set(GuardRule::kG6, !flies && (aircraft.phase != AircraftPhase::kReady ||
                                 !aircraft.serviceable() || aircraft.ready_at > state.now));
  const SimDuration time_of_day = state.now - Midnight(state.now);
  Set(GuardRule::kG9, time_of_day < rules.open_time.time_since_epoch() ||
                          time_of_day >= rules.close_time.time_since_epoch());
  Set(GuardRule::kG8, decision_.action.kind == ActionKind::kFly &&
                          rules.telemetry_max_age > SimDuration{} &&
                          state.now - aircraft.telemetry_at > rules.telemetry_max_age);
}

void Acceptance::LookAtFlight(const World& before) {
  const WorldState& state = before.state();
  const VertiportId j = decision_.action.destination;
  const SimTime from = std::max(state.now, state.at(decision_.aircraft).not_before);
  Set(GuardRule::kG1, StandsBroken(before, j));
  Set(GuardRule::kG3, EnergyBroken(before, decision_.aircraft, origin_, j, from));
  int passengers = 0;
  for (const TripId trip : decision_.boarding)
    if (const sim::Trip* known = before.FindTrip(trip)) passengers += known->passengers;
  Set(GuardRule::kG7, passengers > before.network().scenario().aircraft_type.seats);
  const SimTime last = from + 2 * kDay;
  route_known_closed_ = ClosedDuring(state, origin_, from, last) ||
                        ClosedDuring(state, j, from, last) ||
                        CorridorClosedDuring(state, origin_, j, from, last);
}

bool Acceptance::OnlySlotsCanForbid() const {
  return flight_ && !route_known_closed_ && !Breaks(GuardRule::kG1) && !Breaks(GuardRule::kG2) &&
         !Breaks(GuardRule::kG3) && !Breaks(GuardRule::kG6) && !Breaks(GuardRule::kG8);
}

absl::Status Acceptance::Judge(const World& after, const Verdict& verdict) const {
  const GuardRule rule = RuleOf(verdict.refusal);
  if (!verdict.accepted()) {
    const bool judged = rule == GuardRule::kG1 || rule == GuardRule::kG2 ||
                        rule == GuardRule::kG3 || rule == GuardRule::kG6 || rule == GuardRule::kG8;
    if (judged && !Breaks(rule))
      return Broken(NameOf(rule), " refused what it allows: ", NameOf(verdict.refusal));
    if (verdict.refusal == Refusal::kNoCorridor && flight_)
      return Broken("refused for want of a corridor that exists");
    return absl::OkStatus();
  }
  for (std::size_t k = 1; k < broken_.size(); ++k)
    if (broken_[k])
      return Broken(NameOf(static_cast<GuardRule>(k)), " broken by an accepted decision");
  if (decision_.action.kind == ActionKind::kHold) return absl::OkStatus();
  if (!flight_) return Broken("accepted a flight without a corridor");
  return JudgeTimes(after, verdict);
}

absl::Status Acceptance::JudgeTimes(const World& after, const Verdict& verdict) const {
  const WorldState& state = after.state();
  const OperatingRules& rules = after.network().scenario().operations;
  const VertiportId j = decision_.action.destination;
  const AircraftState& aircraft = state.at(decision_.aircraft);
  const SimTime from = std::max(state.now, aircraft.not_before);
  if (verdict.take_off < from || verdict.take_off > from + rules.max_take_off_wait)
    return Broken("G5 broken: take-off at ", ToMs(verdict.take_off), ", earliest ", ToMs(from));
  if (verdict.landing - verdict.take_off != after.network().link(origin_, j).block)
    return Broken("the landing is not a flight after the take-off");
  if (verdict.take_off > Midnight(state.now) + rules.close_time.time_since_epoch())
    return Broken("G9 broken: take-off after closing time");
  if (CorridorClosedDuring(state, origin_, j, verdict.take_off, verdict.landing) ||
      ClosedDuring(state, origin_, verdict.take_off, verdict.take_off + rules.movement) ||
      ClosedDuring(state, j, verdict.landing - rules.movement, verdict.landing))
    return Broken("G4 broken: the way is closed");
  for (int k = 0; k < aircraft.boarded_count; ++k) {
    const sim::Trip& trip = state.at(aircraft.boarded[static_cast<std::size_t>(k)]);
    if (trip.earliest > verdict.take_off || trip.latest < verdict.take_off)
      return Broken("G7 broken: boarded a party outside its window");
  }
  return absl::OkStatus();
}

}  // namespace skein::testing
