#include <optional>

#include "absl/strings/str_cat.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/field_checker.h"
#include "proto/codec/report_codec.h"
#include "server/base/reason.h"
#include "server/network/request_fields.h"
#include "server/network/use_cases.h"
#include "server/network/views.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

// Sources of one network; they are remembered as long as it lives.
constexpr std::size_t kMaxSources = 1024;

absl::Status UnknownTrip(std::int64_t trip) {
  return absl::NotFoundError(absl::StrCat("trip = ", trip, " is unknown"));
}

absl::Status CheckSource(const LiveNetwork& network, const std::string& source) {
  SKEIN_RETURN_IF_ERROR(codec::CheckId("item.source", source));
  if (source == kOperatorSource || source == kClockSource)
    return absl::InvalidArgumentError(
        absl::StrCat("item.source = ", source, " is kept for the service itself"));
  if (network.host().LastOf(source) == 0 && network.host().source_count() >= kMaxSources)
    return absl::ResourceExhaustedError(
        absl::StrCat("item.source: the network has ", kMaxSources, " sources already"));
  return absl::OkStatus();
}

absl::Status Ingest(LiveNetwork& network, const v1::IngestItem& item) {
  const std::int64_t last = network.host().LastOf(item.source());
  const std::int64_t sequence = item.source_sequence();
  if (sequence < 1)
    return absl::InvalidArgumentError(
        absl::StrCat("item.sourceSequence = ", sequence, ", want at least 1"));
  if (sequence <= last) return absl::OkStatus();  // a repeat
  if (sequence > last + 1)
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat("item.sourceSequence = ", sequence, ", want ", last + 1)),
                      kSourceSequenceGap);
  SKEIN_ASSIGN_OR_RETURN(ExternalEvent event,
                         codec::DecodeEvent(item.event(), network.names(), "item.event"));
  const bool stamped_here =
      network.world().clock() == sim::ClockMode::kSystem && item.event().time_ms() == 0;
  if (stamped_here) event.time = network.TimeOr(std::nullopt);
  return network.Apply(event, {item.source(), sequence});
}

// The aircraft that a request names.
absl::StatusOr<AircraftId> AircraftOf(const LiveNetwork& network, const std::string& name) {
  codec::FieldChecker check;
  const AircraftId id = check.AircraftNamed("aircraft", name, network.names());
  if (!check.ok()) return check.status();
  return id;
}

template <class Response>
Response WithProgress(const LiveNetwork& network) {
  Response response;
  *response.mutable_progress() = network.Progress(false);
  return response;
}

// The day that a request means: the latest that has begun, unless it names one.
const DaySummary* FindDay(const LiveNetwork& network, std::optional<int> day) {
  const sim::WorldState& state = network.world().state();
  const bool has_begun = state.today.day < state.next_day;
  if (!day.has_value())
    return has_begun || state.settled_days.empty() ? &state.today : &state.settled_days.back();
  if (*day == state.today.day) return &state.today;
  for (const DaySummary& settled : state.settled_days)
    if (settled.day == *day) return &settled;
  return nullptr;
}

}  // namespace

absl::StatusOr<v1::IngestEventResponse> IngestEvent(LiveNetwork& network,
                                                    const v1::IngestEventRequest& request) {
  const v1::IngestItem& item = request.item();
  SKEIN_RETURN_IF_ERROR(CheckSource(network, item.source()));
  if (item.has_event()) SKEIN_RETURN_IF_ERROR(Ingest(network, item));
  v1::IngestEventResponse response;
  response.mutable_result()->set_source(item.source());
  response.mutable_result()->set_last_source_sequence(network.host().LastOf(item.source()));
  *response.mutable_result()->mutable_progress() = network.Progress(item.want_digest());
  return response;
}

absl::StatusOr<v1::SubmitTripResponse> SubmitTrip(LiveNetwork& network,
                                                  const v1::SubmitTripRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  codec::FieldChecker check;
  TripRequested event;
  event.origin = check.VertiportNamed("origin", request.origin(), network.names());
  event.destination = check.VertiportNamed("destination", request.destination(), network.names());
  event.passengers = check.NotNegative("passengers", request.passengers());
  event.earliest =
      request.has_earliest_ms() ? check.Time("earliestMs", request.earliest_ms()) : time;
  event.latest = request.has_latest_ms()
                     ? check.Time("latestMs", request.latest_ms())
                     : event.earliest + network.world().network().scenario().demand.patience;
  if (request.has_fare_cents_per_passenger())
    event.fare_cents_per_passenger =
        check.NotNegative("fareCentsPerPassenger", request.fare_cents_per_passenger());
  if (!check.ok()) return check.status();
  const TripId id = network.world().state().next_trip();
  event.trip = id;
  SKEIN_RETURN_IF_ERROR(ApplyOperatorEvent(network, time, event, "tripRequested."));
  auto response = WithProgress<v1::SubmitTripResponse>(network);
  const std::optional<v1::Trip> trip = MakeTrip(network, id);
  if (!trip.has_value()) return absl::InternalError("the accepted trip is gone");
  *response.mutable_trip() = *trip;
  return response;
}

