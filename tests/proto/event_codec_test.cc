#include "proto/codec/event_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "proto/codec/json.h"
#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

using google::protobuf::FieldDescriptor;
using testing::HasSubstr;
using testing::SizeIs;

std::string TextFor(const FieldDescriptor& field) {
  if (field.name() == "aircraft") return "N02";
  if (field.name() == "name") return "N77";
  if (field.name() == "origin") return "OAK";
  return "SJC";
}

// One event of each kind, with all fields set.
std::vector<v1::Event> AllEvents() {
  std::vector<v1::Event> events;
  const auto& payload = *v1::Event::descriptor()->FindOneofByName("payload");
  for (int k = 0; k < payload.field_count(); ++k) {
    v1::Event event;
    event.set_time_ms(1000 + k);
    Fill(TextFor, event.GetReflection()->MutableMessage(&event, payload.field(k)));
    events.push_back(event);
  }
  return events;
}

absl::Status Decoded(const std::string& json) {
  v1::Event message;
  const absl::Status parsed = FromJson(json, &message);
  EXPECT_TRUE(parsed.ok()) << parsed;
  return DecodeEvent(message, SmallNames()).status();
}

TEST(EventCodecTest, EveryKindHasAMessage) {
  EXPECT_THAT(AllEvents(), SizeIs(std::variant_size_v<EventPayload>));
}

TEST(EventCodecTest, EveryFieldGoesThroughTheDomainUnchanged) {
  const Names names = SmallNames();
  for (const v1::Event& message : AllEvents()) {
    const absl::StatusOr<ExternalEvent> event = DecodeEvent(message, names);
    ASSERT_TRUE(event.ok()) << event.status();
    EXPECT_TRUE(
        google::protobuf::util::MessageDifferencer::Equals(EncodeEvent(*event, names), message))
        << message.DebugString();
  }
}

TEST(EventCodecTest, AbsentOptionalsStayAbsent) {
  v1::Event message;
  ASSERT_TRUE(FromJson(R"({"timeMs": 5, "tripRequested":
      {"origin": "SFO", "destination": "OAK", "passengers": 2, "earliestMs": 5, "latestMs": 9}})",
                       &message)
                  .ok());

  const ExternalEvent event = DecodeEvent(message, SmallNames()).value();

  const auto& trip = std::get<TripRequested>(event.payload);
  EXPECT_FALSE(trip.trip.has_value());
  EXPECT_FALSE(trip.fare_cents_per_passenger.has_value());
  EXPECT_EQ(trip.latest, TimeFromMs(9));
}

TEST(EventCodecTest, AnAdvisoryOfACorridorClosesBothDirectionsUnlessItSaysOtherwise) {
  v1::Advisory message;
  ASSERT_TRUE(FromJson(R"({"id": 3, "kind": "ADVISORY_KIND_CORRIDOR_CLOSED", "vertiport": "SFO",
      "corridorEnd": "SJC", "startMs": 1, "endMs": 2})",
                       &message)
                  .ok());
  EXPECT_TRUE(DecodeAdvisory(message, SmallNames())->both_directions);

  message.set_both_directions(false);
  EXPECT_FALSE(DecodeAdvisory(message, SmallNames())->both_directions);
}

