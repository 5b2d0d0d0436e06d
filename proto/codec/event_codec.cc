#include "proto/codec/event_codec.h"

#include <string>
#include <variant>

#include "proto/codec/field_checker.h"

namespace skein::codec {
namespace {

// Both enumerations list the same things in the same order; the message's has one more in front.
static_assert(static_cast<int>(AdvisoryKind::kCorridorClosed) + 1 ==
              v1::ADVISORY_KIND_CORRIDOR_CLOSED);
static_assert(static_cast<int>(AdvisoryKind::kVertiportClosed) + 1 ==
              v1::ADVISORY_KIND_VERTIPORT_CLOSED);
static_assert(static_cast<int>(AdvisoryKind::kPadsClosed) + 1 == v1::ADVISORY_KIND_PADS_CLOSED);
static_assert(static_cast<int>(AdvisoryKind::kChargersClosed) + 1 ==
              v1::ADVISORY_KIND_CHARGERS_CLOSED);
static_assert(v1::AdvisoryKind_MAX == v1::ADVISORY_KIND_CHARGERS_CLOSED);

// Fills in the payload of one event.
class Encoder {
 public:
  Encoder(const Names& names, v1::Event* out) : names_(names), out_(out) {}

  void operator()(const TripRequested& e) const {
    auto* m = out_->mutable_trip_requested();
    if (e.trip.has_value()) m->set_trip(e.trip->value);
    m->set_origin(names_.Of(e.origin));
    m->set_destination(names_.Of(e.destination));
    m->set_passengers(e.passengers);
    m->set_earliest_ms(ToMs(e.earliest));
    m->set_latest_ms(ToMs(e.latest));
    if (e.fare_cents_per_passenger.has_value())
      m->set_fare_cents_per_passenger(*e.fare_cents_per_passenger);
  }
  void operator()(const TripCancelled& e) const {
    out_->mutable_trip_cancelled()->set_trip(e.trip.value);
  }
  void operator()(const TakeOffDelayed& e) const {
    out_->mutable_take_off_delayed()->set_aircraft(names_.Of(e.aircraft));
    out_->mutable_take_off_delayed()->set_delay_ms(e.delay.count());
  }
  void operator()(const TookOff& e) const {
    out_->mutable_took_off()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const Landed& e) const {
    auto* m = out_->mutable_landed();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_vertiport(names_.Of(e.vertiport));
    if (e.charge_wh.has_value()) m->set_charge_wh(*e.charge_wh);
  }
  void operator()(const AircraftFailed& e) const {
    out_->mutable_aircraft_failed()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const AircraftGrounded& e) const {
    out_->mutable_aircraft_grounded()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const AircraftReturnedToService& e) const {
    out_->mutable_aircraft_returned_to_service()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const AircraftReported& e) const {
    out_->mutable_aircraft_reported()->set_aircraft(names_.Of(e.aircraft));
    out_->mutable_aircraft_reported()->set_charge_wh(e.charge_wh);
  }
  void operator()(const AdvisoryIssued& e) const {
    *out_->mutable_advisory_issued()->mutable_advisory() = EncodeAdvisory(e.advisory, names_);
  }
  void operator()(const AdvisoryWithdrawn& e) const {
    out_->mutable_advisory_withdrawn()->set_advisory(e.advisory.value);
  }
  void operator()(const ForecastPublished& e) const {
    out_->mutable_forecast_published()->mutable_requests_per_hour()->Add(
        e.requests_per_hour.begin(), e.requests_per_hour.end());
  }
  void operator()(const TimeAdvanced&) const { out_->mutable_time_advanced(); }
  void operator()(const AircraftAdded& e) const {
    auto* m = out_->mutable_aircraft_added();
    m->set_name(e.name);
    m->set_vertiport(names_.Of(e.vertiport));
    m->set_charge_wh(e.charge_wh);
    m->set_failure_probability(e.failure_probability);
  }
  void operator()(const AircraftRemoved& e) const {
    out_->mutable_aircraft_removed()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const ResourceOutOfOrder& e) const {
    auto* m = out_->mutable_resource_out_of_order();
    m->set_vertiport(names_.Of(e.vertiport));
    m->set_resource(e.resource == Resource::kStands ? v1::RESOURCE_STANDS : v1::RESOURCE_CHARGERS);
    m->set_count(e.count);
  }
  void operator()(const CommitmentCancelled& e) const {
    out_->mutable_commitment_cancelled()->set_aircraft(names_.Of(e.aircraft));
  }

 private:
  const Names& names_;
  v1::Event* out_;
};

// Makes a payload of one message; faults go to the checker.
class Decoder {
 public:
  Decoder(const Names& names, FieldChecker* check) : names_(names), check_(*check) {}

