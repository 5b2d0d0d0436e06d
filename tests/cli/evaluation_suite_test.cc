#include "cli/evaluation/evaluation_suite.h"

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

absl::StatusOr<EvaluationSuite> Decode(const std::string& json, const std::string& folder = "") {
  v1::EvaluationSuite message;
  SKEIN_RETURN_IF_ERROR(codec::FromJson(json, &message));
  return DecodeSuite(message, folder);
}

std::string FaultsOf(const std::string& json) {
  const auto suite = Decode(json);
  EXPECT_EQ(suite.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(suite.status().message());
}

TEST(ShippedSuiteTest, EachIsValidAndOnFinalSeeds) {
  int suites = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SKEIN_SUITES)) {
    const auto suite = ReadSuiteFile(entry.path().string());
    ASSERT_TRUE(suite.ok()) << suite.status();
    EXPECT_EQ(suite->name, entry.path().stem().string());
    EXPECT_FALSE(suite->title.empty());
    for (const EvaluationSpec& spec : suite->evaluations) {
      EXPECT_GE(spec.first_seed, 1'000'000U) << spec.name;
      EXPECT_GE(spec.days, 20) << spec.name;
    }
    ++suites;
  }
  EXPECT_EQ(suites, 4);
}

TEST(SuiteTest, ReadsWhatIsGivenAndLeavesTheRestToTheScenario) {
  const auto suite = Decode(
      R"({"name": "s", "evaluations": [{"name": "e", "scenario": "paper", "firstSeed": "7",
          "days": 3, "aircraft": 20, "changes": {"demandSigma": 0.5}}]})");

  ASSERT_TRUE(suite.ok()) << suite.status();
  const EvaluationSpec& spec = suite->evaluations.at(0);
  EXPECT_EQ(spec.options.vertiports, std::nullopt);
  EXPECT_EQ(spec.options.aircraft, 20);
  EXPECT_EQ(spec.first_seed, 7U);
  EXPECT_EQ(spec.days, 3);
  EXPECT_EQ(spec.options.changes, ScenarioChanges{.demand_sigma = 0.5});
}

TEST(SuiteTest, GivesAllFaultsWithTheirPaths) {
  const std::string faults = FaultsOf(
      R"({"name": "a b", "evaluations": [
          {"name": "x", "scenario": "paper", "days": 0, "vertiports": 2},
          {"name": "x", "scenario": "metro:sfbay", "days": 1, "aircraft": 9},
          {"name": "", "scenario": "metro:mars", "days": 2000000, "changes": {"failureFactor": -1}},
          {"name": "end", "scenario": "paper:1", "days": 2, "firstSeed": "18446744073709551615"},
          {"name": "nowhere", "scenario": "metro:mars", "days": 1},
          {"name": "fogless", "scenario": "paper", "days": 1,
           "changes": {"foggyMorningsOnly": true}},
          {"name": "file", "scenario": "paper.json", "days": 1, "vertiports": 9}]})");

  EXPECT_THAT(
      faults,
      AllOf(HasSubstr("name = \"a b\", want"), HasSubstr("evaluations[0].days = 0, want [1, "),
            HasSubstr("evaluations[0].vertiports = 2, want [3, 256]"),
            HasSubstr("evaluations[1].name = \"x\", want a name used once"),
            HasSubstr("evaluations[1].aircraft = 9, want it left out"),
            HasSubstr("evaluations[2].name = \"\""), HasSubstr("evaluations[2].days = 2000000"),
            HasSubstr("evaluations[2].changes.failureFactor = -1, want [0, 100]"),
            HasSubstr("evaluations[3].firstSeed = 18446744073709551615, want at most "),
            HasSubstr("evaluations[4].scenario = \"metro:mars\" cannot be used")));
  EXPECT_THAT(faults, HasSubstr("evaluations[5].scenario = \"paper\" cannot be used: "
                                "foggyMorningsOnly = true"));
  EXPECT_THAT(faults, HasSubstr("evaluations[6].vertiports = 9, want it left out"));
}

TEST(SuiteTest, WantsAnEvaluation) {
  EXPECT_THAT(FaultsOf(R"({"name": "s"})"), HasSubstr("evaluations is empty, want at least 1"));
}

TEST(SuiteTest, RefusesUnknownFields) {
  EXPECT_THAT(FaultsOf(R"({"name": "s", "evaluation": []})"), HasSubstr("evaluation"));
}

TEST(SuiteTest, FindsScenarioFilesBesideItself) {
  const std::filesystem::path folder = std::filesystem::path(SKEIN_SUITES).parent_path();
  const auto suite = Decode(
      R"({"name": "s", "evaluations":
          [{"name": "e", "scenario": "../scenarios/sfbay.json", "days": 1}]})",
      folder.string());

  ASSERT_TRUE(suite.ok()) << suite.status();
  EXPECT_EQ(suite->evaluations[0].scenario, "../scenarios/sfbay.json");
  EXPECT_THAT(suite->evaluations[0].path, Not(testing::StartsWith("..")));
}

TEST(SuiteTest, SaysWhichFileIsMissing) {
  const auto suite = ReadSuiteFile(testing::TempDir() + "/none.json");

  EXPECT_EQ(suite.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(suite.status().message()), HasSubstr("none.json"));
}

}  // namespace
}  // namespace skein::cli
