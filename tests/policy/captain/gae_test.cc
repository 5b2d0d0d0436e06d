#include "policy/training/gae.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace skein::policy {
namespace {

// Half-lives of 60 s, so that a step of 60 s has γ = ½ and λ = ½, one of 0 s γ = λ = 1.
constexpr GaeOptions kMinute{.discount_half_life_s = 60, .gae_half_life_s = 60};

TEST(GaeTest, AgreesWithATableOfThreeStepsThatTerminate) {
  const std::vector<Transition> steps = {
      {.reward = 1, .value = 2, .elapsed_s = 60},
      {.reward = 0, .value = 4, .elapsed_s = 0},
      {.reward = 3, .value = 1, .elapsed_s = 60, .ending = Ending::kTerminated}};

  const std::vector<Advantage> got = ComputeGae(steps, kMinute);

  // δ_2 = 3 + ½·0 − 1 = 2;            A_2 = 2
  // δ_1 = 0 + 1·1 − 4 = −3;           A_1 = −3 + 1·1·2 = −1
  // δ_0 = 1 + ½·4 − 2 = 1;            A_0 = 1 + ½·½·(−1) = 0.75
  ASSERT_EQ(got.size(), 3);
  EXPECT_DOUBLE_EQ(got[2].advantage, 2);
  EXPECT_DOUBLE_EQ(got[1].advantage, -1);
  EXPECT_DOUBLE_EQ(got[0].advantage, 0.75);
  EXPECT_DOUBLE_EQ(got[2].return_, 3);
  EXPECT_DOUBLE_EQ(got[1].return_, 3);
  EXPECT_DOUBLE_EQ(got[0].return_, 2.75);
}

TEST(GaeTest, BootstrapsATruncatedStep) {
  const std::vector<Transition> steps = {
      {.reward = 3, .value = 1, .elapsed_s = 60, .ending = Ending::kTruncated, .next_value = 10}};

  // δ = 3 + ½·10 − 1 = 7
  EXPECT_DOUBLE_EQ(ComputeGae(steps, kMinute)[0].advantage, 7);
}

TEST(GaeTest, DoesNotLookBeyondTheEndOfADay) {
  for (const Ending ending : {Ending::kTerminated, Ending::kTruncated}) {
    std::vector<Transition> steps = {{.reward = 1, .value = 0, .elapsed_s = 60, .ending = ending},
                                     {.reward = 100, .value = 50, .ending = Ending::kTerminated}};

    EXPECT_DOUBLE_EQ(ComputeGae(steps, kMinute)[0].advantage, 1);
  }
}

TEST(GaeTest, WithoutDiscountSumsTheRewards) {
  const std::vector<Transition> steps = {
      {.reward = 1, .elapsed_s = 1e4},
      {.reward = 2, .elapsed_s = 1e4, .ending = Ending::kTerminated}};

  const auto got = ComputeGae(steps, {.discount_half_life_s = 0, .gae_half_life_s = 1e15});

  EXPECT_NEAR(got[0].return_, 3, 1e-9);
}

}  // namespace
}  // namespace skein::policy
