#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"

#include "tests/property/outside.h"

// What the outside world does to a network beyond its movements.
namespace skein::testing {
namespace {

using sim::AircraftState;
using sim::World;

}  // namespace

AircraftId Outside::AnyAircraft(const World& world) {
  return AircraftId{dice_.Below(static_cast<std::int32_t>(world.state().aircraft.size()))};
}

VertiportId Outside::AnyVertiport() {
  return VertiportId{dice_.Below(network_->vertiport_count())};
}

std::optional<EventPayload> Outside::Mischief(const World& world, SimTime now) {
  const double kind = dice_.Uniform();
  if (kind < 0.30) return NewAdvisory(now);
  if (kind < 0.40) return ChangeAdvisory(world, now);
  if (kind < 0.50) return Withdraw(now);
  if (kind < 0.60) return ServiceChange(world, now);
  if (kind < 0.70) return Cancellation(world);
  if (kind < 0.75) return FleetChange(world);
  if (kind < 0.88) return WrongCharge(world);
  if (kind < 0.99) return Booking(world, now);
  return Forecast();
}

std::optional<EventPayload> Outside::NewAdvisory(SimTime now) {
  Advisory advisory;
  advisory.id = AdvisoryId{next_advisory_++};
  advisory.vertiport = AnyVertiport();
  const SimDuration notice = dice_.Between(SimDuration{}, kHour);
  advisory.start = dice_.Chance(0.6) ? now : now + notice;
  advisory.end = advisory.start + dice_.Between(2 * kMinute, 90 * kMinute);
  const Vertiport& described = network_->scenario().vertiports[advisory.vertiport.index()];
  const double kind = dice_.Uniform();
  if (kind < 0.55) {
    advisory.kind = AdvisoryKind::kVertiportClosed;
  } else if (kind < 0.75) {
    advisory.kind = AdvisoryKind::kCorridorClosed;
    const auto links = network_->nearest(advisory.vertiport);
    if (links.empty()) return std::nullopt;
    advisory.corridor_end = links[dice_.Below(links.size())].destination;
    advisory.both_directions = dice_.Chance(0.5);
  } else if (kind < 0.9) {
    advisory.kind = AdvisoryKind::kPadsClosed;
    advisory.count = dice_.Int(1, described.pads);
  } else {
    if (described.chargers == 0) return std::nullopt;
    advisory.kind = AdvisoryKind::kChargersClosed;
    advisory.count = dice_.Int(1, described.chargers);
  }
  return AdvisoryIssued{advisory};
}

// Withdraws an advisory, or replaces it by one with another end.
std::optional<EventPayload> Outside::ChangeAdvisory(const World& world, SimTime now) {
  const auto& known = world.state().advisories;
  if (known.empty()) return std::nullopt;
  Advisory advisory = known[dice_.Below(known.size())].advisory;
  const AdvisoryId old = advisory.id;
  if (dice_.Chance(0.6)) {
    advisory.id = AdvisoryId{next_advisory_++};
    advisory.end = std::max(advisory.end, now) + dice_.Between(kMinute, kHour);
    Later(now, AdvisoryIssued{advisory});
    if (dice_.Chance(0.5)) return std::nullopt;  // both in force: they overlap
  }
  return AdvisoryWithdrawn{old};
}

std::optional<EventPayload> Outside::Withdraw(SimTime now) {
  const VertiportId at = AnyVertiport();
  const Vertiport& described = network_->scenario().vertiports[at.index()];
  const Resource resource = dice_.Chance(0.5) ? Resource::kStands : Resource::kChargers;
  const int most = resource == Resource::kStands ? described.stands : described.chargers;
  Later(now + dice_.Between(kMinute, kHour), ResourceOutOfOrder{at, resource, 0});
  return ResourceOutOfOrder{at, resource, dice_.Int(0, most)};
}

std::optional<EventPayload> Outside::ServiceChange(const World& world, SimTime now) {
  const AircraftId id = AnyAircraft(world);
  if (dice_.Chance(0.2)) return AircraftReturnedToService{id};
  Later(now + dice_.Between(kMinute, kHour), AircraftReturnedToService{id});
  if (dice_.Chance(0.5)) return AircraftGrounded{id};
  return AircraftFailed{id};
}

std::optional<EventPayload> Outside::Cancellation(const World& world) {
  const sim::WorldState& state = world.state();
  if (dice_.Chance(0.5)) {
    for (int k = 0; k < 20; ++k) {
      const AircraftId id = AnyAircraft(world);
      if (state.at(id).phase == AircraftPhase::kCommitted) return CommitmentCancelled{id};
    }
    return std::nullopt;
  }
  if (state.trips.empty()) return std::nullopt;
  const TripId trip{state.first_trip.value +
                    dice_.Below(static_cast<std::int64_t>(state.trips.size()))};
  return TripCancelled{trip};
}

std::optional<EventPayload> Outside::FleetChange(const World& world) {
  constexpr std::size_t kMostAircraft = 130;
  if (dice_.Chance(0.5) && world.state().aircraft.size() < kMostAircraft)
    return AircraftAdded{absl::StrCat("added-", ++added_), AnyVertiport(),
                         dice_.Below(network_->battery_wh + 1), 0.01};
  std::int64_t left = 0;
  for (const AircraftState& aircraft : world.state().aircraft)
    if (aircraft.phase != AircraftPhase::kRemoved) ++left;
  if (left < 2) return std::nullopt;
  return AircraftRemoved{AnyAircraft(world)};
}

std::optional<EventPayload> Outside::WrongCharge(const World& world) {
  const AircraftId id = AnyAircraft(world);
  if (!world.HasAircraft(id)) return std::nullopt;
  const double level = dice_.Chance(0.3) ? dice_.Uniform() : dice_.Between(0, 0.3);
  return AircraftReported{
      id, static_cast<std::int64_t>(level * static_cast<double>(network_->battery_wh))};
}

std::optional<EventPayload> Outside::Booking(const World& world, SimTime now) {
  TripRequested request;
  request.origin = AnyVertiport();
  request.destination = AnyVertiport();
  request.passengers = dice_.Int(1, network_->scenario().aircraft_type.seats);
  request.earliest = now + dice_.Between(SimDuration{}, dice_.Chance(0.2) ? kDay : 2 * kHour);
  request.latest = request.earliest + dice_.Between(SimDuration{}, kHour);
  if (dice_.Chance(0.2)) request.fare_cents_per_passenger = dice_.Below(20'000);
  if (dice_.Chance(0.2)) request.trip = world.state().next_trip();
  return request;
}

std::optional<EventPayload> Outside::Forecast() {
  std::vector<double> rates(network_->forecast().begin(), network_->forecast().end());
  const double factor = dice_.Between(0.5, 2);
  for (double& rate : rates) rate = std::min(rate * factor, 1e4);
  return ForecastPublished{std::move(rates)};
}

}  // namespace skein::testing