  EventPayload Decode(const v1::TripRequested& m) {
    const auto scope = check_.Enter("tripRequested");
    TripRequested e;
    if (m.has_trip()) e.trip = check_.Trip("trip", m.trip());
    e.origin = check_.VertiportNamed("origin", m.origin(), names_);
    e.destination = check_.VertiportNamed("destination", m.destination(), names_);
    e.passengers = check_.NotNegative("passengers", m.passengers());
    e.earliest = check_.Time("earliestMs", m.earliest_ms());
    e.latest = check_.Time("latestMs", m.latest_ms());
    if (m.has_fare_cents_per_passenger())
      e.fare_cents_per_passenger =
          check_.NotNegative("fareCentsPerPassenger", m.fare_cents_per_passenger());
    return e;
  }
  EventPayload Decode(const v1::TripCancelled& m) {
    const auto scope = check_.Enter("tripCancelled");
    return TripCancelled{check_.Trip("trip", m.trip())};
  }
  EventPayload Decode(const v1::TakeOffDelayed& m) {
    const auto scope = check_.Enter("takeOffDelayed");
    return TakeOffDelayed{AircraftOf(m), SimDuration{check_.NotNegative("delayMs", m.delay_ms())}};
  }
  EventPayload Decode(const v1::TookOff& m) {
    const auto scope = check_.Enter("tookOff");
    return TookOff{AircraftOf(m)};
  }
  EventPayload Decode(const v1::Landed& m) {
    const auto scope = check_.Enter("landed");
    Landed e{AircraftOf(m), check_.VertiportNamed("vertiport", m.vertiport(), names_), {}};
    if (m.has_charge_wh()) e.charge_wh = check_.NotNegative("chargeWh", m.charge_wh());
    return e;
  }
  EventPayload Decode(const v1::AircraftFailed& m) {
    const auto scope = check_.Enter("aircraftFailed");
    return AircraftFailed{AircraftOf(m)};
  }
  EventPayload Decode(const v1::AircraftGrounded& m) {
    const auto scope = check_.Enter("aircraftGrounded");
    return AircraftGrounded{AircraftOf(m)};
  }
  EventPayload Decode(const v1::AircraftReturnedToService& m) {
    const auto scope = check_.Enter("aircraftReturnedToService");
    return AircraftReturnedToService{AircraftOf(m)};
  }
  EventPayload Decode(const v1::AircraftReported& m) {
    const auto scope = check_.Enter("aircraftReported");
    return AircraftReported{AircraftOf(m), check_.NotNegative("chargeWh", m.charge_wh())};
  }
  EventPayload Decode(const v1::AdvisoryIssued& m) {
    const auto scope = check_.Enter("advisoryIssued");
    const auto inner = check_.Enter("advisory");
    return AdvisoryIssued{DecodeFields(m.advisory())};
  }
  EventPayload Decode(const v1::AdvisoryWithdrawn& m) {
    const auto scope = check_.Enter("advisoryWithdrawn");
    return AdvisoryWithdrawn{AdvisoryId{check_.NotNegative("advisory", m.advisory())}};
  }
  EventPayload Decode(const v1::ForecastPublished& m) {
    const auto scope = check_.Enter("forecastPublished");
    ForecastPublished e;
    e.requests_per_hour.reserve(static_cast<std::size_t>(m.requests_per_hour_size()));
    for (int k = 0; k < m.requests_per_hour_size(); ++k)
      e.requests_per_hour.push_back(
          check_.NotNegative("requestsPerHour", m.requests_per_hour(k), k));
    return e;
  }
  EventPayload Decode(const v1::TimeAdvanced&) { return TimeAdvanced{}; }
  EventPayload Decode(const v1::AircraftAdded& m) {
    const auto scope = check_.Enter("aircraftAdded");
    AircraftAdded e;
    e.name = check_.IdText("name", m.name());
    e.vertiport = check_.VertiportNamed("vertiport", m.vertiport(), names_);
    e.charge_wh = check_.NotNegative("chargeWh", m.charge_wh());
    e.failure_probability = check_.NotNegative("failureProbability", m.failure_probability());
    return e;
  }
  EventPayload Decode(const v1::AircraftRemoved& m) {
    const auto scope = check_.Enter("aircraftRemoved");
    return AircraftRemoved{AircraftOf(m)};
  }
  EventPayload Decode(const v1::ResourceOutOfOrder& m) {
    const auto scope = check_.Enter("resourceOutOfOrder");
    ResourceOutOfOrder e;
    e.vertiport = check_.VertiportNamed("vertiport", m.vertiport(), names_);
    e.resource = m.resource() == v1::RESOURCE_CHARGERS ? Resource::kChargers : Resource::kStands;
    if (m.resource() != v1::RESOURCE_CHARGERS && m.resource() != v1::RESOURCE_STANDS)
      check_.Fail("resource", absl::StrCat("= ", static_cast<int>(m.resource()),
                                           ", want RESOURCE_STANDS or RESOURCE_CHARGERS"));
    e.count = check_.NotNegative("count", m.count());
    return e;
  }
  EventPayload Decode(const v1::CommitmentCancelled& m) {
    const auto scope = check_.Enter("commitmentCancelled");
    return CommitmentCancelled{AircraftOf(m)};
  }