absl::StatusOr<v1::CancelTripResponse> CancelTrip(LiveNetwork& network,
                                                  const v1::CancelTripRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  const TripId id{request.trip()};
  const std::optional<v1::Trip> before = MakeTrip(network, id);
  if (!before.has_value()) return UnknownTrip(id.value);
  SKEIN_RETURN_IF_ERROR(ApplyOperatorEvent(network, time, TripCancelled{id}, "tripCancelled."));
  auto response = WithProgress<v1::CancelTripResponse>(network);
  // The trip of a day that has just been settled is forgotten.
  *response.mutable_trip() =
      MakeTrip(network, id).value_or(EndedTrip(*before, TripOutcome::kCancelled));
  return response;
}

absl::StatusOr<v1::GetTripResponse> GetTrip(LiveNetwork& network,
                                            const v1::GetTripRequest& request) {
  const std::optional<v1::Trip> trip = MakeTrip(network, TripId{request.trip()});
  if (!trip.has_value()) return UnknownTrip(request.trip());
  v1::GetTripResponse response;
  *response.mutable_trip() = *trip;
  return response;
}

absl::StatusOr<v1::GroundAircraftResponse> GroundAircraft(
    LiveNetwork& network, const v1::GroundAircraftRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  SKEIN_ASSIGN_OR_RETURN(const AircraftId id, AircraftOf(network, request.aircraft()));
  SKEIN_RETURN_IF_ERROR(
      ApplyOperatorEvent(network, time, AircraftGrounded{id}, "aircraftGrounded."));
  return WithProgress<v1::GroundAircraftResponse>(network);
}

absl::StatusOr<v1::ReturnAircraftResponse> ReturnAircraft(
    LiveNetwork& network, const v1::ReturnAircraftRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  SKEIN_ASSIGN_OR_RETURN(const AircraftId id, AircraftOf(network, request.aircraft()));
  SKEIN_RETURN_IF_ERROR(ApplyOperatorEvent(network, time, AircraftReturnedToService{id},
                                           "aircraftReturnedToService."));
  return WithProgress<v1::ReturnAircraftResponse>(network);
}

absl::StatusOr<v1::AddAircraftResponse> AddAircraft(LiveNetwork& network,
                                                    const v1::AddAircraftRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  codec::FieldChecker check;
  AircraftAdded event;
  event.name = check.IdText("aircraft", request.aircraft());
  if (network.names().FindAircraft(event.name).valid())
    check.Fail("aircraft", absl::StrCat("= ", codec::Quoted(event.name), " is in use"));
  event.vertiport = check.VertiportNamed("vertiport", request.vertiport(), network.names());
  event.charge_wh = check.NotNegative("chargeWh", request.charge_wh());
  event.failure_probability =
      check.NotNegative("failureProbability", request.failure_probability());
  if (!check.ok()) return check.status();
  SKEIN_RETURN_IF_ERROR(ApplyOperatorEvent(network, time, event, "aircraftAdded."));
  return WithProgress<v1::AddAircraftResponse>(network);
}

absl::StatusOr<v1::RemoveAircraftResponse> RemoveAircraft(
    LiveNetwork& network, const v1::RemoveAircraftRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  SKEIN_ASSIGN_OR_RETURN(const AircraftId id, AircraftOf(network, request.aircraft()));
  SKEIN_RETURN_IF_ERROR(ApplyOperatorEvent(network, time, AircraftRemoved{id}, "aircraftRemoved."));
  return WithProgress<v1::RemoveAircraftResponse>(network);
}

absl::StatusOr<v1::SetResourceOutOfOrderResponse> SetResourceOutOfOrder(
    LiveNetwork& network, const v1::SetResourceOutOfOrderRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  codec::FieldChecker check;
  ResourceOutOfOrder event;
  event.vertiport = check.VertiportNamed("vertiport", request.vertiport(), network.names());
  event.count = check.NotNegative("count", request.count());
  event.resource =
      request.resource() == v1::RESOURCE_CHARGERS ? Resource::kChargers : Resource::kStands;
  if (request.resource() != v1::RESOURCE_CHARGERS && request.resource() != v1::RESOURCE_STANDS)
    check.Fail("resource", absl::StrCat("= ", static_cast<int>(request.resource()),
                                        ", want RESOURCE_STANDS or RESOURCE_CHARGERS"));
  if (!check.ok()) return check.status();
  SKEIN_RETURN_IF_ERROR(ApplyOperatorEvent(network, time, event, "resourceOutOfOrder."));
  return WithProgress<v1::SetResourceOutOfOrderResponse>(network);
}

absl::StatusOr<v1::GetFleetResponse> GetFleet(LiveNetwork& network, const v1::GetFleetRequest&) {
  v1::GetFleetResponse response;
  *response.mutable_fleet() = MakeFleet(network);
  return response;
}

absl::StatusOr<v1::GetDaySummaryResponse> GetDaySummary(LiveNetwork& network,
                                                        const v1::GetDaySummaryRequest& request) {
  const DaySummary* day =
      FindDay(network, request.has_day() ? std::make_optional(request.day()) : std::nullopt);
  if (day == nullptr)
    return absl::NotFoundError(
        absl::StrCat("day = ", request.day(), " has not begun or is forgotten"));
  codec::DayReportContext context;
  context.battery_wh = network.world().network().battery_wh;
  // The digest is of the present state, so it belongs to the latest day only.
  if (day == FindDay(network, std::nullopt)) context.digest = network.world().Digest();
  v1::GetDaySummaryResponse response;
  *response.mutable_report() = codec::EncodeDayReport(*day, context);
  response.set_day(day->day);
  response.set_settled(day->settled);
  return response;
}

}  // namespace skein::server
