#include "sim/domain/scenario_changes.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sim/triangle.h"

namespace skein {
namespace {

using testing::HasSubstr;

// A day of clear weather, with fog (visibility 1 mile) from `from` to before `to`.
WeatherDay Fog(const char* date, std::size_t from, std::size_t to) {
  WeatherDay day{date, std::vector<int>(24, -1), std::vector<double>(24, 10)};
  for (std::size_t hour = from; hour < to; ++hour) day.visibility_sm[hour] = 1;
  return day;
}

Scenario FoggyTriangle() {
  Scenario scenario = Triangle();
  scenario.operations.close_time = SimTime{18 * kHour};
  scenario.weather = {"TEST", 1000, 3, {}};
  scenario.weather.days = {Fog("night", 0, 6), Fog("dawn", 4, 7), Fog("forenoon", 11, 12),
                           Fog("afternoon", 12, 20), Fog("clear", 0, 0)};
  scenario.weather.days.push_back(Fog("low ceiling", 0, 0));
  scenario.weather.days.back().ceiling_ft[8] = 999;
  return scenario;
}

TEST(ScenarioChangesTest, ChangeNothingByDefault) {
  const Scenario before = FoggyTriangle();
  const auto after = ApplyChanges({}, before);

  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->demand.requests_per_hour, before.demand.requests_per_hour);
  EXPECT_EQ(after->demand.intensity_sigma, before.demand.intensity_sigma);
  EXPECT_EQ(after->vertiports[0].chargers, before.vertiports[0].chargers);
  EXPECT_EQ(after->weather.days.size(), before.weather.days.size());
}

TEST(ScenarioChangesTest, ScaleChancesUpToOne) {
  Scenario scenario = Triangle();
  scenario.corridors[0].closure_probability = 0.02;
  scenario.corridors[1].closure_probability = 0.4;
  scenario.aircraft[0].failure_probability = 0.01;
  scenario.aircraft[1].failure_probability = 0.9;

  const auto after = ApplyChanges({.corridor_closure_factor = 3, .failure_factor = 2}, scenario);

  ASSERT_TRUE(after.ok());
  EXPECT_DOUBLE_EQ(after->corridors[0].closure_probability, 0.06);
  EXPECT_DOUBLE_EQ(after->corridors[1].closure_probability, 1);
  EXPECT_DOUBLE_EQ(after->aircraft[0].failure_probability, 0.02);
  EXPECT_DOUBLE_EQ(after->aircraft[1].failure_probability, 1);
}

TEST(ScenarioChangesTest, ScaleDemandAndSetItsHiddenScatter) {
  const auto after = ApplyChanges({.demand_factor = 1.5, .demand_sigma = 0.6}, Triangle());

  ASSERT_TRUE(after.ok());
  EXPECT_DOUBLE_EQ(after->demand.requests_per_hour[2], 1.5);
  EXPECT_DOUBLE_EQ(after->demand.requests_per_hour[0], 0);  // the diagonal
  EXPECT_DOUBLE_EQ(after->demand.intensity_sigma, 0.6);
}

TEST(ScenarioChangesTest, LeaveAChargerWhereThereWasOne) {
  Scenario scenario = Triangle();
  scenario.vertiports[0].chargers = 5;
  scenario.vertiports[1].chargers = 1;

  const auto half = ApplyChanges({.charger_factor = 0.5}, scenario);
  const auto none = ApplyChanges({.charger_factor = 0}, scenario);

  ASSERT_TRUE(half.ok() && none.ok());
  EXPECT_EQ(half->vertiports[0].chargers, 3);  // 2.5 rounded
  EXPECT_EQ(half->vertiports[1].chargers, 1);
  EXPECT_EQ(half->vertiports[2].chargers, 0);  // a vertistop stays one
  EXPECT_EQ(none->vertiports[0].chargers, 1);
}

TEST(ScenarioChangesTest, KeepDaysWithFogBetweenOpeningAndNoon) {
  const auto after = ApplyChanges({.foggy_mornings_only = true}, FoggyTriangle());

  ASSERT_TRUE(after.ok());
  std::vector<std::string> dates;
  for (const WeatherDay& day : after->weather.days) dates.push_back(day.date);
  EXPECT_THAT(dates, testing::ElementsAre("dawn", "forenoon", "low ceiling"));
}

TEST(ScenarioChangesTest, RefuseFogWhereThereIsNone) {
  const auto after = ApplyChanges({.foggy_mornings_only = true}, Triangle());

  EXPECT_EQ(after.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(after.status().message()), HasSubstr("foggyMorningsOnly"));
}

TEST(ScenarioChangesTest, GiveAllFaultsOfTheChanges) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Fault> faults = Validate(ScenarioChanges{.corridor_closure_factor = -1,
                                                             .failure_factor = 101,
                                                             .demand_factor = nan,
                                                             .demand_sigma = 3.5,
                                                             .charger_factor = HUGE_VAL});
  std::vector<std::string> fields;
  for (const Fault& fault : faults) fields.push_back(fault.field);
  EXPECT_THAT(fields, testing::ElementsAre("corridorClosureFactor", "failureFactor", "demandFactor",
                                           "demandSigma", "chargerFactor"));
  EXPECT_TRUE(Validate(ScenarioChanges{}).empty());
}

}  // namespace
}  // namespace skein
