// The hindsight bound on many days: minutes of work, so it runs in the configuration Full.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "policy/planners/bound/bound.h"
#include "tests/policy/bound_cases.h"

namespace skein::testing {
namespace {

const policy::BoundOptions kHalfHours{.bin = kHour / 2, .charge_levels = 1};
const policy::ProgramOptions kCoarse{20 * kMinute, 3, {}};

TEST(BoundFullTest, NoPolicyExceedsItOnPaper) {
  for (const auto& [vertiports, aircraft] :
       std::vector<std::pair<int, int>>{{3, 4}, {5, 15}, {8, 40}, {12, 60}})
    for (std::uint64_t seed = 900'000; seed < 900'010; ++seed)
      EXPECT_EQ(FaultOfBound(Paper(seed, vertiports, aircraft), seed, kHalfHours), "");
}

TEST(BoundFullTest, NoPolicyExceedsItOverTheBay) {
  for (std::uint64_t seed = 900'000; seed < 900'020; ++seed)
    EXPECT_EQ(FaultOfBound(Sfbay(), seed, kHalfHours), "");
}

TEST(BoundFullTest, NoPolicyExceedsItOnDrawnScenarios) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    EXPECT_EQ(FaultOfBound(Drawn(seed), seed, kHalfHours), "");
}

TEST(BoundFullTest, LiesJustAboveTheBestOfAllSequencesOfDecisions) {
  std::vector<double> ratios;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const NetworkPtr network = Tiny(seed);
    const std::int64_t best = BestProfitCents(network, seed);
    const auto bound = policy::HindsightBound(network, seed);
    ASSERT_TRUE(bound.ok());
    EXPECT_GE(bound->bound_cents, best) << "SEED=" << seed;
    for (const std::string& name : PolicyNames())
      EXPECT_LE(Play(network, seed, name).profit_cents, best) << name << " SEED=" << seed;
    if (best > 0)
      ratios.push_back(static_cast<double>(bound->bound_cents) / static_cast<double>(best));
  }
  std::sort(ratios.begin(), ratios.end());
  const double median = ratios[ratios.size() / 2];
  std::printf("bound / optimum on %zu cases: median %.3f, largest %.3f\n", ratios.size(), median,
              ratios.back());
  EXPECT_LE(median, 1.10);
}

// Days on which each control must be noticed at least once.
struct Noticed {
  int landings_barred = 0;
  int rounded_up = 0;
  int diversions = 0;
  int cancellations = 0;
};

void ExpectFlownDaysFit(const NetworkPtr& network, std::uint64_t seed, Noticed* noticed) {
  for (const std::string& name : PolicyNames()) {
    const PlayedDay played = Play(network, seed, name);
    noticed->diversions += played.diversions > 0;
    noticed->cancellations += played.cancellations > 0;
    EXPECT_EQ(FaultOfFixedFlights(network, seed, played, kCoarse), "")
        << name << " SEED=" << seed << " SCENARIO=" << network->scenario().name;
    policy::ProgramOptions wrong = kCoarse;
    wrong.faults = {.closures_bar_landings = true, .durations_rounded_up = false};
    noticed->landings_barred += !FaultOfFixedFlights(network, seed, played, wrong).empty();
    wrong.faults = {.closures_bar_landings = false, .durations_rounded_up = true};
    noticed->rounded_up += !FaultOfFixedFlights(network, seed, played, wrong).empty();
  }
}

TEST(BoundFullTest, FlownDaysOfPaperFitAndControlsDoNot) {
  Noticed noticed;
  for (std::uint64_t seed = 900'000; seed < 900'005; ++seed)
    ExpectFlownDaysFit(Paper(seed, 8, 40), seed, &noticed);
  EXPECT_GT(noticed.rounded_up, 0);
  EXPECT_GT(noticed.cancellations, 0);
}

TEST(BoundFullTest, FlownDaysOverTheBayFitAndControlsDoNot) {
  Noticed noticed;
  for (std::uint64_t seed = 900'000; seed < 900'015; ++seed)
    ExpectFlownDaysFit(Sfbay(), seed, &noticed);
  EXPECT_GT(noticed.landings_barred, 0);
  EXPECT_GT(noticed.rounded_up, 0);
  EXPECT_GT(noticed.diversions, 0);
}

TEST(BoundFullTest, FlownDaysOfDrawnScenariosFit) {
  Noticed noticed;
  for (const std::uint64_t seed : {1, 2, 3, 5, 7, 8, 9, 10, 11, 12})
    ExpectFlownDaysFit(Drawn(seed), seed, &noticed);
  EXPECT_GT(noticed.rounded_up, 0);
}

}  // namespace
}  // namespace skein::testing