  Advisory DecodeFields(const v1::Advisory& m) {
    Advisory advisory;
    advisory.id = AdvisoryId{check_.NotNegative("id", m.id())};
    if (m.kind() == v1::ADVISORY_KIND_UNSPECIFIED || !v1::AdvisoryKind_IsValid(m.kind()))
      check_.Fail("kind", absl::StrCat("= ", static_cast<int>(m.kind()),
                                       ", want ADVISORY_KIND_CORRIDOR_CLOSED, _VERTIPORT_CLOSED, "
                                       "_PADS_CLOSED or _CHARGERS_CLOSED"));
    else
      advisory.kind = static_cast<AdvisoryKind>(static_cast<int>(m.kind()) - 1);
    advisory.vertiport = check_.VertiportNamed("vertiport", m.vertiport(), names_);
    if (m.kind() == v1::ADVISORY_KIND_CORRIDOR_CLOSED)
      advisory.corridor_end = check_.VertiportNamed("corridorEnd", m.corridor_end(), names_);
    else if (!m.corridor_end().empty())
      check_.Fail("corridorEnd", absl::StrCat("= ", Quoted(m.corridor_end()),
                                              ", want it empty unless a corridor is closed"));
    advisory.both_directions = m.has_both_directions() ? m.both_directions() : true;
    advisory.count = check_.NotNegative("count", m.count());
    advisory.start = check_.Time("startMs", m.start_ms());
    advisory.end = check_.Time("endMs", m.end_ms());
    return advisory;
  }

 private:
  template <class Message>
  AircraftId AircraftOf(const Message& m) {
    return check_.AircraftNamed("aircraft", m.aircraft(), names_);
  }

  const Names& names_;
  FieldChecker& check_;
};

EventPayload DecodePayload(const v1::Event& m, Decoder decoder, FieldChecker& check) {
  switch (m.payload_case()) {
    case v1::Event::kTripRequested: return decoder.Decode(m.trip_requested());
    case v1::Event::kTripCancelled: return decoder.Decode(m.trip_cancelled());
    case v1::Event::kTakeOffDelayed: return decoder.Decode(m.take_off_delayed());
    case v1::Event::kTookOff: return decoder.Decode(m.took_off());
    case v1::Event::kLanded: return decoder.Decode(m.landed());
    case v1::Event::kAircraftFailed: return decoder.Decode(m.aircraft_failed());
    case v1::Event::kAircraftGrounded: return decoder.Decode(m.aircraft_grounded());
    case v1::Event::kAircraftReturnedToService:
      return decoder.Decode(m.aircraft_returned_to_service());
    case v1::Event::kAircraftReported: return decoder.Decode(m.aircraft_reported());
    case v1::Event::kAdvisoryIssued: return decoder.Decode(m.advisory_issued());
    case v1::Event::kAdvisoryWithdrawn: return decoder.Decode(m.advisory_withdrawn());
    case v1::Event::kForecastPublished: return decoder.Decode(m.forecast_published());
    case v1::Event::kTimeAdvanced: return decoder.Decode(m.time_advanced());
    case v1::Event::kAircraftAdded: return decoder.Decode(m.aircraft_added());
    case v1::Event::kAircraftRemoved: return decoder.Decode(m.aircraft_removed());
    case v1::Event::kResourceOutOfOrder: return decoder.Decode(m.resource_out_of_order());
    case v1::Event::kCommitmentCancelled: return decoder.Decode(m.commitment_cancelled());
    case v1::Event::PAYLOAD_NOT_SET: break;
  }
  check.Fail("payload", "is not set, want one kind of event");
  return TimeAdvanced{};
}

}  // namespace

v1::Event EncodeEvent(const ExternalEvent& event, const Names& names) {
  v1::Event message;
  message.set_time_ms(ToMs(event.time));
  std::visit(Encoder(names, &message), event.payload);
  return message;
}

absl::StatusOr<ExternalEvent> DecodeEvent(const v1::Event& message, const Names& names,
                                          const char* root) {
  FieldChecker check(root);
  ExternalEvent event;
  event.time = check.Time("timeMs", message.time_ms());
  event.payload = DecodePayload(message, Decoder(names, &check), check);
  if (!check.ok()) return check.status();
  return event;
}

v1::Advisory EncodeAdvisory(const Advisory& advisory, const Names& names) {
  v1::Advisory message;
  message.set_id(advisory.id.value);
  message.set_kind(static_cast<v1::AdvisoryKind>(static_cast<int>(advisory.kind) + 1));
  message.set_vertiport(names.Of(advisory.vertiport));
  message.set_corridor_end(names.Of(advisory.corridor_end));
  message.set_both_directions(advisory.both_directions);
  message.set_count(advisory.count);
  message.set_start_ms(ToMs(advisory.start));
  message.set_end_ms(ToMs(advisory.end));
  return message;
}

absl::StatusOr<Advisory> DecodeAdvisory(const v1::Advisory& message, const Names& names,
                                        const char* root) {
  FieldChecker check(root);
  Advisory advisory = Decoder(names, &check).DecodeFields(message);
  if (!check.ok()) return check.status();
  return advisory;
}

}  // namespace skein::codec
