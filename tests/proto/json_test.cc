#include "proto/codec/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "proto/codec/utf8.h"
#include "skein/v1/decision.pb.h"
#include "skein/v1/report.pb.h"
#include "skein/v1/scenario.pb.h"

namespace skein::codec {
namespace {

using testing::HasSubstr;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(JsonTest, PrintsZerosAndQuotes64BitIntegers) {
  v1::SourceNote note;
  EXPECT_EQ(ToJson(note), R"({"subject":"","provenance":"PROVENANCE_UNSPECIFIED","note":""})");

  v1::DisturbanceModel model;
  model.set_delay_max_ms(std::int64_t{1} << 60);
  model.set_repair_sigma(0.1);
  EXPECT_EQ(ToJson(model),
            R"({"delaySigmaMs":"0","delayMaxMs":"1152921504606846976","repairMeanMs":"0",)"
            R"("repairSigma":0.1,"closureMinMs":"0","closureMaxMs":"0"})");
}

TEST(JsonTest, KeepsDoublesExactly) {
  for (const double value :
       {0.1, 1.0 / 3, 1e-300, 4.9e-324, 1.7976931348623157e308, 2.5e15 + 0.5}) {
    v1::FareRule rule;
    rule.set_base_usd(value);
    v1::FareRule read;
    ASSERT_TRUE(FromJson(ToJson(rule), &read).ok());
    EXPECT_EQ(read.base_usd(), value);
  }
}

TEST(JsonTest, AcceptsNumbersFor64BitIntegers) {
  v1::AircraftType type;
  ASSERT_TRUE(FromJson(R"({"batteryWh": 110000, "blockOverheadMs": "180000"})", &type).ok());
  EXPECT_EQ(type.battery_wh(), 110000);
  EXPECT_EQ(type.block_overhead_ms(), 180000);
}

TEST(JsonTest, RefusesBadInputAndLeavesTheMessageAlone) {
  for (const char* json :
       {"", "{", "[]", "nonsense", R"({"title": "x")", R"({"title": "x"} {})", R"({"titel": "x"})",
        R"({"seats": 1.5})", R"({"seats": 4294967296})", R"({"seats": "many"})",
        R"({"batteryWh": "9223372036854775808"})", R"({"cruiseMPerS": 1e999})", R"({"title": 7})",
        "{\"title\": \"\xff\"}"}) {
    v1::AircraftType type;
    type.set_title("before");
    const absl::Status status = FromJson(json, &type);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << json;
    EXPECT_FALSE(status.message().empty()) << json;
    EXPECT_EQ(type.title(), "before") << json;
  }
}

TEST(JsonTest, NamesTheUnknownField) {
  v1::Scenario scenario;
  const absl::Status status =
      FromJson(R"({"vertiports": [{"name": "SFO"}, {"stnads": 3}]})", &scenario);
  EXPECT_THAT(MessageOf(status), HasSubstr("stnads"));
  EXPECT_THAT(MessageOf(status), HasSubstr("vertiports[1]"));
}

TEST(JsonTest, SurvivesDeepNesting) {
  v1::Scenario scenario;
  const std::string deep = R"({"vertiports": )" + std::string(100'000, '[');
  EXPECT_EQ(FromJson(deep, &scenario).code(), absl::StatusCode::kInvalidArgument);
}

TEST(ParseMessageTest, TellsTextFormatFromJson) {
  v1::Fly json;
  ASSERT_TRUE(ParseMessage("\n  {\"destination\": \"SFO\"}", &json).ok());
  EXPECT_EQ(json.destination(), "SFO");

  v1::Fly text;
  ASSERT_TRUE(ParseMessage("# a comment\ndestination: \"SFO\"", &text).ok());
  EXPECT_EQ(text.destination(), "SFO");
}

TEST(ParseMessageTest, SaysWhereTextFormatIsWrong) {
  v1::Fly fly;
  const absl::Status status = ParseMessage("\ndestinatoin: \"SFO\"", &fly);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(status), HasSubstr("line 2, column"));
  EXPECT_THAT(MessageOf(status), HasSubstr("destinatoin"));

  EXPECT_FALSE(ParseMessage("destination: \"a\" destination: \"b\"", &fly).ok());
  EXPECT_FALSE(ParseMessage(" \n ", &fly).ok());
}

TEST(ParseMessageTest, RefusesTextThatIsNotUtf8) {
  v1::Scenario scenario;
  const absl::Status status = ParseMessage("vertiports { title: \"a\\377\" }", &scenario);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MessageOf(status), "vertiports: title: is not UTF-8");
}

TEST(Utf8Test, KnowsTheLegalByteSequences) {
  for (const char* good : {"", "a", "é", "€", "𝄞", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(IsUtf8(good)) << good;
  for (const char* bad : {"\xFF", "\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xE2\x82", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xC3\xC3"})
    EXPECT_FALSE(IsUtf8(bad)) << bad;
}

TEST(ReadMessageFileTest, ReadsAFileAndNamesItInErrors) {
  const std::string path = testing::TempDir() + "/skein_json_test.json";
  std::ofstream(path) << R"({"destination": "SFO"})";
  v1::Fly fly;
  EXPECT_TRUE(ReadMessageFile(path, &fly).ok());
  EXPECT_EQ(fly.destination(), "SFO");

  std::ofstream(path) << R"({"destination": )";
  EXPECT_THAT(MessageOf(ReadMessageFile(path, &fly)), HasSubstr(path));
  std::ofstream(path) << "";
  EXPECT_THAT(MessageOf(ReadMessageFile(path, &fly)), HasSubstr("is empty"));
  std::filesystem::remove(path);
  EXPECT_EQ(ReadMessageFile(path, &fly).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadMessageFile(testing::TempDir(), &fly).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(fly.destination(), "SFO");
}

}  // namespace
}  // namespace skein::codec
