// The service's core keeps its promises while everything around it fails. A failing seed repeats
// with `service_simulation --seed N --trace`.

#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace skein::simulation {
namespace {

constexpr std::uint64_t kFirstSeed = 1;
constexpr std::uint64_t kWorlds = 300;

TEST(SimulationTest, KeepsEveryPromiseInEveryWorld) {
  SimulationReport sum;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kWorlds; ++seed) {
    const SimulationReport report = Simulate({.seed = seed});
    EXPECT_TRUE(report.verdict.ok()) << "SEED=" << seed << ": " << report.verdict;
    sum.figures.decisions += report.figures.decisions;
    sum.in_doubt += report.in_doubt;
    sum.crashes += report.crashes;
    sum.takeovers += report.takeovers;
    sum.failed_commits += report.failed_commits;
    sum.in_doubt_commits += report.in_doubt_commits;
  }

  // The worlds are not too friendly.
  EXPECT_GT(sum.figures.decisions, 1000);
  EXPECT_GT(sum.in_doubt, 100);
  EXPECT_GT(sum.crashes, 100);
  EXPECT_GT(sum.takeovers, 50);
  EXPECT_GT(sum.failed_commits, 100);
  EXPECT_GT(sum.in_doubt_commits, 100);
}

TEST(SimulationTest, IsAFunctionOfItsSeed) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U})
    EXPECT_EQ(Simulate({.seed = seed}).fingerprint, Simulate({.seed = seed}).fingerprint);
  EXPECT_NE(Simulate({.seed = 1}).fingerprint, Simulate({.seed = 2}).fingerprint);
}

// Controls: what the oracles are blind to, they would not see in the service either.
class SabotageTest : public ::testing::TestWithParam<Sabotage> {};

TEST_P(SabotageTest, IsNoticed) {
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kWorlds; ++seed)
    if (!Simulate({.seed = seed, .sabotage = GetParam()}).verdict.ok()) return;
  FAIL() << "not noticed in " << kWorlds << " worlds";
}

INSTANTIATE_TEST_SUITE_P(All, SabotageTest,
                         ::testing::Values(Sabotage::kAcknowledgeFirst, Sabotage::kNoFence,
                                           Sabotage::kHalfTransaction, Sabotage::kForgetAnswers));

}  // namespace
}  // namespace skein::simulation
