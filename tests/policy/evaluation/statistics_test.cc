#include "policy/evaluation/statistics.h"

#include <vector>

#include "gtest/gtest.h"
#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

// Extra hours of sleep of ten patients under two drugs.
// Source: Student 1908, "The probable error of a mean", table of section IX.
const std::vector<double> kDrugA = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const std::vector<double> kDrugB = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

TEST(StandardDeviationTest, DividesByOneLessThanTheNumberOfValues) {
  // Mean 5, squares 9 + 1 + 1 + 9 = 20, and 20 ÷ 3 = 6.6667.
  EXPECT_DOUBLE_EQ(*StandardDeviation(std::vector<double>{2, 4, 6, 8}), 2.581988897471611);
}

TEST(StandardDeviationTest, IsUnknownForOneValue) {
  EXPECT_FALSE(StandardDeviation(std::vector<double>{3}).has_value());
}

TEST(WorstDecileMeanTest, TakesATenthOfTheValues) {
  std::vector<double> values;
  for (int k = 20; k > 0; --k) values.push_back(k);

  EXPECT_DOUBLE_EQ(WorstDecileMean(values), 1.5);  // of 1 and 2
}

TEST(WorstDecileMeanTest, RoundsUpToWholeDays) {
  std::vector<double> values = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 11};

  EXPECT_DOUBLE_EQ(WorstDecileMean(values), 0.5);  // two of eleven
  EXPECT_DOUBLE_EQ(WorstDecileMean(std::vector<double>{4, -2, 3}), -2);
}

TEST(MeanIntervalTest, HasTheTabulatedQuantiles) {
  // Two values 0 and 2: mean 1, standard error 1; t(0.975; 1) = 12.7062.
  const Interval two = *MeanInterval95(std::vector<double>{0, 2});
  EXPECT_NEAR(two.low, 1 - 12.7062047, 1e-6);
  EXPECT_NEAR(two.high, 1 + 12.7062047, 1e-6);

  // 1..5: mean 3, sd √2.5, standard error √0.5; t(0.975; 4) = 2.776445.
  const Interval five = *MeanInterval95(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_NEAR(five.high - 3, 2.7764451 * 0.7071067812, 1e-6);

  // 200 values ±1 in turn: mean 0, sd √(200 ÷ 199); t(0.975; 199) = 1.971957.
  std::vector<double> many;
  for (int k = 0; k < 200; ++k) many.push_back(k % 2 == 0 ? 1 : -1);
  EXPECT_NEAR(MeanInterval95(many)->high, 1.9719565 / 14.1067359797, 1e-6);  // ÷ √199
}

TEST(MeanIntervalTest, IsUnknownForOneDay) {
  EXPECT_FALSE(MeanInterval95(std::vector<double>{3}).has_value());
}

TEST(MeanIntervalTest, CoversTheMeanInNineteenOfTwentySamples) {
  constexpr int kSamples = 4000;
  int covered = 0;
  for (std::uint32_t sample = 0; sample < kSamples; ++sample) {
    std::vector<double> values;
    for (std::uint32_t k = 0; k < 8; ++k)
      values.push_back(10 + 3 * NormalQuantile(DrawUniform(1, Stream::kTest, sample, k)));
    const Interval interval = *MeanInterval95(values);
    if (interval.low <= 10 && 10 <= interval.high) ++covered;
  }
  EXPECT_NEAR(covered, 3800, 56);  // four standard errors of √(4000 × 0.95 × 0.05)
}

TEST(ComparePairedTest, GivesStudentsOwnExample) {
  const PairedComparison pair = ComparePaired(kDrugA, kDrugB);

  // As every textbook has it: t = −4.0621 with 9 degrees of freedom.
  EXPECT_NEAR(pair.mean_difference, -1.58, 1e-12);
  EXPECT_NEAR(pair.ci95->low, -2.4598858, 1e-6);
  EXPECT_NEAR(pair.ci95->high, -0.7001142, 1e-6);
  EXPECT_NEAR(*pair.effect_size, -1.58 / 1.229995, 1e-6);
  EXPECT_EQ(pair.a_better, 0);
  EXPECT_EQ(pair.b_better, 9);  // and one tie
}

TEST(ComparePairedTest, IsAntisymmetric) {
  const PairedComparison ab = ComparePaired(kDrugA, kDrugB);
  const PairedComparison ba = ComparePaired(kDrugB, kDrugA);

  EXPECT_DOUBLE_EQ(ab.mean_difference, -ba.mean_difference);
  EXPECT_DOUBLE_EQ(ab.ci95->low, -ba.ci95->high);
  EXPECT_DOUBLE_EQ(*ab.effect_size, -*ba.effect_size);
  EXPECT_EQ(ab.b_better, ba.a_better);
}

TEST(ComparePairedTest, HasNoEffectSizeWithoutScatter) {
  const PairedComparison pair =
      ComparePaired(std::vector<double>{3, 4, 5}, std::vector<double>{1, 2, 3});

  EXPECT_DOUBLE_EQ(pair.mean_difference, 2);
  EXPECT_DOUBLE_EQ(pair.ci95->low, 2);
  EXPECT_DOUBLE_EQ(pair.ci95->high, 2);
  EXPECT_FALSE(pair.effect_size.has_value());
}

TEST(ComparePairedTest, KnowsNoIntervalOfOneDay) {
  const PairedComparison pair = ComparePaired(std::vector<double>{3}, std::vector<double>{1});

  EXPECT_DOUBLE_EQ(pair.mean_difference, 2);
  EXPECT_FALSE(pair.ci95.has_value());
  EXPECT_FALSE(pair.effect_size.has_value());
  EXPECT_EQ(pair.a_better, 1);
}

TEST(MeanGapTest, LeavesOutDaysWithoutAPositiveBound) {
  // (100 − 80) ÷ 100 = 0.2 and (50 + 10) ÷ 50 = 1.2; the bounds 0 and −5 have no gap.
  EXPECT_DOUBLE_EQ(
      *MeanGap(std::vector<double>{100, 0, 50, -5}, std::vector<double>{80, 0, -10, -9}), 0.7);
  EXPECT_FALSE(MeanGap(std::vector<double>{0}, std::vector<double>{-1}).has_value());
}

}  // namespace
}  // namespace skein::policy
