#include <cmath>
#include <string>

#include "sim/domain/scenario_validate.h"
#include "sim/guard.h"
#include "sim/world.h"

namespace skein::sim {
namespace {

constexpr SimDuration kLongestAhead = 7 * kDay;

absl::Status Invalid(const std::string& message) { return absl::InvalidArgumentError(message); }
absl::Status NotNow(const std::string& message) { return absl::FailedPreconditionError(message); }

bool IsName(const std::string& name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == '-';
    if (!good) return false;
  }
  return true;
}

}  // namespace

absl::Status World::CheckTime(SimTime time) const {
  if (time < state_.now)
    return NotNow(absl::StrCat("event.timeMs = ", ToMs(time), " lies in the past, want at least ",
                               ToMs(state_.now)));
  if (time - state_.now > kLongestAhead)
    return Invalid(absl::StrCat("event.timeMs = ", ToMs(time), ", want at most ",
                                ToMs(state_.now + kLongestAhead), " (seven days ahead)"));
  if (state_.clock == ClockMode::kSystem || time == state_.now) return absl::OkStatus();
  if (!state_.open_points.empty())
    return NotNow(absl::StrCat(
        "event.timeMs = ", ToMs(time), ": time may not advance while ", state_.open_points.size(),
        " decision points are open, the first for ", state_.at(state_.open_points.front()).name));
  if (time > next_stop())
    return NotNow(absl::StrCat("event.timeMs = ", ToMs(time), " jumps over a timer due at ",
                               ToMs(next_stop()), "; advance to that time first"));
  return absl::OkStatus();
}

absl::Status World::CheckPayload(const ExternalEvent& event) const {
  return std::visit([&](const auto& payload) { return CheckEvent(payload, event.time); },
                    event.payload);
}

absl::Status World::CheckAircraftId(AircraftId aircraft, const char* field) const {
  if (HasAircraft(aircraft)) return absl::OkStatus();
  return Invalid(absl::StrCat(field, " = ", aircraft.value, " names no aircraft of this network"));
}

absl::Status World::CheckVertiportId(VertiportId vertiport, const char* field) const {
  if (HasVertiport(vertiport)) return absl::OkStatus();
  return Invalid(absl::StrCat(field, " = ", vertiport.value, ", want [0, ",
                              state_.vertiports.size() - 1, "]"));
}

