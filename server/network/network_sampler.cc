#include "server/network/network_sampler.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sim/guard.h"

namespace skein::server {
namespace {

// The figures of a day that only grow, each named once.
constexpr std::int64_t DaySummary::*kGrowing[] = {
    &DaySummary::flights,           &DaySummary::reposition_flights,
    &DaySummary::requests,          &DaySummary::passengers_requested,
    &DaySummary::passengers_served, &DaySummary::passengers_lost,
    &DaySummary::diversions,        &DaySummary::passengers_diverted,
    &DaySummary::cancellations,     &DaySummary::emergency_landings,
    &DaySummary::wait_ms_sum,       &DaySummary::wait_passengers,
    &DaySummary::seats_flown,       &DaySummary::passengers_flown,
    &DaySummary::energy_wh,         &DaySummary::guard_violations,
};

void AddGrowth(const DaySummary& now, const DaySummary& before, DaySummary* growth) {
  for (const auto figure : kGrowing) growth->*figure += now.*figure - before.*figure;
}

// Movements that occupy a pad now, and aircraft that block one.
int PadsInUse(const sim::World& world, const sim::VertiportState& at) {
  const SimDuration movement = world.network().scenario().operations.movement;
  const auto occupies = [&world, movement](SimTime start) {
    return start <= world.now() && world.now() < start + movement;
  };
  const std::vector<SimTime>& starts = at.pads.starts();
  return at.blocked_pads + static_cast<int>(std::count_if(starts.begin(), starts.end(), occupies));
}

VertiportSample SampleOf(const sim::World& world, VertiportId id) {
  const Vertiport& vertiport = world.network().scenario().vertiports[id.index()];
  const sim::VertiportState& at = world.state().at(id);
  VertiportSample sample;
  sample.stands = sim::StandCount(world.network(), world.state(), id);
  sample.stands_occupied = at.on_ground - at.blocked_pads;
  sample.stands_reserved = at.inbound;
  sample.chargers = std::max(0, vertiport.chargers - at.chargers_out - at.chargers_closed);
  sample.chargers_in_use = static_cast<int>(at.charging.size());
  sample.charger_queue = static_cast<int>(at.charger_queue.size());
  sample.pads = std::max(0, vertiport.pads - at.pads_closed);
  sample.pads_in_use = PadsInUse(world, at);
  sample.waiting_passengers = at.waiting_passengers;
  sample.closed = at.closed > 0 ? 1 : 0;
  return sample;
}

bool HasStaleTelemetry(const sim::World& world, const sim::AircraftState& aircraft) {
  const SimDuration max_age = world.network().scenario().operations.telemetry_max_age;
  return max_age > SimDuration{} && world.state().is_open &&
         aircraft.phase != AircraftPhase::kRemoved && world.now() - aircraft.telemetry_at > max_age;
}

// It blocks a pad, or its charge takes it nowhere and nothing will charge it where it is.
bool IsStranded(const sim::World& world, AircraftId id, const VertiportSample& here) {
  const sim::AircraftState& aircraft = world.state().at(id);
  if (aircraft.phase == AircraftPhase::kBlockingPad) return true;
  const bool parked =
      aircraft.phase == AircraftPhase::kReady || aircraft.phase == AircraftPhase::kTurnaround;
  if (!parked || here.chargers > 0) return false;
  const std::int64_t charge_wh = world.ChargeWh(id);
  for (const sim::Link& link : world.network().nearest(aircraft.vertiport))
    if (charge_wh >= sim::ChargeNeeded(world.network(), world.state(), aircraft.vertiport,
                                       link.destination, world.now() + link.block))
      return false;
  return true;
}

void SampleAircraft(const sim::World& world, NetworkSample* sample) {
  const std::vector<sim::AircraftState>& fleet = world.state().aircraft;
  for (std::size_t k = 0; k < fleet.size(); ++k) {
    ++sample->aircraft[static_cast<std::size_t>(fleet[k].phase)];
    sample->stale_aircraft += HasStaleTelemetry(world, fleet[k]);
    if (fleet[k].phase == AircraftPhase::kRemoved) continue;
    VertiportSample& here = sample->vertiports[fleet[k].vertiport.index()];
    here.pad_queue += fleet[k].phase == AircraftPhase::kCommitted;
    sample->stranded_aircraft += IsStranded(world, AircraftId{static_cast<std::int32_t>(k)}, here);
  }
}

void SampleVertiports(const sim::World& world, NetworkSample* sample) {
  const std::vector<Vertiport>& vertiports = world.network().scenario().vertiports;
  for (std::size_t k = 0; k < vertiports.size(); ++k) {
    sample->vertiports.push_back(SampleOf(world, VertiportId{static_cast<std::int32_t>(k)}));
    sample->vertiport_names.push_back(vertiports[k].name);
    sample->waiting_passengers += sample->vertiports.back().waiting_passengers;
  }
}

void SampleClosures(const sim::World& world, NetworkSample* sample) {
  for (const sim::AdvisoryState& known : world.state().advisories) {
    auto& closures = known.active ? sample->closures_in_force : sample->closures_to_come;
    ++closures[static_cast<std::size_t>(known.advisory.kind)];
  }
}

}  // namespace

NetworkSampler::NetworkSampler(const sim::World& world)
    : forecast_watch_(world), counted_(world.today()) {
  counted_.guard_violations = 0;
}

void NetworkSampler::Count(const sim::World& world, std::span<const TimedEffect> effects) {
  for (const TimedEffect& effect : effects)
    if (const auto* excursion = std::get_if<Excursion>(&effect.effect))
      ++excursions_[static_cast<std::size_t>(excursion->rule)];
  forecast_watch_.Advance(world, &forecast_);
}

void NetworkSampler::CountRefusals(const std::array<std::int64_t, kGuardRuleCount>& refusals) {
  for (std::size_t k = 0; k < refusals.size(); ++k) refusals_[k] += refusals[k];
}

void NetworkSampler::CountDays(const sim::World& world) {
  const std::span<const DaySummary> settled = world.settled_days();
  auto next = settled.end();
  while (next != settled.begin() && std::prev(next)->day >= counted_.day) --next;
  for (; next != settled.end(); ++next) {
    AddGrowth(*next, counted_, &growth_);
    counted_ = DaySummary{};
    counted_.day = next->day + 1;
  }
  AddGrowth(world.today(), counted_, &growth_);
  counted_ = world.today();
}

void NetworkSampler::Take(const sim::World& world, NetworkSample* sample) {
  sample->time_ms = ToMs(world.now());
  sample->open_points = static_cast<std::int64_t>(world.open_points().size());
  if (!world.open_points().empty())
    sample->oldest_point_ms =
        ToMs(world.now()) - ToMs(world.state().at(world.open_points().front()).due);
  SampleVertiports(world, sample);
  SampleAircraft(world, sample);
  SampleClosures(world, sample);
  sample->profit_cents = world.profit_cents();
  sample->today = world.today();
  sample->landed_today = sample->today.min_charge_at_landing_wh >= 0;
  if (sample->landed_today)
    sample->lowest_margin_ratio =
        static_cast<double>(sample->today.min_charge_at_landing_wh - world.network().reserve_wh) /
        static_cast<double>(world.network().battery_wh);
  CountDays(world);
  sample->growth = std::exchange(growth_, {});
  sample->forecast = std::exchange(forecast_, {});
  sample->refusals = std::exchange(refusals_, {});
  sample->excursions = std::exchange(excursions_, {});
}

}  // namespace skein::server
