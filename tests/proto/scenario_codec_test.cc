#include "proto/codec/scenario_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "proto/codec/json.h"
#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::Contains;
using testing::Field;

// All fields set; the vertiports are V1 and V2.
v1::Scenario FilledScenario() {
  v1::Scenario message;
  Fill([](const auto& field) { return "the " + field.name(); }, &message);
  message.mutable_vertiports(0)->set_name("V1");
  message.mutable_vertiports(1)->set_name("V2");
  for (v1::Corridor& corridor : *message.mutable_corridors()) {
    corridor.set_origin("V1");
    corridor.set_destination("V2");
  }
  for (v1::Aircraft& aircraft : *message.mutable_aircraft()) aircraft.set_vertiport("V2");
  return message;
}

// A network of two vertiports that is valid.
v1::Scenario ValidScenario() {
  v1::Scenario message;
  const absl::Status status = FromJson(R"({
    "name": "two", "timeZone": "UTC",
    "vertiports": [{"name": "A", "stands": 4, "chargers": 2, "pads": 1},
                   {"name": "B", "stands": 4, "chargers": 2, "pads": 1}],
    "corridors": [{"origin": "A", "destination": "B", "distanceM": 30000},
                  {"origin": "B", "destination": "A", "distanceM": 30000}],
    "aircraft": [{"name": "N1", "vertiport": "A"}],
    "aircraftType": {"batteryWh": 110000, "cruiseMPerS": 33, "energyWhPerKm": 1000},
    "charging": {"curve": [{"powerW": 150000}]},
    "operations": {"openTimeMs": 21600000, "closeTimeMs": 28800000, "turnaroundMs": 480000,
                   "holdMs": 900000, "maxTakeOffWaitMs": 1800000, "movementMs": 90000,
                   "headwayMs": 90000},
    "cost": {"energyUsdPerKwh": [0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2,
                                 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]},
    "demand": {"requestsPerHour": [0, 0, 3, 4, 3, 4, 0, 0], "partySizeShare": [1],
               "patienceMs": 2400000},
    "disturbance": {"repairMeanMs": 7200000, "closureMinMs": 3600000, "closureMaxMs": 7200000}
  })",
                                       &message);
  EXPECT_TRUE(status.ok()) << status;
  return message;
}

auto FaultAt(const std::string& field) { return Contains(Field(&Fault::field, field)); }

TEST(ScenarioCodecTest, EveryFieldGoesThroughTheDomainAndJsonUnchanged) {
  const v1::Scenario message = FilledScenario();
  ASSERT_THAT(UnsetFields(message), testing::IsEmpty());

  v1::Scenario read;
  ASSERT_TRUE(FromJson(ToJson(message, JsonStyle::kPretty), &read).ok());
  const v1::Scenario again = EncodeScenario(DecodeScenarioAndFaults(read).scenario);

  MessageDifferencer differencer;
  std::string difference;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(message, again)) << difference;
}

TEST(ScenarioCodecTest, AValidScenarioComesBackEqualFromItsFile) {
  const absl::StatusOr<Scenario> scenario = DecodeScenario(ValidScenario());
  ASSERT_TRUE(scenario.ok()) << scenario.status();

  v1::Scenario file;
  ASSERT_TRUE(ParseMessage(ScenarioFile(*scenario), &file).ok());
  const absl::StatusOr<Scenario> again = DecodeScenario(file);

  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ScenarioFile(*again), ScenarioFile(*scenario));
  EXPECT_EQ(again->demand.requests_per_hour, scenario->demand.requests_per_hour);
  EXPECT_EQ(again->corridors[1].origin, VertiportId{1});
}

TEST(ScenarioCodecTest, AbsentFieldsKeepTheirDefaults) {
  const Scenario scenario = DecodeScenarioAndFaults(ValidScenario()).scenario;

  EXPECT_EQ(scenario.rules_version, kRulesVersion);
  EXPECT_EQ(scenario.aircraft_type.seats, 4);
  EXPECT_EQ(scenario.corridors[0].lanes, 1);
  EXPECT_EQ(scenario.aircraft[0].initial_state_of_charge, 1);
  EXPECT_EQ(scenario.energy.reserve, 0.1);
  EXPECT_TRUE(scenario.energy.alternate_required);
  EXPECT_EQ(scenario.charging.charge_target, 1);
  EXPECT_EQ(scenario.demand.interval, kHour);
  EXPECT_TRUE(scenario.vertiports[0].follows_station);
  EXPECT_EQ(scenario.fare.surge_index_factor, 12);
}

