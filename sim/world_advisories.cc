#include <algorithm>

#include "sim/archive.h"
#include "sim/guard.h"
#include "sim/world.h"

// Closures and restrictions, forecasts, and resources out of order.
namespace skein::sim {

void World::On(const AdvisoryIssued& event) {
  const auto place = std::lower_bound(
      state_.advisories.begin(), state_.advisories.end(), event.advisory.id,
      [](const AdvisoryState& known, AdvisoryId id) { return known.advisory.id < id; });
  const auto known = state_.advisories.insert(place, AdvisoryState{event.advisory, false});
  const Advisory advisory = event.advisory;
  AddTimer(advisory.end, TimerKind::kAdvisoryEnd, advisory.id.value);
  ChangeKnownClosures(advisory, 1);
  if (advisory.start <= state_.now) {
    Activate(*known);
  } else {
    AddTimer(advisory.start, TimerKind::kAdvisoryStart, advisory.id.value);
  }
  CancelClosedFlights(advisory);
}

void World::On(const AdvisoryWithdrawn& event) { RemoveAdvisory(event.advisory); }

AdvisoryState* World::FindAdvisory(AdvisoryId id) {
  for (AdvisoryState& known : state_.advisories)
    if (known.advisory.id == id) return &known;
  return nullptr;
}

void World::RemoveAdvisory(AdvisoryId id) {
  AdvisoryState* known = FindAdvisory(id);
  if (known == nullptr) return;  // it ended at the very time of its withdrawal
  const Advisory advisory = known->advisory;
  const bool active = known->active;
  state_.advisories.erase(state_.advisories.begin() + (known - state_.advisories.data()));
  ChangeKnownClosures(advisory, -1);
  if (active) Deactivate(advisory);
}

void World::ChangeKnownClosures(const Advisory& advisory, int change) {
  if (advisory.kind == AdvisoryKind::kVertiportClosed) {
    state_.at(advisory.vertiport).known_closures += change;
  } else if (advisory.kind == AdvisoryKind::kCorridorClosed) {
    const auto count = [&](VertiportId i, VertiportId j) {
      const int corridor = network_->link(i, j).corridor;
      if (corridor >= 0)
        state_.corridors[static_cast<std::size_t>(corridor)].known_closures += change;
    };
    count(advisory.vertiport, advisory.corridor_end);
    if (advisory.both_directions) count(advisory.corridor_end, advisory.vertiport);
  }
}

void World::Activate(AdvisoryState& known) {
  known.active = true;
  const Advisory advisory = known.advisory;
  VertiportState& at = state_.at(advisory.vertiport);
  switch (advisory.kind) {
    case AdvisoryKind::kCorridorClosed: break;
    case AdvisoryKind::kVertiportClosed:
      ++at.closed;
      TargetClosed(advisory.vertiport);
      break;
    case AdvisoryKind::kPadsClosed:
      at.pads_closed += advisory.count;
      ReplanPads(advisory.vertiport);
      break;
    case AdvisoryKind::kChargersClosed:
      at.chargers_closed += advisory.count;
      EvictChargers(advisory.vertiport);
      break;
  }
}

void World::Deactivate(const Advisory& advisory) {
  VertiportState& at = state_.at(advisory.vertiport);
  switch (advisory.kind) {
    case AdvisoryKind::kCorridorClosed: break;
    case AdvisoryKind::kVertiportClosed:
      if (--at.closed == 0) TargetReopened(advisory.vertiport);
      break;
    case AdvisoryKind::kPadsClosed: at.pads_closed -= advisory.count; break;
    case AdvisoryKind::kChargersClosed:
      at.chargers_closed -= advisory.count;
      FillChargers(advisory.vertiport);
      break;
  }
  WakeBlocked();
}

// Commitments that have not taken off and whose predicted interval meets the closure.
void World::CancelClosedFlights(const Advisory& advisory) {
  if (advisory.kind != AdvisoryKind::kVertiportClosed &&
      advisory.kind != AdvisoryKind::kCorridorClosed)
    return;
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k) {
    const AircraftState& aircraft = state_.aircraft[k];
    if (aircraft.phase == AircraftPhase::kCommitted &&
        !RouteOpen(*network_, state_, aircraft.vertiport, aircraft.destination, aircraft.take_off,
                   aircraft.landing))
      CancelFlight(AircraftId{static_cast<std::int32_t>(k)}, CancelReason::kClosed);
  }
}

void World::On(const ForecastPublished& event) {
  state_.forecast = std::make_shared<const std::vector<double>>(event.requests_per_hour);
  state_.fares =
      std::make_shared<const std::vector<std::int64_t>>(network_->FareTable(*state_.forecast));
  state_.forecast_hash = HashForecast(*state_.forecast);
}

void World::On(const ResourceOutOfOrder& event) {
  VertiportState& at = state_.at(event.vertiport);
  if (event.resource == Resource::kChargers) {
    at.chargers_out = event.count;
    EvictChargers(event.vertiport);
    FillChargers(event.vertiport);
    return;
  }
  at.stands_out = event.count;
  const int promised = StandCount(*network_, state_, event.vertiport) -
                       network_->scenario().vertiports[event.vertiport.index()].contingency_stands;
  if (at.on_ground + at.inbound > promised)
    NoteExcursion(GuardRule::kG1, AircraftId{}, event.vertiport, at.on_ground + at.inbound,
                  promised);
  CancelBeyondStands(event.vertiport);
  SettleBlockedPads(event.vertiport);
  WakeBlocked();
}

}  // namespace skein::sim
