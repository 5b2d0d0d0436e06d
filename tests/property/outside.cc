#include "tests/property/outside.h"

#include <algorithm>
#include <variant>

namespace skein::testing {
namespace {

using sim::AircraftState;
using sim::World;

// A telemetry report whose charge is filled in when it is sent.
constexpr std::int64_t kChargeNow = -1;

}  // namespace

Outside::Outside(std::shared_ptr<const sim::Network> network, std::uint64_t seed,
                 const Hostility& hostility)
    : network_(std::move(network)), day_(network_, seed), dice_(seed), hostility_(hostility) {
  const OperatingRules& rules = network_->scenario().operations;
  if (rules.telemetry_period > SimDuration{})
    telemetry_at_ = std::max(SimTime{}, rules.open_time - SimDuration{1000});
  if (hostility_.mean_gap < kDay)
    mischief_at_ = std::max(SimTime{}, rules.open_time - dice_.Between(SimDuration{}, kHour));
}

ExternalEvent Outside::Next(const World& world) {
  while (true) {
    const SimTime now = world.now();
    const AircraftId mover = NextMovement(world);
    const SimTime movement = mover.valid() ? reports_[mover.index()].at : kNever;
    const SimTime exogenous =
        next_exogenous_ < day_.events().size() ? day_.events()[next_exogenous_].time : kNever;
    const SimTime agenda = agenda_.empty() ? kNever : agenda_.begin()->first;
    const SimTime time =
        std::max(now, std::min({movement, exogenous, agenda, telemetry_at_, mischief_at_}));
    const SimTime stop = world.next_stop();
    const bool jumps = world.clock() == sim::ClockMode::kSystem && dice_.Chance(hostility_.jump);
    if (stop < time && !jumps) return {stop, TimeAdvanced{}};
    // The world's own reckoning is that of the latest event: bring it up to date first.
    if (time > now && !jumps && time != kNever && time <= stop) return {time, TimeAdvanced{}};
    if (time == kNever) return {std::min(stop, now + kHour), TimeAdvanced{}};
    if (telemetry_at_ <= time) {
      PlanTelemetry(world);
      continue;
    }
    std::optional<EventPayload> payload;
    if (agenda <= time) {
      payload = Popped(world);
    } else if (exogenous <= time) {
      payload = day_.events()[next_exogenous_++].payload;
      if (auto* request = std::get_if<TripRequested>(&*payload)) {
        request->trip.reset();  // bookings of our own shift the numbers
        request->earliest = std::max(request->earliest, time);
        request->latest = std::max(request->latest, request->earliest);
      }
    } else if (movement <= time) {
      payload = MovementOf(world, mover);
    } else {
      mischief_at_ = time + SimDuration{1} + dice_.Between(SimDuration{}, 2 * hostility_.mean_gap);
      payload = Mischief(world, time);
    }
    if (payload.has_value() && world.Check({time, *payload}).ok()) return {time, *payload};
  }
}

void Outside::DrawReport(const AircraftState& aircraft, SimTime now, Report& report) {
  report.drawn = true;
  report.phase = aircraft.phase;
  const bool on_ground = aircraft.phase == AircraftPhase::kCommitted;
  report.planned = on_ground ? aircraft.take_off : aircraft.landing;
  report.at = report.planned;
  report.wrong = dice_.Chance(hostility_.movement);
  if (report.planned == kNever) {  // overhead a closed vertiport: as a rule it waits
    const bool leaves = hostility_.movement > 0 && dice_.Chance(0.1);
    report.wrong = leaves;
    report.at = leaves ? now + dice_.Between(SimDuration{}, 20 * kMinute) : kNever;
    return;
  }
  if (report.wrong) {
    const double kind = dice_.Uniform();
    if (kind < 0.3) report.at -= dice_.Between(SimDuration{}, 8 * kMinute);
    if (kind >= 0.3 && kind < 0.7) report.at += dice_.Between(SimDuration{}, 15 * kMinute);
    if (kind >= 0.9 && on_ground) report.at = kNever;
  }
  // Not even a hostile world lands before the planned take-off.
  if (!on_ground && !aircraft.diverted)
    report.at = std::max(report.at, aircraft.take_off + SimDuration{1});
  if (report.at != kNever) report.at = std::max(report.at, now);
}

// The aircraft whose movement is reported first, if any is.
AircraftId Outside::NextMovement(const World& world) {
  const auto& fleet = world.state().aircraft;
  reports_.resize(fleet.size());
  AircraftId first;
  for (std::size_t k = 0; k < fleet.size(); ++k) {
    const AircraftState& aircraft = fleet[k];
    Report& report = reports_[k];
    const bool on_ground = aircraft.phase == AircraftPhase::kCommitted;
    if (!on_ground && !aircraft.airborne()) {
      report.drawn = false;
      continue;
    }
    const SimTime planned = on_ground ? aircraft.take_off : aircraft.landing;
    if (!report.drawn || report.phase != aircraft.phase || report.planned != planned)
      DrawReport(aircraft, world.now(), report);
    if (report.at == kNever) continue;
    if (!first.valid() || report.at < reports_[first.index()].at)
      first = AircraftId{static_cast<std::int32_t>(k)};
  }
  return first;
}

EventPayload Outside::MovementOf(const World& world, AircraftId id) {
  const AircraftState& aircraft = world.state().at(id);
  Report& report = reports_[id.index()];
  report.drawn = false;
  if (aircraft.airborne()) return LandingOf(world, id, report.wrong);
  if (report.wrong && dice_.Chance(0.1)) return CommitmentCancelled{id};
  if (!aircraft.delay_revealed) {
    const SimDuration delay = day_.Delay(aircraft.vertiport, aircraft.first_take_off);
    if (delay > SimDuration{}) return TakeOffDelayed{id, delay};
  }
  return TookOff{id};
}

EventPayload Outside::LandingOf(const World& world, AircraftId id, bool wrong) {
  const AircraftState& aircraft = world.state().at(id);
  const int landing = aircraft.landings + 1;
  if (day_.Fails(id, landing)) {
    Later(world.now(), AircraftFailed{id});
    Later(world.now() + day_.Repair(id, landing), AircraftReturnedToService{id});
  }
  Landed landed{id, aircraft.target, std::nullopt};
  if (wrong && dice_.Chance(0.3)) landed.vertiport = AnyVertiport();
  if (wrong && dice_.Chance(0.3)) landed.charge_wh = dice_.Below(network_->battery_wh + 1);
  return landed;
}

std::optional<EventPayload> Outside::Popped(const World& world) {
  EventPayload payload = std::move(agenda_.begin()->second);
  agenda_.erase(agenda_.begin());
  if (auto* report = std::get_if<AircraftReported>(&payload)) {
    if (!world.HasAircraft(report->aircraft)) return std::nullopt;
    if (report->charge_wh == kChargeNow)
      report->charge_wh = std::min(world.ChargeWh(report->aircraft), network_->battery_wh);
  }
  return payload;
}

void Outside::PlanTelemetry(const World& world) {
  for (std::size_t k = 0; k < world.state().aircraft.size(); ++k) {
    if (dice_.Chance(hostility_.missed_telemetry)) continue;
    Later(telemetry_at_, AircraftReported{AircraftId{static_cast<std::int32_t>(k)}, kChargeNow});
  }
  telemetry_at_ += network_->scenario().operations.telemetry_period;
}

ExternalEvent Outside::Nonsense(const World& world) {
  const SimTime now = world.now();
  const auto fleet = static_cast<std::int32_t>(world.state().aircraft.size());
  const VertiportId nowhere{network_->vertiport_count() + dice_.Int(0, 5)};
  const AircraftId nobody{fleet + dice_.Int(0, 5)};
  switch (dice_.Int(0, 9)) {
    case 0: return {now - SimDuration{1}, TimeAdvanced{}};
    case 1: return {now, TookOff{nobody}};
    case 2: return {now, Landed{nobody, VertiportId{0}, std::nullopt}};
    case 3: return {now, TripRequested{{}, nowhere, VertiportId{0}, 1, now, now, {}}};
    case 4:
      return {now,
              TripRequested{
                  {}, VertiportId{0}, VertiportId{1}, dice_.Chance(0.5) ? 0 : 99, now, now, {}}};
    case 5: return {now, AdvisoryWithdrawn{AdvisoryId{-5}}};
    case 6: return {now, ResourceOutOfOrder{VertiportId{0}, Resource::kStands, -1}};
    case 7: return {now, AircraftReported{AircraftId{0}, network_->battery_wh + 1}};
    case 8: return {now, ForecastPublished{{1.0}}};
    default: return {now, TakeOffDelayed{AircraftId{0}, SimDuration{0}}};
  }
}

}  // namespace skein::testing
