#include "cli/report/day_tracer.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "cli/report/trace_time.h"

namespace skein::cli {
namespace {

v1::ClosureKind KindOf(AdvisoryKind kind) {
  switch (kind) {
    case AdvisoryKind::kCorridorClosed: return v1::CLOSURE_KIND_CORRIDOR;
    case AdvisoryKind::kVertiportClosed: return v1::CLOSURE_KIND_VERTIPORT;
    case AdvisoryKind::kPadsClosed: return v1::CLOSURE_KIND_PADS;
    case AdvisoryKind::kChargersClosed: return v1::CLOSURE_KIND_CHARGERS;
  }
  return v1::CLOSURE_KIND_UNSPECIFIED;
}

}  // namespace

DayTracer::DayTracer(const sim::Network& network, std::string scenario, std::uint64_t seed,
                     std::string policy)
    : turnaround_(network.scenario().operations.turnaround) {
  const Scenario& from = network.scenario();
  trace_.set_scenario(std::move(scenario));
  trace_.set_title(from.title);
  trace_.set_seed(seed);
  trace_.set_policy(std::move(policy));
  trace_.set_open_s(ToTraceS(from.operations.open_time));
  trace_.set_close_s(ToTraceS(from.operations.close_time));
  for (const Vertiport& vertiport : from.vertiports) {
    v1::VertiportTrace& out = *trace_.add_vertiports();
    out.set_name(vertiport.name);
    out.set_title(vertiport.title);
    out.set_x_m(static_cast<std::int32_t>(vertiport.x_m));
    out.set_y_m(static_cast<std::int32_t>(vertiport.y_m));
    out.set_stands(vertiport.stands);
    out.set_chargers(vertiport.chargers);
  }
  vertiports_.resize(from.vertiports.size());
  boarded_.resize(from.aircraft.size());
  for (const Aircraft& one : from.aircraft) {
    Facts facts;
    facts.from = facts.to = one.vertiport;
    facts.charge_wh =
        std::llround(one.initial_state_of_charge * static_cast<double>(network.battery_wh));
    aircraft_.emplace_back(one.name, network.battery_wh, facts);
    vertiport(one.vertiport).on_ground.Add(SimTime{}, 1);
  }
}

void DayTracer::Watch(sim::EpisodeHooks* hooks) {
  const bool alone = hooks->effects == nullptr;
  if (alone) hooks->effects = &effects_;
  const auto take = [this, sink = hooks->effects, alone] {
    Take(*sink);
    if (alone) sink->clear();
  };
  hooks->on_event = [this, take, next = std::move(hooks->on_event)](const sim::World& world,
                                                                    const ExternalEvent& event) {
    take();
    TakeEvent(event);
    if (next) next(world, event);
  };
  hooks->on_decision = [take, next = std::move(hooks->on_decision)](const sim::World& world,
                                                                    const Decision& decision,
                                                                    const Verdict& verdict) {
    take();
    if (next) next(world, decision, verdict);
  };
}

v1::DayTrace DayTracer::Finish() {
  trace_.set_end_s(ToTraceS(now_));
  for (ActivityRecorder& one : aircraft_) *trace_.add_aircraft() = one.Finish(now_);
  for (int k = 0; k < trace_.vertiports_size(); ++k) {
    const VertiportRecorder& from = vertiports_[static_cast<std::size_t>(k)];
    v1::VertiportTrace& to = *trace_.mutable_vertiports(k);
    *to.mutable_waiting_passengers() = from.waiting_passengers.series();
    *to.mutable_aircraft_on_ground() = from.on_ground.series();
    *to.mutable_aircraft_charging() = from.charging.series();
  }
  *trace_.mutable_profit_usd() = profit_.series();
  *trace_.mutable_passengers_served() = served_.series();
  *trace_.mutable_passengers_lost() = lost_.series();
  return std::move(trace_);
}

void DayTracer::Take(const std::vector<TimedEffect>& effects) {
  for (const TimedEffect& effect : effects) {
    now_ = effect.time;
    std::visit([this](const auto& one) { On(one); }, effect.effect);
  }
}

void DayTracer::TakeEvent(const ExternalEvent& event) {
  now_ = event.time;
  if (const auto* failed = std::get_if<AircraftFailed>(&event.payload)) {
    ChangeService(failed->aircraft, true);
  } else if (const auto* grounded = std::get_if<AircraftGrounded>(&event.payload)) {
    ChangeService(grounded->aircraft, true);
  } else if (const auto* returned = std::get_if<AircraftReturnedToService>(&event.payload)) {
    ChangeService(returned->aircraft, false);
  } else if (const auto* issued = std::get_if<AdvisoryIssued>(&event.payload)) {
    AddClosure(issued->advisory);
  } else if (const auto* withdrawn = std::get_if<AdvisoryWithdrawn>(&event.payload)) {
    EndClosure(withdrawn->advisory, event.time);
  }
}

void DayTracer::AddClosure(const Advisory& advisory) {
  const bool corridor = advisory.kind == AdvisoryKind::kCorridorClosed;
  closures_[advisory.id.value] = trace_.closures_size();
  v1::ClosureTrace& closure = *trace_.add_closures();
  closure.set_kind(KindOf(advisory.kind));
  closure.set_vertiport(advisory.vertiport.value);
  closure.set_corridor_end(corridor ? advisory.corridor_end.value : advisory.vertiport.value);
  closure.set_start_s(ToTraceS(advisory.start));
  closure.set_end_s(ToTraceS(advisory.end));
}

void DayTracer::EndClosure(AdvisoryId id, SimTime time) {
  const auto found = closures_.find(id.value);
  if (found == closures_.end()) return;
  v1::ClosureTrace& closure = *trace_.mutable_closures(found->second);
  closure.set_end_s(std::max(closure.start_s(), ToTraceS(time)));
}

void DayTracer::ChangeService(AircraftId id, bool out_of_service) {
  Facts facts = aircraft(id).facts();
  facts.out_of_service = out_of_service;
  aircraft(id).Change(now_, facts);
}

void DayTracer::MoveWaiting(const std::vector<TripId>& trips, int sign) {
  for (const TripId trip : trips) {
    const Party& party = parties_.at(trip.value);
    vertiport(party.origin).waiting_passengers.Add(now_, sign * party.passengers);
  }
}

void DayTracer::On(const FlightCommitted& effect) {
  std::vector<TripId>& boarded = boarded_[effect.aircraft.index()];
  boarded = effect.boarded;
  MoveWaiting(boarded, -1);
  Facts facts = aircraft(effect.aircraft).facts();
  facts.committed = true;
  facts.to = effect.destination;
  facts.charge_wh = effect.charge_wh;
  for (const TripId trip : boarded) facts.passengers += parties_.at(trip.value).passengers;
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const FlightCancelled& effect) {
  MoveWaiting(boarded_[effect.aircraft.index()], 1);
  Facts facts = aircraft(effect.aircraft).facts();
  facts.committed = false;
  facts.to = facts.from;
  facts.passengers = 0;
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const FlightTookOff& effect) {
  profit_.Add(now_, effect.revenue_cents - effect.operating_cost_cents);
  Facts facts = aircraft(effect.aircraft).facts();
  facts.committed = false;
  facts.airborne = true;
  vertiport(facts.from).on_ground.Add(now_, -1);
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const FlightLanded& effect) {
  profit_.Add(now_, -effect.refund_cents);
  vertiport(effect.vertiport).on_ground.Add(now_, 1);
  Facts facts = aircraft(effect.aircraft).facts();
  facts.from = facts.to = effect.vertiport;
  facts.airborne = facts.holding = false;
  facts.ready_at = effect.blocks_pad ? kNever : now_ + turnaround_;
  facts.passengers = 0;
  facts.charge_wh = effect.charge_wh;
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const StandTaken& effect) {
  Facts facts = aircraft(effect.aircraft).facts();
  facts.ready_at = now_ + turnaround_;
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const HoldingStarted& effect) {
  Facts facts = aircraft(effect.aircraft).facts();
  facts.from = facts.to;
  facts.holding = true;
  facts.charge_wh.reset();
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const DiversionStarted& effect) {
  Facts facts = aircraft(effect.aircraft).facts();
  facts.from = facts.to;
  facts.to = effect.alternate;
  facts.holding = false;
  facts.charge_wh.reset();
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const EmergencyDeclared& effect) {
  Facts facts = aircraft(effect.aircraft).facts();
  if (effect.vertiport == facts.to) return;
  facts.from = facts.to;
  facts.to = effect.vertiport;
  facts.holding = false;
  facts.charge_wh.reset();
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const ChargingStarted& effect) {
  vertiport(effect.vertiport).charging.Add(now_, 1);
  Facts facts = aircraft(effect.aircraft).facts();
  facts.charging = true;
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const ChargingEnded& effect) {
  profit_.Add(now_, -effect.cost_cents);
  Facts facts = aircraft(effect.aircraft).facts();
  vertiport(facts.from).charging.Add(now_, -1);
  facts.charging = false;
  facts.charge_wh = effect.charge_wh;
  aircraft(effect.aircraft).Change(now_, facts);
}

void DayTracer::On(const TripAccepted& effect) {
  parties_[effect.trip.value] = {effect.origin, effect.passengers};
  vertiport(effect.origin).waiting_passengers.Add(now_, effect.passengers);
}

void DayTracer::On(const TripEnded& effect) {
  const Party party = parties_.at(effect.trip.value);
  if (effect.outcome == TripOutcome::kServed) {
    served_.Add(now_, party.passengers);
  } else if (effect.outcome != TripOutcome::kDiverted) {
    lost_.Add(now_, party.passengers);
    vertiport(party.origin).waiting_passengers.Add(now_, -party.passengers);
  }
}

void DayTracer::On(const DaySettled& effect) { profit_.Add(now_, -effect.cost_cents); }

}  // namespace skein::cli
