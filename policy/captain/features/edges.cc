#include <algorithm>
#include <limits>

#include "policy/captain/features/scene.h"
#include "sim/world.h"

// What each action promises.
namespace skein::policy::captain {
namespace {

void FillRefusal(Refusal refusal, EdgeRow* row) {
  row->legal = refusal == Refusal::kNone ? 1 : 0;
  if (refusal == Refusal::kNone) return;
  switch (RuleOf(refusal)) {
    case GuardRule::kG1: row->refused_stand = 1; break;
    case GuardRule::kG3: row->refused_energy = 1; break;
    case GuardRule::kG4: row->refused_route = 1; break;
    default: row->refused_other = 1; break;
  }
}

// Sets `lead` of each legal row to its value less the best value of the other legal rows.
void FillLead(std::vector<EdgeRow>* rows, float EdgeRow::*value, float EdgeRow::*lead) {
  constexpr float kNone = -std::numeric_limits<float>::max();
  float best = kNone;
  float second = kNone;
  for (const EdgeRow& row : *rows) {
    if (row.legal == 0) continue;
    second = std::max(second, std::min(best, row.*value));
    best = std::max(best, row.*value);
  }
  for (EdgeRow& row : *rows) {
    const float other = row.*value == best ? second : best;
    row.*lead = row.legal == 0 || other == kNone ? 0 : row.*value - other;
  }
}

}  // namespace

void FeatureExtractor::FillEdges(const Scene& scene, std::vector<EdgeRow>* rows) {
  rows->assign(scene.count, EdgeRow{});
  for (std::size_t j = 0; j < scene.count; ++j) {
    EdgeRow& row = (*rows)[j];
    FillRefusal(scene.seen.destinations[j].refusal, &row);
    if (j == scene.here) {
      row.hold = 1;
      row.cycle_time = Float(scene.hold_h);
      row.charge_after = scene.Charge(scene.seen.charge_wh);
      row.patience_left = 1;
    } else if (pairs_[scene.pair(j)].exists) {
      FillFlight(scene, j, &row);
      FillQueue(scene, j, &row);
    }
    FillPromise(scene, j, &row);
  }
  FillLead(rows, &EdgeRow::profit_per_hour, &EdgeRow::profit_lead);
  FillLead(rows, &EdgeRow::two_flights, &EdgeRow::two_flights_lead);
}

// Time, energy and money of the flight.
void FeatureExtractor::FillFlight(const Scene& scene, std::size_t j, EdgeRow* row) const {
  const DestinationEstimate& seen = scene.seen.destinations[j];
  const PairCost& cost = pairs_[scene.pair(j)];
  const double wait_h = row->legal != 0 ? scene.HoursUntil(seen.take_off) : 0;
  const double cycle_h = wait_h + cost.cycle_h;
  row->block_time = Float(cost.block_h);
  row->cycle_time = Float(cycle_h);
  row->take_off_wait = Float(wait_h);
  row->energy_share = scene.Charge(cost.energy_wh);
  row->charge_after = scene.Charge(scene.seen.charge_wh) - row->energy_share;
  row->closure_probability = Float(ClosureProbability(*network_, scene.here, j));
  const double fare = demand_.FarePair(scene.pair(j), scene.now_h);
  row->fare = scene.Money(fare * seats_);
  row->margin = scene.Money((fare - cost.passenger_cents) * seats_);
  if (row->legal == 0) return;
  row->boarding = Float(seen.passengers / seats_);
  row->profit = scene.Money(static_cast<double>(seen.profit_cents()));
  row->profit_per_hour = Float(row->profit / cycle_h);
}

// Who waits for the flight, how long they still will, and who will come.
void FeatureExtractor::FillQueue(const Scene& scene, std::size_t j, EdgeRow* row) const {
  const DestinationEstimate& seen = scene.seen.destinations[j];
  const SimTime next_chance = scene.seen.now + network_->scenario().operations.hold;
  const SimDuration patience = network_->scenario().demand.patience;
  int expiring = 0;
  SimDuration first = patience;
  for (const TripId id : scene.state.waiting[scene.pair(j)]) {
    const sim::Trip& trip = scene.state.at(id);
    if (trip.latest < next_chance) expiring += trip.passengers;
    first = std::min(first, std::max(SimDuration{0}, trip.latest - scene.seen.now));
  }
  row->waiting = Squash(seen.waiting_passengers / seats_);
  row->left_behind = Squash((seen.waiting_passengers - seen.passengers) / seats_);
  row->expiring = Squash(expiring / seats_);
  row->patience_left = patience > SimDuration{0} ? Float(Hours(first) / Hours(patience)) : 1;
  row->arrivals_hold =
      Squash(demand_.Pair(scene.pair(j), scene.now_h, scene.now_h + scene.hold_h) / seats_);
  const std::size_t back = j * scene.count + scene.here;
  row->return_waiting = Squash(scene.state.waiting_passengers[back] / seats_);
}

// What the aircraft would find when it could leave again.
void FeatureExtractor::FillPromise(const Scene& scene, std::size_t j, EdgeRow* row) const {
  const VertiportObservation& at = scene.seen.vertiports[j];
  const int free = std::max(0, at.stands - at.on_ground - at.inbound);
  row->stand_margin = Share(free, at.stands);
  row->free_stands = Squash(free);
  row->charger_margin = std::max(
      -1.0F,
      Share(at.chargers - at.charging - at.charger_queue - at.inbound, std::max(1, at.chargers)));
  row->time_left = scene.TimeLeft(scene.now_h + row->cycle_time);
  if (j != scene.here && !pairs_[scene.pair(j)].exists) return;

  const double in_h = row->cycle_time;
  const std::int64_t after = j == scene.here
                                 ? scene.seen.charge_wh
                                 : scene.seen.charge_wh - pairs_[scene.pair(j)].energy_wh;
  std::int64_t charge = std::max<std::int64_t>(0, after);
  if (at.chargers > 0) {
    // On a charger from landing on, or all the time that it holds.
    const double charging_h = j == scene.here ? in_h : in_h - row->take_off_wait - row->block_time;
    const SimDuration charging{static_cast<std::int64_t>(charging_h * 3.6e6)};
    charge = curve_.After(charge * sim::kWattMsPerWh, std::max(SimDuration{0}, charging),
                          network_->charge_target_wh * sim::kWattMsPerWh) /
             sim::kWattMsPerWh;
  }
  const int rivals = fleet_.Rivals(j, in_h);
  const Prospect prospect = FindProspect(
      *network_, pairs_, demand_, scene.state,
      {.at = j, .now_h = scene.now_h, .in_h = in_h, .charge_wh = charge, .rivals = rivals});
  row->rivals = Squash(rivals);
  row->demand = Squash(prospect.passengers / seats_);
  row->demand_per_rival = Squash(prospect.passengers / seats_ / (1 + rivals));
  row->prospect = scene.Money(prospect.cents_per_hour);
  row->prospect_contested = scene.Money(prospect.contested_per_hour);
  const double next_h = prospect.contested_cycle_h > 0 ? prospect.contested_cycle_h : scene.hold_h;
  row->two_flights = Float((row->profit + scene.Money(prospect.contested_cents)) / (in_h + next_h));
}

}  // namespace skein::policy::captain