TEST(EventCodecTest, NamesTheFieldThatIsWrong) {
  const struct {
    const char* json;
    const char* want;
  } cases[] = {
      {R"({})", "event.payload is not set"},
      {R"({"timeMs": "9223372036854775807", "timeAdvanced": {}})", "event.timeMs = 9223372036"},
      {R"({"timeMs": "-9223372036854775808", "timeAdvanced": {}})", "event.timeMs = -9223372036"},
      {R"({"landed": {"aircraft": "N01", "vertiport": "XX"}})",
       "event.landed.vertiport = \"XX\", want one of the network's vertiports"},
      {R"({"landed": {"aircraft": "N99", "vertiport": "SFO"}})",
       "event.landed.aircraft = \"N99\", want one of the network's aircraft"},
      {R"({"landed": {"aircraft": "N01", "vertiport": "SFO", "chargeWh": -1}})",
       "event.landed.chargeWh = -1"},
      {R"({"tookOff": {}})", "event.tookOff.aircraft = \"\""},
      {R"({"tookOff": {"aircraft": "N0\u0000"}})", "event.tookOff.aircraft = \"N0\\000\""},
      {R"({"takeOffDelayed": {"aircraft": "N01", "delayMs": -5}})",
       "event.takeOffDelayed.delayMs = -5"},
      {R"({"tripRequested": {"trip": 0, "origin": "SFO", "destination": "OAK"}})",
       "event.tripRequested.trip = 0"},
      {R"({"tripRequested": {"origin": "SFO", "destination": "OAK", "passengers": -2}})",
       "event.tripRequested.passengers = -2"},
      {R"({"tripRequested": {"origin": "SFO", "destination": "OAK", "fareCentsPerPassenger": -2}})",
       "event.tripRequested.fareCentsPerPassenger = -2"},
      {R"({"tripCancelled": {"trip": -4}})", "event.tripCancelled.trip = -4"},
      {R"({"forecastPublished": {"requestsPerHour": [1, "NaN"]}})",
       "event.forecastPublished.requestsPerHour[1] = nan"},
      {R"({"forecastPublished": {"requestsPerHour": [-0.5]}})",
       "event.forecastPublished.requestsPerHour[0] = -0.5"},
      {R"({"aircraftAdded": {"name": "N 3", "vertiport": "SFO"}})",
       "event.aircraftAdded.name = \"N 3\""},
      {R"({"aircraftAdded": {"name": "N3", "vertiport": "SFO", "failureProbability": "Infinity"}})",
       "event.aircraftAdded.failureProbability = inf"},
      {R"({"resourceOutOfOrder": {"vertiport": "SFO", "count": 1}})",
       "event.resourceOutOfOrder.resource = 0"},
      {R"({"advisoryIssued": {}})", "event.advisoryIssued.advisory.kind = 0"},
      {R"({"advisoryIssued": {"advisory": {"kind": "ADVISORY_KIND_VERTIPORT_CLOSED",
          "vertiport": "SFO", "corridorEnd": "OAK"}}})",
       "event.advisoryIssued.advisory.corridorEnd = \"OAK\""},
      {R"({"advisoryIssued": {"advisory": {"id": -1, "kind": "ADVISORY_KIND_VERTIPORT_CLOSED",
          "vertiport": "SFO"}}})",
       "event.advisoryIssued.advisory.id = -1"},
  };
  for (const auto& [json, want] : cases) {
    const absl::Status status = Decoded(json);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << json;
    EXPECT_THAT(std::string(status.message()), HasSubstr(want)) << json;
  }
}

TEST(EventCodecTest, RefusesEnumerationValuesOfAnotherVersion) {
  v1::Event message;
  message.mutable_resource_out_of_order()->set_vertiport("SFO");
  message.mutable_resource_out_of_order()->set_resource(static_cast<v1::Resource>(9));
  EXPECT_FALSE(DecodeEvent(message, SmallNames()).ok());

  v1::Advisory advisory;
  advisory.set_kind(static_cast<v1::AdvisoryKind>(9));
  advisory.set_vertiport("SFO");
  EXPECT_FALSE(DecodeAdvisory(advisory, SmallNames()).ok());
}

TEST(EventCodecTest, ReportsAllFaultsTogether) {
  const absl::Status status = Decoded(R"({"landed": {"aircraft": "x", "vertiport": "y"}})");
  EXPECT_THAT(std::string(status.message()), HasSubstr("event.landed.aircraft"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("event.landed.vertiport"));
}

TEST(EventCodecTest, BoundsTheErrorOfAHostileMessage) {
  v1::Event message;
  for (int k = 0; k < 100'000; ++k) message.mutable_forecast_published()->add_requests_per_hour(-1);
  const absl::Status status = DecodeEvent(message, SmallNames()).status();
  EXPECT_LT(status.message().size(), 200'000U);
}

}  // namespace
}  // namespace skein::codec
