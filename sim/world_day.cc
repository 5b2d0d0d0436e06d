#include <algorithm>

#include "sim/charging.h"
#include "sim/guard.h"
#include "sim/world.h"

// Opening, closing and settling a local day. Rules: docs/world.md, "Day end".
namespace skein::sim {

SimTime World::NextOpen() const {
  return network_->scenario().operations.open_time + state_.next_day * kDay;
}

void World::OpenDay() {
  if (!state_.is_open && state_.next_day > 0 && state_.today.day < state_.next_day) {
    // Yesterday never ended, because a landing was not reported. Its books are closed all the same.
    SettleDay();
  }
  state_.is_open = true;
  state_.today.day = state_.next_day;
  ++state_.next_day;
  AddTimer(CloseTime(*network_, state_.now), TimerKind::kDayClose, state_.today.day);
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k)
    if (state_.aircraft[k].phase == AircraftPhase::kReady)
      OpenPoint(AircraftId{static_cast<std::int32_t>(k)});
}

void World::CloseDay() {
  state_.is_open = false;
  AddTimer(NextOpen(), TimerKind::kDayOpen, state_.next_day);
  for (const AircraftId id : state_.open_points) state_.at(id).open = false;
  state_.open_points.clear();
  for (AircraftState& aircraft : state_.aircraft) aircraft.hold_until = kNever;
  for (std::size_t k = 0; k < state_.trips.size(); ++k)
    if (state_.trips[k].status == TripStatus::kWaiting && state_.trips[k].latest < NextOpen())
      EndWaiting(TripId{state_.first_trip.value + static_cast<std::int64_t>(k)},
                 TripStatus::kClosingTime);
}

// A day is over when the network has closed and every flight has landed.
void World::SettleIfOver() {
  const bool ran = state_.next_day > 0 && state_.today.day == state_.next_day - 1;
  if (ran && !state_.is_open && state_.active_flights == 0) SettleDay();
}

// Bills running charging sessions and settles stored energy at the day's lowest price, both ways.
void World::SettleDay() {
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    AircraftState& aircraft = state_.aircraft[k];
    CountDownTime(aircraft, state_.now);
    if (aircraft.down_since != kNever) aircraft.down_since = state_.now;
    if (!aircraft.charging) continue;
    const AircraftId id{static_cast<std::int32_t>(k)};
    EndSession(id);
    if (aircraft.charge_wh < network_->charge_target_wh) StartSession(id);
  }
  const std::int64_t stored = StoredChargeWh();
  const std::int64_t gained = stored - state_.day_start_charge_wh;
  const std::int64_t cost = -EnergyCostCents(gained, network_->min_energy_price);
  state_.today.energy_cost_cents += cost;
  state_.profit_cents -= cost;
  state_.today.p95_wait_ms = P95WaitMs();
  state_.today.settled = true;
  state_.day_start_charge_wh = stored;
  Emit(DaySettled{gained, cost, state_.today.profit_cents()});
  if (state_.settled_days.size() == kSettledDaysKept)
    state_.settled_days.erase(state_.settled_days.begin());
  state_.settled_days.push_back(state_.today);
  const int next = state_.next_day;
  state_.today = DaySummary{};
  state_.today.day = next;
  state_.waits.clear();
  ForgetTrips();
}

// Trips that ended are forgotten, so that a network that runs for years does not grow.
void World::ForgetTrips() {
  std::size_t ended = 0;
  while (ended < state_.trips.size() && state_.trips[ended].status >= TripStatus::kServed) ++ended;
  state_.trips.erase(state_.trips.begin(), state_.trips.begin() + static_cast<long>(ended));
  state_.first_trip.value += static_cast<std::int64_t>(ended);
  // Trips booked for later days are counted as requested on the day they can fly.
  for (const Trip& trip : state_.trips) {
    if (trip.status >= TripStatus::kServed) continue;
    state_.settled_days.back().passengers_requested -= trip.passengers;
    --state_.settled_days.back().requests;
    state_.today.passengers_requested += trip.passengers;
    ++state_.today.requests;
  }
}

// The smallest wait that at least 95 % of the passengers did not exceed.
std::int64_t World::P95WaitMs() {
  std::sort(state_.waits.begin(), state_.waits.end(),
            [](const Wait& a, const Wait& b) { return a.ms < b.ms; });
  std::int64_t seen = 0;
  for (const Wait& wait : state_.waits) {
    seen += wait.passengers;
    if (seen * 100 >= state_.today.wait_passengers * 95) return wait.ms;
  }
  return 0;
}

}  // namespace skein::sim
