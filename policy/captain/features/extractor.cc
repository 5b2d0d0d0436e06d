#include "policy/captain/features/extractor.h"

#include <algorithm>

#include "policy/captain/features/scene.h"
#include "sim/world.h"

namespace skein::policy::captain {
namespace {

constexpr double kChargerWaitMaxH = 1;
constexpr double kReadyInMaxH = 2;

// Proximity when everything is open: (1 − closure probability) ÷ (1 + distance ÷ range), the mean
// of both directions; a direction without corridor counts 0.
std::vector<float> MakeCloseness(const sim::Network& network, double range_m) {
  const auto count = static_cast<std::size_t>(network.vertiport_count());
  std::vector<float> closeness(count * count, 0);
  for (std::size_t i = 0; i < count; ++i) closeness[i * count + i] = 1;
  const std::vector<Corridor>& corridors = network.scenario().corridors;
  for (const Corridor& corridor : corridors) {
    const std::size_t i = corridor.origin.index();
    const std::size_t j = corridor.destination.index();
    const auto half = static_cast<float>(0.5 * (1 - ClosureProbability(network, i, j)) /
                                         (1 + static_cast<double>(corridor.distance_m) / range_m));
    closeness[i * count + j] += half;
    closeness[j * count + i] += half;
  }
  return closeness;
}

}  // namespace

FeatureExtractor::FeatureExtractor(std::shared_ptr<const sim::Network> network)
    : network_(std::move(network)),
      curve_(network_->scenario().charging, network_->battery_wh),
      pairs_(MakePairCosts(*network_, curve_)),
      range_m_(static_cast<double>(network_->battery_wh) /
               network_->scenario().aircraft_type.energy_wh_per_km * 1000),
      seats_(network_->scenario().aircraft_type.seats),
      closeness_(MakeCloseness(*network_, range_m_)),
      demand_(*network_) {}

void FeatureExtractor::Extract(const DecisionPoint& point, Features* features) {
  const Observation& seen = *point.observation;
  const sim::WorldState& state = point.world->state();
  demand_.Update(state);
  fleet_.Update(*network_, seen, state);
  const Scene scene(*network_, seen, state, demand_.full_flight_cents());
  features->here = seen.vertiport.value;
  features->action_mask = seen.action_mask;
  FillVertiports(scene, &features->vertiports);
  FillAircraft(scene, features);
  FillEdges(scene, &features->edges);
  FillSeries(scene, &features->series);
  FillContext(scene, *features, &features->context);
  FillProximity(scene, &features->proximity);
}

void FeatureExtractor::FillVertiports(const Scene& scene, std::vector<VertiportRow>* rows) {
  const std::vector<Vertiport>& described = network_->scenario().vertiports;
  const Vertiport& own = described[scene.here];
  rows->resize(scene.count);
  for (std::size_t j = 0; j < scene.count; ++j) {
    const VertiportObservation& seen = scene.seen.vertiports[j];
    VertiportRow& row = (*rows)[j];
    row.here = j == scene.here ? 1 : 0;
    row.offset_x = Float(static_cast<double>(described[j].x_m - own.x_m) / range_m_);
    row.offset_y = Float(static_cast<double>(described[j].y_m - own.y_m) / range_m_);
    row.vertistop = described[j].chargers == 0 ? 1 : 0;
    row.closed = seen.closed ? 1 : 0;
    row.ground_share = Share(seen.on_ground, seen.stands);
    row.inbound_share = Share(seen.inbound, seen.stands);
    row.stands = Squash(seen.stands);
    row.charger_share = Share(seen.chargers, seen.stands);
    row.charging_share = Share(seen.charging, seen.chargers);
    row.charger_queue = Squash(seen.charger_queue);
    row.charger_wait = Float(std::min(kChargerWaitMaxH, scene.HoursUntil(seen.charger_free)));
    row.expected_delay = Float(Hours(seen.expected_delay));
    const double waiting = seen.waiting_passengers;
    row.waiting = Squash(waiting / seats_);
    const double ready_60 = fleet_.Rivals(j, 1) + (j == scene.here ? 1 : 0);
    row.ready_now = Squash(fleet_.Rivals(j, 0));
    row.ready_30_min = Squash(fleet_.Rivals(j, 0.5));
    row.ready_60_min = Squash(ready_60);
    const double out_60 = demand_.Out(j, scene.now_h, scene.now_h + 1);
    row.demand_out_30_min = Squash(demand_.Out(j, scene.now_h, scene.now_h + 0.5) / seats_);
    row.demand_out_60_min = Squash(out_60 / seats_);
    row.demand_out_120_min = Squash(demand_.Out(j, scene.now_h, scene.now_h + 2) / seats_);
    row.demand_in_60_min = Squash(demand_.In(j, scene.now_h, scene.now_h + 1) / seats_);
    const double wanted = waiting + out_60;
    const double offered = ready_60 * seats_;
    row.shortage_60_min = wanted + offered > 0 ? Float((wanted - offered) / (wanted + offered)) : 0;
    row.prospect = scene.Money(FindProspect(*network_, pairs_, demand_, scene.state,
                                            {.at = j,
                                             .now_h = scene.now_h,
                                             .in_h = 0,
                                             .charge_wh = network_->battery_wh,
                                             .rivals = 0})
                                   .cents_per_hour);
  }
}

void FeatureExtractor::FillAircraft(const Scene& scene, Features* features) const {
  const std::vector<Vertiport>& described = network_->scenario().vertiports;
  const std::span<const FleetTable::Row> fleet = fleet_.rows();
  features->aircraft.resize(fleet.size());
  features->aircraft_at.resize(fleet.size());
  for (std::size_t k = 0; k < fleet.size(); ++k) {
    const FleetTable::Row& from = fleet[k];
    const AircraftObservation& seen =
        scene.seen.aircraft_rows[static_cast<std::size_t>(from.aircraft)];
    const Vertiport& at = described[static_cast<std::size_t>(from.at)];
    AircraftRow& row = features->aircraft[k];
    row = AircraftRow{};
    if (from.aircraft == scene.seen.aircraft.value) {
      row.self = 1;
      features->self = static_cast<int>(k);
    }
    const Vertiport& own = described[scene.here];
    row.offset_x = Float(static_cast<double>(at.x_m - own.x_m) / range_m_);
    row.offset_y = Float(static_cast<double>(at.y_m - own.y_m) / range_m_);
    row.here = static_cast<std::size_t>(from.at) == scene.here ? 1 : 0;
    row.charge = scene.Charge(from.charge_wh);
    row.ready_in = Float(std::min(kReadyInMaxH, from.ready_in_h));
    switch (seen.phase) {
      case AircraftPhase::kReady: row.ready = 1; break;
      case AircraftPhase::kTurnaround: row.turnaround = 1; break;
      case AircraftPhase::kCommitted: row.committed = 1; break;
      case AircraftPhase::kEnRoute:
      case AircraftPhase::kHolding:
      case AircraftPhase::kDiverting: row.airborne = 1; break;
      default: row.out_of_service = 1; break;
    }
    row.failure_probability = 100 * seen.failure_probability;
    features->aircraft_at[k] = from.at;
  }
}

void FeatureExtractor::FillSeries(const Scene& scene, std::vector<SeriesRow>* rows) const {
  constexpr double kStepH = kSeriesStepMinutes / 60.0;
  rows->resize(scene.count * kSeriesSteps);
  std::size_t next = 0;
  for (std::size_t j = 0; j < scene.count; ++j) {
    for (int k = 0; k < kSeriesSteps; ++k) {
      const double from_h = scene.now_h + k * kStepH;
      const double to_h = from_h + kStepH;
      const double middle_h = from_h + kStepH / 2;
      SeriesRow& row = (*rows)[next++];
      row = SeriesRow{};
      row.open = Float(std::clamp((demand_.open_h() - from_h) / kStepH, 0.0, 1.0));
      if (row.open == 0) continue;
      row.demand_out = Squash(demand_.Out(j, from_h, to_h) / seats_);
      row.demand_in = Squash(demand_.In(j, from_h, to_h) / seats_);
      row.fare_out = scene.Money(demand_.FareOut(j, middle_h) * seats_);
      row.fare_in = scene.Money(demand_.FareIn(j, middle_h) * seats_);
      if (j == scene.here) continue;
      row.demand_pair = Squash(demand_.Pair(scene.pair(j), from_h, to_h) / seats_);
      row.fare_pair = scene.Money(demand_.FarePair(scene.pair(j), middle_h) * seats_);
    }
  }
}

void FeatureExtractor::FillProximity(const Scene& scene, std::vector<float>* proximity) const {
  *proximity = closeness_;
  for (std::size_t c = 0; c < scene.state.corridors.size(); ++c) {
    if (scene.state.corridors[c].known_closures == 0) continue;
    const Corridor& corridor = network_->scenario().corridors[c];
    const std::size_t i = corridor.origin.index();
    const std::size_t j = corridor.destination.index();
    (*proximity)[i * scene.count + j] = 0;
    (*proximity)[j * scene.count + i] = 0;
  }
  for (std::size_t i = 0; i < scene.count; ++i) {
    if (!scene.seen.vertiports[i].closed) continue;
    for (std::size_t j = 0; j < scene.count; ++j) {
      if (i == j) continue;
      (*proximity)[i * scene.count + j] = 0;
      (*proximity)[j * scene.count + i] = 0;
    }
  }
}

void FeatureExtractor::FillContext(const Scene& scene, const Features& features,
                                   ContextRow* row) const {
  const double aircraft = std::max(1.0, static_cast<double>(features.aircraft.size()));
  const double day_share = std::clamp(scene.now_h / demand_.open_h(), 0.0, 1.0);
  row->day_share = Float(day_share);
  row->day_share_squared = Float(day_share * day_share);
  row->time_left = scene.TimeLeft(scene.now_h);
  row->charge = scene.Charge(scene.seen.charge_wh);
  int waiting = 0;
  for (const VertiportObservation& vertiport : scene.seen.vertiports)
    waiting += vertiport.waiting_passengers;
  row->rivals_now = Squash(fleet_.Rivals(scene.here, 0));
  row->rivals_30_min = Squash(fleet_.Rivals(scene.here, 0.5));
  row->waiting_here = Squash(scene.seen.vertiports[scene.here].waiting_passengers / seats_);
  row->waiting_per_aircraft = Squash(waiting / seats_ / aircraft);
  row->demand_60_min = Squash(demand_.Total(scene.now_h, scene.now_h + 1) / seats_ / aircraft);
  row->demand_rest = Squash(demand_.Total(scene.now_h, demand_.open_h()) / seats_ / aircraft);
  double ready = 0;
  double ready_60 = 0;
  double out = 0;
  double charge = 0;
  for (std::size_t k = 0; k < features.aircraft.size(); ++k) {
    ready += features.aircraft[k].ready_in <= 0 ? 1 : 0;
    ready_60 += features.aircraft[k].ready_in <= 1 ? 1 : 0;
    out += features.aircraft[k].out_of_service;
    charge += features.aircraft[k].charge;
  }
  row->ready_share = Float(ready / aircraft);
  row->ready_60_min_share = Float(ready_60 / aircraft);
  row->out_of_service_share = Float(out / aircraft);
  row->charge_mean = Float(charge / aircraft);
  row->aircraft_per_vertiport = Squash(aircraft / static_cast<double>(scene.count));
  row->vertiports = Squash(static_cast<double>(scene.count));
  row->energy_price = scene.Money(scene.EnergyCents(network_->battery_wh));
  row->expected_delay = Float(Hours(network_->expected_delay(scene.seen.vertiport)));
  row->hold_time = Float(scene.hold_h);
  row->patience = Float(Hours(network_->scenario().demand.patience));
  double legal = 0;
  row->best_profit_per_hour = 0;
  row->best_two_flights = 0;
  for (const EdgeRow& edge : features.edges) {
    if (edge.legal == 0) continue;
    legal += 1 - edge.hold;
    row->best_profit_per_hour = std::max(row->best_profit_per_hour, edge.profit_per_hour);
    row->best_two_flights = std::max(row->best_two_flights, edge.two_flights);
  }
  row->legal_share = Float(legal / static_cast<double>(scene.count));
}

}  // namespace skein::policy::captain
