#include "policy/planners/bound/bound.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "policy/planners/bound/linear_program.h"
#include "policy/planners/bound/solver.h"
#include "tests/policy/bound_cases.h"

namespace skein::testing {
namespace {

const policy::ProgramOptions kCoarse{20 * kMinute, 3, {}};

std::int64_t BoundCents(const NetworkPtr& network, std::uint64_t seed,
                        const policy::BoundOptions& options = {}) {
  const auto report = policy::HindsightBound(network, seed, options);
  EXPECT_TRUE(report.ok()) << std::string(report.status().message());
  return report.ok() ? report->bound_cents : std::numeric_limits<std::int64_t>::min();
}

void ExpectNoPolicyExceeds(const NetworkPtr& network, std::uint64_t seed) {
  EXPECT_EQ(FaultOfBound(network, seed, {.bin = 20 * kMinute, .charge_levels = 1}), "");
}

// max 3x + 2y, x + y ≤ 4, x + 3y ≤ 6, 0 ≤ x ≤ 3, 0 ≤ y ≤ 4: the optimum is 11, at (3, 1).
policy::LinearProgram SmallProgram() {
  policy::LinearProgram program;
  program.AddRow(-policy::kUnbounded, 4);
  program.AddRow(-policy::kUnbounded, 6);
  program.AddColumn(3, 0, 3);
  program.AddEntry(0, 1);
  program.AddEntry(1, 1);
  program.AddColumn(2, 0, 4);
  program.AddEntry(0, 1);
  program.AddEntry(1, 3);
  return program;
}

TEST(LagrangianBoundTest, IsTightAtTheOptimalMultipliers) {
  // 2·4 + max (3 − 2)·x + max (2 − 2)·y = 8 + 3.
  const std::vector<double> multipliers = {2, 0};
  EXPECT_NEAR(policy::LagrangianBound(SmallProgram(), multipliers), 11, 1e-9);
}

TEST(LagrangianBoundTest, HoldsForAnyMultipliers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  // Nothing usable is left of these: 3·3 + 2·4 = 17.
  for (const std::vector<double>& bad :
       std::vector<std::vector<double>>{{}, {-1, -5}, {nan, nan}, {policy::kUnbounded, -1}})
    EXPECT_NEAR(policy::LagrangianBound(SmallProgram(), bad), 17, 1e-9);
  for (double a = -1; a < 5; a += 0.5) {
    const std::vector<double> multipliers = {a, 1 - a};
    EXPECT_GE(policy::LagrangianBound(SmallProgram(), multipliers), 11);
  }
}

TEST(SolverTest, BothMethodsFindTheOptimumAndItsMultipliers) {
  for (const auto solve : {policy::SolveBySimplex, policy::SolveByBarrier}) {
    const policy::Solution solution = solve(SmallProgram(), {});
    EXPECT_EQ(solution.status, policy::SolveStatus::kOptimal);
    EXPECT_NEAR(solution.objective, 11, 1e-5);
    EXPECT_NEAR(policy::LagrangianBound(SmallProgram(), solution.multipliers), 11, 1e-5);
  }
}

TEST(SolverTest, SimplexTellsThatNothingIsFeasible) {
  policy::LinearProgram program = SmallProgram();
  program.FixColumn(0, 3);
  program.FixColumn(1, 4);
  EXPECT_EQ(policy::SolveBySimplex(program, {}).status, policy::SolveStatus::kInfeasible);
}

TEST(BoundTest, NoRuleExceedsItOnPaper) {
  for (const auto& [vertiports, aircraft] : std::vector<std::pair<int, int>>{{3, 5}, {8, 40}})
    for (std::uint64_t seed = 900'000; seed < 900'002; ++seed)
      ExpectNoPolicyExceeds(Paper(seed, vertiports, aircraft), seed);
}

TEST(BoundTest, NoRuleExceedsItOverTheBay) {
  for (std::uint64_t seed = 900'000; seed < 900'003; ++seed) ExpectNoPolicyExceeds(Sfbay(), seed);
}

TEST(BoundTest, NoRuleExceedsItOnDrawnScenarios) {
  for (const std::uint64_t seed : {1, 2, 5}) ExpectNoPolicyExceeds(Drawn(seed), seed);
}

TEST(BoundTest, LiesJustAboveTheBestOfAllSequencesOfDecisions) {
  std::vector<double> ratios;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const NetworkPtr network = Tiny(seed);
    const std::int64_t best = BestProfitCents(network, seed);
    const std::int64_t bound = BoundCents(network, seed);
    EXPECT_GE(bound, best) << "SEED=" << seed;
    for (const std::string& rule : PolicyNames())
      EXPECT_LE(Play(network, seed, rule).profit_cents, best) << rule << " SEED=" << seed;
    if (best > 0) ratios.push_back(static_cast<double>(bound) / static_cast<double>(best));
  }
  ASSERT_GE(ratios.size(), 10U);
  std::sort(ratios.begin(), ratios.end());
  EXPECT_LE(ratios[ratios.size() / 2], 1.10) << ::testing::PrintToString(ratios);
}

TEST(BoundTest, FlownFlightsAreFeasibleAndWorthTheirProfit) {
  for (const char* const rule : {"random", "fcfs", "greedy"}) {
    const NetworkPtr paper = Paper(900'001, 8, 40);
    EXPECT_EQ(FaultOfFixedFlights(paper, 900'001, Play(paper, 900'001, rule), kCoarse), "") << rule;
    // A foggy day.
    const PlayedDay foggy = Play(Sfbay(), 900'001, rule);
    EXPECT_GT(foggy.diversions, 0);
    EXPECT_GT(foggy.cancellations, 0);
    EXPECT_EQ(FaultOfFixedFlights(Sfbay(), 900'001, foggy, kCoarse), "") << rule;
  }
}

TEST(BoundTest, ClosuresThatBarLandingsAreNoticed) {
  policy::ProgramOptions wrong = kCoarse;
  wrong.faults.closures_bar_landings = true;
  EXPECT_NE(FaultOfFixedFlights(Sfbay(), 900'001, Play(Sfbay(), 900'001, "greedy"), wrong), "");
}

TEST(BoundTest, DurationsRoundedUpAreNoticed) {
  policy::ProgramOptions wrong = kCoarse;
  wrong.faults.durations_rounded_up = true;
  const NetworkPtr paper = Paper(900'001, 8, 40);
  EXPECT_EQ(FaultOfFixedFlights(paper, 900'001, Play(paper, 900'001, "greedy"), wrong),
            "infeasible");
}

TEST(BoundTest, StaysValidIfTheSolverStopsEarly) {
  const NetworkPtr network = Tiny(4);
  const std::int64_t best = BestProfitCents(network, 4);
  const std::int64_t optimal = BoundCents(network, 4);
  for (const int iterations : {1, 3, 10}) {
    const auto stopped = policy::HindsightBound(network, 4, {.max_iterations = iterations});
    ASSERT_TRUE(stopped.ok());
    EXPECT_FALSE(stopped->optimal);
    EXPECT_GE(stopped->bound_cents, optimal);
  }
  const sim::RealisedDay day(network, 4);
  const policy::HindsightProgram hindsight(*network, day, {kMinute, 12, {}});
  const policy::Solution simplex =
      policy::SolveBySimplex(hindsight.program(), {.max_iterations = 50});
  EXPECT_EQ(simplex.status, policy::SolveStatus::kStopped);
  const double stopped = policy::LagrangianBound(hindsight.program(), simplex.multipliers);
  EXPECT_TRUE(std::isfinite(stopped));
  EXPECT_GT(stopped, static_cast<double>(optimal));
  EXPECT_GE(optimal, best);
}

TEST(BoundTest, IsTheSameOnEveryRun) {
  EXPECT_EQ(BoundCents(Sfbay(), 900'001, {.bin = kHour / 2}),
            BoundCents(Sfbay(), 900'001, {.bin = kHour / 2}));
}

TEST(BoundTest, StopsWhenAskedTo) {
  int asked = 0;
  const auto report = policy::HindsightBound(
      Sfbay(), 900'000, {.bin = 20 * kMinute, .stop = [&asked] { return ++asked > 3; }});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(asked, 10);
}

TEST(BoundTest, RefusesOptionsOutOfRange) {
  const NetworkPtr network = Tiny(1);
  for (const policy::BoundOptions& bad :
       {policy::BoundOptions{.bin = -kMinute}, policy::BoundOptions{.charge_levels = -1},
        policy::BoundOptions{.charge_levels = 65}, policy::BoundOptions{.max_iterations = -1}})
    EXPECT_EQ(policy::HindsightBound(network, 1, bad).status().code(),
              absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace skein::testing