TEST(ScenarioCodecTest, ZeroIsNotTheDefaultOfAFieldWithAnother) {
  v1::Scenario message = ValidScenario();
  message.mutable_energy()->set_reserve(0);
  message.mutable_energy()->set_alternate_required(false);

  const Scenario scenario = DecodeScenarioAndFaults(message).scenario;

  EXPECT_EQ(scenario.energy.reserve, 0);
  EXPECT_FALSE(scenario.energy.alternate_required);
}

TEST(ScenarioCodecTest, ReportsAllFaultsWithTheirPaths) {
  v1::Scenario message = ValidScenario();
  message.mutable_corridors(1)->set_destination("X\n");
  message.mutable_aircraft(0)->set_vertiport("");
  message.mutable_vertiports(0)->set_latitude_deg(std::numeric_limits<double>::quiet_NaN());
  message.mutable_vertiports(1)->set_stands(-1);
  message.mutable_operations()->set_hold_ms(std::numeric_limits<std::int64_t>::max());
  message.mutable_demand()->set_requests_per_hour(3, std::numeric_limits<double>::infinity());
  message.mutable_cost()->set_per_landing_usd(-std::numeric_limits<double>::infinity());
  message.mutable_vertiports(0)->set_provenance(static_cast<v1::Provenance>(77));

  const std::vector<Fault> faults = DecodeScenarioAndFaults(message).faults;

  EXPECT_THAT(faults, FaultAt("corridors[1].destination"));
  EXPECT_THAT(faults, FaultAt("aircraft[0].vertiport"));
  EXPECT_THAT(faults, FaultAt("vertiports[0].latitudeDeg"));
  EXPECT_THAT(faults, FaultAt("vertiports[1].stands"));
  EXPECT_THAT(faults, FaultAt("operations.holdMs"));
  EXPECT_THAT(faults, FaultAt("demand.requestsPerHour[3]"));
  EXPECT_THAT(faults, FaultAt("cost.perLandingUsd"));
  EXPECT_THAT(faults, FaultAt("vertiports[0].provenance"));
}

TEST(ScenarioCodecTest, ReportsAFieldOnce) {
  v1::Scenario message = ValidScenario();
  message.mutable_aircraft(0)->set_vertiport("X");

  const absl::Status status = DecodeScenario(message).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            "aircraft[0].vertiport = \"X\", want one of the network's vertiports");
}

TEST(ScenarioCodecTest, RefusesNotANumberFromJson) {
  for (const char* value : {"\"NaN\"", "\"Infinity\"", "\"-Infinity\""}) {
    v1::Scenario message = ValidScenario();
    v1::FareRule fare;
    ASSERT_TRUE(FromJson(std::string("{\"baseUsd\": ") + value + "}", &fare).ok());
    *message.mutable_fare() = fare;
    EXPECT_THAT(DecodeScenarioAndFaults(message).faults, FaultAt("fare.baseUsd")) << value;
  }
}

TEST(ScenarioCodecTest, RefusesDuplicateAndIllegalNames) {
  v1::Scenario message = ValidScenario();
  message.mutable_vertiports(1)->set_name("A");
  message.mutable_aircraft(0)->set_name(std::string("N\0", 2));

  const std::vector<Fault> faults = DecodeScenarioAndFaults(message).faults;

  EXPECT_THAT(faults, FaultAt("vertiports[1].name"));
  EXPECT_THAT(faults, FaultAt("aircraft[0].name"));
}

TEST(ScenarioCodecTest, NamesTheFileInErrors) {
  const absl::Status status = ReadScenarioFile("/nowhere/at-all.json").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("/nowhere/at-all.json"));
}

TEST(ScenarioCodecTest, AnEmptyMessageIsRefusedNotACrash) {
  EXPECT_EQ(DecodeScenario(v1::Scenario()).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace skein::codec
