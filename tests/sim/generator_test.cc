#include "sim/generator.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "gtest/gtest.h"

#include "sim/domain/reach.h"
#include "sim/domain/scenario_validate.h"
#include "sim/network.h"

namespace skein::sim {
namespace {

constexpr double kMetresPerMile = 1609.344;

Scenario Generate(std::uint64_t seed, const PaperOptions& options = {}) {
  absl::StatusOr<Scenario> scenario = GeneratePaper(seed, options);
  EXPECT_TRUE(scenario.ok()) << "SEED=" << seed << " " << std::string(scenario.status().message());
  return *std::move(scenario);
}

TEST(GeneratorTest, EverySeedAndSizeIsValid) {
  for (const auto& [vertiports, aircraft] :
       {std::pair{8, 40}, {3, 3}, {3, 1}, {5, 100}, {20, 120}, {64, 500}}) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Scenario scenario = Generate(seed, {vertiports, aircraft});
      EXPECT_EQ(scenario.vertiports.size(), static_cast<std::size_t>(vertiports));
      EXPECT_EQ(scenario.aircraft.size(), static_cast<std::size_t>(aircraft));
      EXPECT_TRUE(Validate(scenario).empty())
          << "SEED=" << seed << " SCENARIO=paper-" << vertiports << "x" << aircraft << " "
          << std::string(ToStatus(Validate(scenario)).message());
    }
  }
}

TEST(GeneratorTest, TheLargestSizesAreValid) {
  EXPECT_TRUE(Validate(Generate(1, {256, 4096})).empty());
  EXPECT_TRUE(Validate(Generate(1, {3, 4096})).empty());
}

TEST(GeneratorTest, IsAFunctionOfTheSeed) {
  const auto hash = [](std::uint64_t seed) { return (*Network::Create(Generate(seed)))->hash(); };

  EXPECT_EQ(hash(7), hash(7));
  EXPECT_NE(hash(7), hash(8));
}

// Pinned: another hash means that every published seed is another scenario.
TEST(GeneratorTest, KeepsItsScenarios) {
  EXPECT_EQ((*Network::Create(Generate(7)))->hash(), 8695059026978815163U);
}

TEST(GeneratorTest, KeepsTheRulesOfTheArea) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Scenario s = Generate(seed);
    for (const Vertiport& v : s.vertiports) {
      EXPECT_GE(std::min(v.x_m, v.y_m), 0);
      EXPECT_LE(std::max(v.x_m, v.y_m), std::llround(50 * kMetresPerMile));
    }
    for (const Corridor& c : s.corridors)
      EXPECT_GE(static_cast<double>(c.distance_m), 6 * kMetresPerMile - 1) << "SEED=" << seed;
    const Reach reach(s);
    EXPECT_GE(reach.flyable_pairs(), 34) << "SEED=" << seed;  // 60 % of 56 = 33.6
    EXPECT_TRUE(reach.StronglyConnected()) << "SEED=" << seed;
  }
}

TEST(GeneratorTest, KeepsTheConstantsOfTheTable) {
  const Scenario s = Generate(7);

  EXPECT_EQ(std::count_if(s.vertiports.begin(), s.vertiports.end(),
                          [](const Vertiport& v) { return v.chargers == 0; }),
            2);
  for (const Vertiport& v : s.vertiports) {
    EXPECT_EQ(v.stands, 10);
    EXPECT_TRUE(v.chargers == 6 || v.chargers == 0);
    EXPECT_EQ(v.pads, 2);
    EXPECT_LE(v.expected_delay, 6 * kMinute);
  }
  EXPECT_EQ(s.corridors.size(), 56U);
  EXPECT_NEAR(s.aircraft_type.cruise_m_per_s, 33.3045, 1e-4);     // 74.5 mph
  EXPECT_NEAR(s.aircraft_type.energy_wh_per_km, 1367.017, 1e-3);  // 2.2 kWh per mile
  EXPECT_EQ(s.fare.surge_index_factor, 12);
  for (std::size_t k = 0; k < s.aircraft.size(); ++k) {
    EXPECT_EQ(s.aircraft[k].vertiport.index(), k % 8);
    EXPECT_EQ(s.aircraft[k].initial_state_of_charge, 1);
    EXPECT_LE(s.aircraft[k].failure_probability, 0.005);
  }
}

TEST(GeneratorTest, TapersFromEightyPercentOn) {
  const std::vector<ChargeStep> curve = Generate(7).charging.curve;

  ASSERT_EQ(curve.size(), 11U);
  EXPECT_EQ(curve[0].power_w, 150'000);
  EXPECT_DOUBLE_EQ(curve[1].from_state_of_charge, 0.8);
  EXPECT_EQ(curve[1].power_w, 144'000);  // 96 % in the middle of the first of ten steps
  EXPECT_DOUBLE_EQ(curve[10].from_state_of_charge, 0.98);
  EXPECT_EQ(curve[10].power_w, 36'000);  // 24 %
}

TEST(GeneratorTest, ScalesDemandWithTheFleet) {
  for (const auto& [vertiports, aircraft] : {std::pair{8, 40}, {3, 3}, {20, 120}}) {
    const Scenario s = Generate(3, {vertiports, aircraft});
    const std::vector<double>& rates = s.demand.requests_per_hour;
    EXPECT_NEAR(std::accumulate(rates.begin(), rates.end(), 0.0), 37.5 * aircraft, 1e-6);
  }
}

TEST(GeneratorTest, AsksOnlyForFlyablePairs) {
  const Scenario s = Generate(5);
  const Reach reach(s);

  for (std::int32_t i = 0; i < 8; ++i) {
    for (std::int32_t j = 0; j < 8; ++j) {
      const bool asked = s.demand.requests_per_hour[static_cast<std::size_t>((i * 8 + j) * 12)] > 0;
      EXPECT_EQ(asked, reach.Flyable(VertiportId{i}, VertiportId{j}));
    }
  }
}

// Every pair follows one of four shapes; those into a centre peak four-fold at 08, out of it at 16.
TEST(GeneratorTest, PeaksTowardsTheCentresInTheMorning) {
  const Scenario s = Generate(7);
  int both = 0;
  int morning = 0;
  int evening = 0;
  int flat = 0;
  for (std::size_t pair = 0; pair < 64; ++pair) {
    const double* const rate = &s.demand.requests_per_hour[pair * 12];
    if (rate[0] == 0) continue;
    const bool am = std::abs(rate[2] / rate[0] - 4) < 1e-9;
    const bool pm = std::abs(rate[10] / rate[0] - 4) < 1e-9;
    ++(am && pm ? both : am ? morning : pm ? evening : flat);
  }

  // Three centres: 6 ordered pairs among them, 15 each way with the five others, 20 among those;
  // less the pairs that are not flyable.
  EXPECT_LE(both, 6);
  EXPECT_LE(morning, 15);
  EXPECT_LE(evening, 15);
  EXPECT_LE(flat, 20);
  EXPECT_GT(both, 0);
  EXPECT_GT(morning, 0);
  EXPECT_GT(evening, 0);
}

TEST(GeneratorTest, RefusesSizesOutOfRange) {
  for (const auto& [vertiports, aircraft] :
       {std::pair{2, 40}, {257, 40}, {8, 0}, {8, 4097}, {-1, -1}}) {
    EXPECT_EQ(GeneratePaper(1, {vertiports, aircraft}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace skein::sim
