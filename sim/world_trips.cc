#include <algorithm>

#include "sim/world.h"

// Trip requests: their queues, fares and ends.
namespace skein::sim {

void World::On(const TripRequested& event) {
  const TripId id = state_.next_trip();
  Trip& trip = state_.trips.emplace_back();
  trip.origin = event.origin;
  trip.destination = event.destination;
  trip.passengers = event.passengers;
  trip.earliest = event.earliest;
  trip.latest = event.latest;
  trip.fare_cents_per_passenger = event.fare_cents_per_passenger.value_or(
      QuoteFare(event.origin, event.destination, event.earliest));
  state_.today.passengers_requested += trip.passengers;
  ++state_.today.requests;
  Emit(TripAccepted{id, trip.origin, trip.destination, trip.passengers,
                    trip.fare_cents_per_passenger});
  Enqueue(id);
  if (!state_.is_open && event.latest < NextOpen()) {
    EndWaiting(id, TripStatus::kClosingTime);
    return;
  }
  AddTimer(event.latest + SimDuration{1}, TimerKind::kTripExpiry, id.value);
  WakeAt(event.origin);
}

void World::On(const TripCancelled& event) {
  if (FindTrip(event.trip) == nullptr) return;  // forgotten by a settlement just before
  Trip& trip = state_.at(event.trip);
  if (trip.status == TripStatus::kBoarded) {
    AircraftState& aircraft = state_.at(trip.aircraft);
    const auto end = aircraft.boarded.begin() + aircraft.boarded_count;
    std::remove(aircraft.boarded.begin(), end, event.trip);
    --aircraft.boarded_count;
    aircraft.passengers -= trip.passengers;
    aircraft.fare_cents -= trip.fare_cents_per_passenger * trip.passengers;
    Enqueue(event.trip);
    trip.status = TripStatus::kWaiting;
  }
  if (trip.status == TripStatus::kWaiting) EndWaiting(event.trip, TripStatus::kCancelled);
}

std::int64_t World::QuoteFare(VertiportId i, VertiportId j, SimTime time) const {
  const auto intervals = static_cast<std::size_t>(network_->interval_count());
  return (*state_.fares)[state_.pair(i, j) * intervals +
                         static_cast<std::size_t>(network_->IntervalOf(time))];
}

void World::Enqueue(TripId id) {
  const Trip& trip = state_.at(id);
  const std::size_t pair = state_.pair(trip.origin, trip.destination);
  auto& queue = state_.waiting[pair];
  const auto before = [this](TripId a, TripId b) {
    return std::pair{state_.at(a).earliest, a} < std::pair{state_.at(b).earliest, b};
  };
  queue.insert(std::upper_bound(queue.begin(), queue.end(), id, before), id);
  state_.waiting_passengers[pair] += trip.passengers;
  state_.at(trip.origin).waiting_passengers += trip.passengers;
}

void World::Dequeue(TripId id) {
  const Trip& trip = state_.at(id);
  const std::size_t pair = state_.pair(trip.origin, trip.destination);
  std::erase(state_.waiting[pair], id);
  state_.waiting_passengers[pair] -= trip.passengers;
  state_.at(trip.origin).waiting_passengers -= trip.passengers;
}

void World::EndWaiting(TripId id, TripStatus status) {
  Dequeue(id);
  Trip& trip = state_.at(id);
  trip.status = status;
  state_.today.passengers_lost += trip.passengers;
  ++state_.today.requests_unserved;
  const TripOutcome outcome = status == TripStatus::kExpired     ? TripOutcome::kExpired
                              : status == TripStatus::kCancelled ? TripOutcome::kCancelled
                                                                 : TripOutcome::kClosingTime;
  Emit(TripEnded{id, outcome});
}

// After a cancelled commitment: back to its place, or lost if its time has passed.
void World::ReturnToQueue(TripId id) {
  Trip& trip = state_.at(id);
  trip.status = TripStatus::kWaiting;
  trip.aircraft = AircraftId{};
  Enqueue(id);
  if (trip.latest < state_.now) {
    EndWaiting(id, TripStatus::kExpired);
  } else if (!state_.is_open && trip.latest < NextOpen()) {
    EndWaiting(id, TripStatus::kClosingTime);
  } else {
    AddTimer(trip.latest + SimDuration{1}, TimerKind::kTripExpiry, id.value);
  }
}

}  // namespace skein::sim
