#include <algorithm>

#include "sim/charging.h"
#include "sim/guard.h"
#include "sim/world.h"

// What policies see. Nothing here changes the world, and nothing allocates once the observation's
// buffers have grown to the size of the network.
namespace skein::sim {
namespace {

VertiportObservation ObserveVertiport(const Network& network, const WorldState& state,
                                      VertiportId id) {
  const Vertiport& described = network.scenario().vertiports[id.index()];
  const VertiportState& at = state.at(id);
  VertiportObservation row;
  row.stands = StandCount(network, state, id) - described.contingency_stands;
  row.on_ground = at.on_ground;
  row.inbound = at.inbound;
  row.chargers = std::max(0, described.chargers - at.chargers_out - at.chargers_closed);
  row.charging = static_cast<int>(at.charging.size());
  row.charger_queue = static_cast<int>(at.charger_queue.size());
  row.charger_free = row.chargers == 0 ? kNever : state.now;
  if (row.charging >= row.chargers && row.charging > 0) {
    row.charger_free = kNever;
    for (const AircraftId aircraft : at.charging)
      row.charger_free = std::min(row.charger_free, state.at(aircraft).target_charge_at);
  }
  row.expected_delay = network.expected_delay(id);
  row.waiting_passengers = at.waiting_passengers;
  row.closed = at.closed > 0;
  return row;
}

SimTime NextEventOf(const AircraftState& aircraft, SimTime now) {
  switch (aircraft.phase) {
    case AircraftPhase::kReady: return aircraft.open ? now : aircraft.hold_until;
    case AircraftPhase::kTurnaround: return aircraft.ready_at;
    case AircraftPhase::kCommitted: return aircraft.take_off;
    case AircraftPhase::kEnRoute:
    case AircraftPhase::kDiverting: return aircraft.landing;
    case AircraftPhase::kHolding: return aircraft.divert_timer;
    default: return kNever;
  }
}

}  // namespace

void World::Observe(AircraftId id, Observation* observation) const {
  const AircraftState& self = state_.at(id);
  observation->now = state_.now;
  observation->aircraft = id;
  observation->vertiport = self.vertiport;
  observation->charge_wh = ChargeWh(id);
  observation->decision_number = state_.decision_count;

  const std::size_t count = state_.vertiports.size();
  observation->action_mask.assign(count, 0);
  observation->destinations.assign(count, DestinationEstimate{});
  observation->vertiports.resize(count);
  const SimTime departure = EarliestDeparture(state_, id);
  const Refusal own = CheckAircraft(*network_, state_, id);
  for (std::size_t k = 0; k < count; ++k) {
    const VertiportId j{static_cast<std::int32_t>(k)};
    observation->vertiports[k] = ObserveVertiport(*network_, state_, j);
    DestinationEstimate& estimate = observation->destinations[k];
    if (j == self.vertiport) {
      estimate.refusal = CheckHold(*network_, state_, id);
    } else {
      estimate.waiting_passengers = state_.waiting_passengers[state_.pair(self.vertiport, j)];
      estimate.energy_wh = network_->link(self.vertiport, j).energy_wh;
      if (own != Refusal::kNone) {
        estimate.refusal = own;
      } else {
        const FlightCheck check =
            CheckFlight(*network_, state_, self.vertiport, j, observation->charge_wh, departure);
        estimate.refusal = check.refusal;
        estimate.take_off = check.take_off;
        estimate.landing = check.landing;
        if (check.refusal == Refusal::kNone) EstimateLoad(self.vertiport, j, &estimate);
      }
    }
    observation->action_mask[k] = estimate.refusal == Refusal::kNone;
  }

  observation->aircraft_rows.resize(state_.aircraft.size());
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    const AircraftState& aircraft = state_.aircraft[k];
    AircraftObservation& row = observation->aircraft_rows[k];
    row.phase = aircraft.phase;
    row.vertiport = aircraft.target.valid() ? aircraft.target : aircraft.vertiport;
    row.charge_wh = ChargeWh(AircraftId{static_cast<std::int32_t>(k)});
    row.next_event = NextEventOf(aircraft, state_.now);
    row.failure_probability = static_cast<float>(aircraft.failure_probability);
  }
}

DestinationEstimate World::Estimate(AircraftId id, VertiportId destination) const {
  const AircraftState& self = state_.at(id);
  DestinationEstimate estimate;
  estimate.refusal = CheckAircraft(*network_, state_, id);
  if (estimate.refusal != Refusal::kNone) return estimate;
  const FlightCheck check = CheckFlight(*network_, state_, self.vertiport, destination,
                                        ChargeWh(id), EarliestDeparture(state_, id));
  estimate.refusal = check.refusal;
  estimate.take_off = check.take_off;
  estimate.landing = check.landing;
  if (check.refusal == Refusal::kNone) EstimateLoad(self.vertiport, destination, &estimate);
  return estimate;
}

// Who would board by the boarding rule, and what the flight would earn.
void World::EstimateLoad(VertiportId i, VertiportId j, DestinationEstimate* estimate) const {
  const int seats = network_->scenario().aircraft_type.seats;
  for (const TripId id : state_.waiting[state_.pair(i, j)]) {
    const Trip& trip = state_.at(id);
    if (trip.earliest > estimate->take_off || estimate->passengers == seats) break;
    if (trip.latest < estimate->take_off || estimate->passengers + trip.passengers > seats)
      continue;
    estimate->passengers += trip.passengers;
    estimate->revenue_cents += trip.fare_cents_per_passenger * trip.passengers;
  }
  estimate->operating_cost_cents =
      (network_->passenger_cost_millicents(i, j) * estimate->passengers + 500) / 1000 +
      network_->flight_cost_cents(i, j);
  estimate->energy_cost_cents =
      EnergyCostCents(network_->link(i, j).energy_wh,
                      network_->energy_price[static_cast<std::size_t>(HourOf(estimate->landing))]);
}

}  // namespace skein::sim