absl::Status World::CheckEvent(const TripRequested& event, SimTime time) const {
  SKEIN_RETURN_IF_ERROR(CheckVertiportId(event.origin, "event.tripRequested.origin"));
  SKEIN_RETURN_IF_ERROR(CheckVertiportId(event.destination, "event.tripRequested.destination"));
  const int seats = network_->scenario().aircraft_type.seats;
  if (event.trip.has_value() && *event.trip != state_.next_trip())
    return NotNow(absl::StrCat("event.tripRequested.trip = ", event.trip->value,
                               ", want the next number ", state_.next_trip().value));
  if (event.origin == event.destination)
    return Invalid("event.tripRequested.destination equals the origin");
  if (network_->link(event.origin, event.destination).corridor < 0)
    return Invalid("event.tripRequested.destination: no corridor leads there from the origin");
  if (event.passengers < 1 || event.passengers > seats)
    return Invalid(absl::StrCat("event.tripRequested.passengers = ", event.passengers,
                                ", want [1, ", seats, "]"));
  if (event.earliest < time || event.earliest - time > kLongestAhead)
    return Invalid(absl::StrCat("event.tripRequested.earliestMs = ", ToMs(event.earliest),
                                ", want [", ToMs(time), ", ", ToMs(time + kLongestAhead), "]"));
  if (event.latest < event.earliest || event.latest - event.earliest > kDay)
    return Invalid(absl::StrCat("event.tripRequested.latestMs = ", ToMs(event.latest), ", want [",
                                ToMs(event.earliest), ", ", ToMs(event.earliest + kDay), "]"));
  constexpr std::int64_t kMaxFare = 10'000'000;
  if (event.fare_cents_per_passenger.has_value() &&
      (*event.fare_cents_per_passenger < 0 || *event.fare_cents_per_passenger > kMaxFare))
    return Invalid(absl::StrCat("event.tripRequested.fareCentsPerPassenger = ",
                                *event.fare_cents_per_passenger, ", want [0, ", kMaxFare, "]"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const TripCancelled& event, SimTime) const {
  const Trip* trip = FindTrip(event.trip);
  if (trip == nullptr)
    return Invalid(absl::StrCat("event.tripCancelled.trip = ", event.trip.value, " is unknown"));
  if (trip->status != TripStatus::kWaiting && trip->status != TripStatus::kBoarded)
    return NotNow(
        absl::StrCat("event.tripCancelled.trip = ", event.trip.value, " has taken off or ended"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const TakeOffDelayed& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckAircraftId(event.aircraft, "event.takeOffDelayed.aircraft"));
  if (event.delay <= SimDuration{} || event.delay > kDay)
    return Invalid(absl::StrCat("event.takeOffDelayed.delayMs = ", event.delay.count(),
                                ", want [1, ", kDay.count(), "]"));
  if (state_.at(event.aircraft).phase != AircraftPhase::kCommitted)
    return NotNow(absl::StrCat("event.takeOffDelayed.aircraft ", state_.at(event.aircraft).name,
                               " has no commitment that waits for take-off"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const TookOff& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckAircraftId(event.aircraft, "event.tookOff.aircraft"));
  if (state_.at(event.aircraft).phase != AircraftPhase::kCommitted)
    return NotNow(absl::StrCat("event.tookOff.aircraft ", state_.at(event.aircraft).name,
                               " has no commitment that waits for take-off"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const Landed& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckAircraftId(event.aircraft, "event.landed.aircraft"));
  SKEIN_RETURN_IF_ERROR(CheckVertiportId(event.vertiport, "event.landed.vertiport"));
  if (event.charge_wh.has_value() &&
      (*event.charge_wh < 0 || *event.charge_wh > network_->battery_wh))
    return Invalid(absl::StrCat("event.landed.chargeWh = ", *event.charge_wh, ", want [0, ",
                                network_->battery_wh, "]"));
  if (!state_.at(event.aircraft).airborne())
    return NotNow(
        absl::StrCat("event.landed.aircraft ", state_.at(event.aircraft).name, " is not airborne"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const AircraftFailed& event, SimTime) const {
  return CheckAircraftId(event.aircraft, "event.aircraftFailed.aircraft");
}

absl::Status World::CheckEvent(const AircraftGrounded& event, SimTime) const {
  return CheckAircraftId(event.aircraft, "event.aircraftGrounded.aircraft");
}

absl::Status World::CheckEvent(const AircraftReturnedToService& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(
      CheckAircraftId(event.aircraft, "event.aircraftReturnedToService.aircraft"));
  if (state_.at(event.aircraft).serviceable())
    return NotNow(absl::StrCat("event.aircraftReturnedToService.aircraft ",
                               state_.at(event.aircraft).name, " is in service"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const AircraftReported& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckAircraftId(event.aircraft, "event.aircraftReported.aircraft"));
  if (event.charge_wh < 0 || event.charge_wh > network_->battery_wh)
    return Invalid(absl::StrCat("event.aircraftReported.chargeWh = ", event.charge_wh,
                                ", want [0, ", network_->battery_wh, "]"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const AdvisoryIssued& event, SimTime time) const {
  const Advisory& advisory = event.advisory;
  const std::string path = "event.advisoryIssued.advisory.";
  if (advisory.id.value < 0) return Invalid(path + "id is negative");
  for (const AdvisoryState& known : state_.advisories)
    if (known.advisory.id == advisory.id)
      return Invalid(absl::StrCat(path, "id = ", advisory.id.value, " is in use"));
  SKEIN_RETURN_IF_ERROR(
      CheckVertiportId(advisory.vertiport, "event.advisoryIssued.advisory.vertiport"));
  if (advisory.end <= advisory.start || advisory.end <= time ||
      advisory.end - time > 4 * kLongestAhead)
    return Invalid(absl::StrCat(path, "endMs = ", ToMs(advisory.end),
                                ", want after startMs and the event, at most 28 days ahead"));
  if (advisory.start < SimTime{}) return Invalid(path + "startMs is negative");
  if (advisory.kind == AdvisoryKind::kCorridorClosed) {
    SKEIN_RETURN_IF_ERROR(
        CheckVertiportId(advisory.corridor_end, "event.advisoryIssued.advisory.corridorEnd"));
    if (network_->link(advisory.vertiport, advisory.corridor_end).corridor < 0)
      return Invalid(path + "corridorEnd: there is no such corridor");
  }
  const Vertiport& vertiport = network_->scenario().vertiports[advisory.vertiport.index()];
  const bool pads = advisory.kind == AdvisoryKind::kPadsClosed;
  const int most = pads ? vertiport.pads : vertiport.chargers;
  if ((pads || advisory.kind == AdvisoryKind::kChargersClosed) &&
      (advisory.count < 1 || advisory.count > most))
    return Invalid(absl::StrCat(path, "count = ", advisory.count, ", want [1, ", most, "]"));
  constexpr std::size_t kMaxAdvisories = 4096;
  if (state_.advisories.size() >= kMaxAdvisories)
    return absl::ResourceExhaustedError(
        absl::StrCat(path, "id: ", kMaxAdvisories, " advisories are known already"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const AdvisoryWithdrawn& event, SimTime) const {
  for (const AdvisoryState& known : state_.advisories)
    if (known.advisory.id == event.advisory) return absl::OkStatus();
  return Invalid(absl::StrCat("event.advisoryWithdrawn.advisory = ", event.advisory.value,
                              " is neither in force nor to come"));
}

absl::Status World::CheckEvent(const ForecastPublished& event, SimTime) const {
  const std::vector<double>& rates = event.requests_per_hour;
  const std::string path = "event.forecastPublished.requestsPerHour";
  if (rates.size() != state_.forecast->size())
    return Invalid(
        absl::StrCat(path, " has ", rates.size(), " entries, want ", state_.forecast->size()));
  for (std::size_t k = 0; k < rates.size(); ++k) {
    if (!(rates[k] >= 0 && rates[k] <= kMaxRequestsPerHour))
      return Invalid(
          absl::StrCat(path, "[", k, "] = ", rates[k], ", want [0, ", kMaxRequestsPerHour, "]"));
  }
  // Planners draw days from the forecast, so that their memory grows with it.
  const double per_day = RequestsPerDay(rates, network_->scenario().demand.interval);
  if (per_day <= 0) return Invalid(path + " is zero everywhere");
  if (per_day > kMaxRequestsPerDay)
    return Invalid(absl::StrCat(path, " sums to ", per_day, " requests a day, want at most ",
                                kMaxRequestsPerDay));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const TimeAdvanced&, SimTime) const { return absl::OkStatus(); }

absl::Status World::CheckEvent(const AircraftAdded& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckVertiportId(event.vertiport, "event.aircraftAdded.vertiport"));
  if (!IsName(event.name))
    return Invalid("event.aircraftAdded.name: want 1 to 64 of the characters A-Z a-z 0-9 _ . -");
  for (const AircraftState& aircraft : state_.aircraft)
    if (aircraft.name == event.name)
      return Invalid(absl::StrCat("event.aircraftAdded.name = ", event.name, " is in use"));
  if (event.charge_wh < 0 || event.charge_wh > network_->battery_wh)
    return Invalid(absl::StrCat("event.aircraftAdded.chargeWh = ", event.charge_wh, ", want [0, ",
                                network_->battery_wh, "]"));
  if (!(event.failure_probability >= 0 && event.failure_probability <= 1))
    return Invalid(absl::StrCat(
        "event.aircraftAdded.failureProbability = ", event.failure_probability, ", want [0, 1]"));
  if (state_.aircraft.size() >= static_cast<std::size_t>(kMaxAircraft))
    return absl::ResourceExhaustedError(
        absl::StrCat("event.aircraftAdded: the network has ", kMaxAircraft, " aircraft already"));
  if (!StandFree(*network_, state_, event.vertiport))
    return NotNow(
        absl::StrCat("event.aircraftAdded.vertiport: ", Explain(Refusal::kNoStand).data()));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const AircraftRemoved& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckAircraftId(event.aircraft, "event.aircraftRemoved.aircraft"));
  const AircraftState& aircraft = state_.at(event.aircraft);
  if (aircraft.airborne() || aircraft.phase == AircraftPhase::kCommitted)
    return NotNow(absl::StrCat("event.aircraftRemoved.aircraft ", aircraft.name,
                               " has a commitment or is airborne"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const ResourceOutOfOrder& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckVertiportId(event.vertiport, "event.resourceOutOfOrder.vertiport"));
  const Vertiport& vertiport = network_->scenario().vertiports[event.vertiport.index()];
  const int most = event.resource == Resource::kStands ? vertiport.stands : vertiport.chargers;
  if (event.count < 0 || event.count > most)
    return Invalid(
        absl::StrCat("event.resourceOutOfOrder.count = ", event.count, ", want [0, ", most, "]"));
  return absl::OkStatus();
}

absl::Status World::CheckEvent(const CommitmentCancelled& event, SimTime) const {
  SKEIN_RETURN_IF_ERROR(CheckAircraftId(event.aircraft, "event.commitmentCancelled.aircraft"));
  if (state_.at(event.aircraft).phase != AircraftPhase::kCommitted)
    return NotNow(absl::StrCat("event.commitmentCancelled.aircraft ",
                               state_.at(event.aircraft).name,
                               " has no commitment that waits for take-off"));
  return absl::OkStatus();
}

}  // namespace skein::sim
