#include "sim/domain/draw.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace skein {
namespace {

// Source: Random123, tests/kat_vectors, philox4x32 with 10 rounds.
TEST(PhiloxTest, GivesTheKnownAnswers) {
  using Counter = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t kOnes = 0xFFFFFFFF;

  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
  EXPECT_EQ(Philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Counter{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}));
  EXPECT_EQ(Philox4x32({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}),
            (Counter{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}));
}

// Pinned: other bits would mean other days for every seed ever published. The counter is
// (a, b, c, stream), the key the seed, the answer the first two words; computed by hand elsewhere.
TEST(DrawTest, KeepsItsBits) {
  EXPECT_EQ(DrawBits(0, Stream::kTest, 0), 6039661038916936533U);
  EXPECT_EQ(DrawBits(0x0123456789ABCDEF, Stream::kPolicy, 2, 3, 4), 0x9161B5F8AD980BE3U);
}

TEST(DrawTest, GivesTheSameValuesInAnyOrder) {
  constexpr std::uint32_t kCount = 1000;
  std::vector<std::uint64_t> forward;
  for (std::uint32_t k = 0; k < kCount; ++k)
    forward.push_back(DrawBits(7, Stream::kTest, k, k % 3, k % 5));

  // 7 and 1000 have no common factor, so this visits every address once.
  for (std::uint32_t step = 0, k = 0; step < kCount; ++step, k = (k + 7) % kCount)
    EXPECT_EQ(DrawBits(7, Stream::kTest, k, k % 3, k % 5), forward[k]);
}

TEST(DrawTest, DependsOnEveryPartOfItsAddress) {
  const std::uint64_t base = DrawBits(1, Stream::kTest, 2, 3, 4);

  EXPECT_NE(DrawBits(2, Stream::kTest, 2, 3, 4), base);
  EXPECT_NE(DrawBits(1 + (std::uint64_t{1} << 32), Stream::kTest, 2, 3, 4), base);
  EXPECT_NE(DrawBits(1, Stream::kPolicy, 2, 3, 4), base);
  EXPECT_NE(DrawBits(1, Stream::kTest, 3, 3, 4), base);
  EXPECT_NE(DrawBits(1, Stream::kTest, 2, 4, 4), base);
  EXPECT_NE(DrawBits(1, Stream::kTest, 2, 3, 5), base);
}

// Mean 1/2, variance 1/12; fourth central moment 1/80, so the variance of the variance is
// (1/80 − 1/144) ÷ n.
TEST(DrawTest, UniformHasItsMoments) {
  constexpr int kCount = 200'000;
  double sum = 0;
  double squares = 0;
  for (std::uint32_t k = 0; k < kCount; ++k) {
    const double u = DrawUniform(11, Stream::kTest, k);
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
  }

  EXPECT_NEAR(sum / kCount, 0.5, 4 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(squares / kCount, 1.0 / 12, 4 * std::sqrt((1.0 / 80 - 1.0 / 144) / kCount));
}

TEST(DrawTest, IndexIsUniform) {
  constexpr std::uint32_t kBins = 7;
  constexpr int kCount = 70'000;
  std::array<int, kBins> hits{};
  for (std::uint32_t k = 0; k < kCount; ++k) ++hits.at(DrawIndex(kBins, 3, Stream::kTest, k));

  const double p = 1.0 / kBins;
  for (const int n : hits) EXPECT_NEAR(n, kCount * p, 4 * std::sqrt(kCount * p * (1 - p)));
}

TEST(DrawTest, IndexOfOneIsZero) {
  for (std::uint32_t k = 0; k < 100; ++k) EXPECT_EQ(DrawIndex(1, 5, Stream::kTest, k), 0U);
}

TEST(PortableTest, LogAgreesWithTheLibrary) {
  for (double x = 1e-300; x < 1e300; x *= 1.37)
    EXPECT_NEAR(PortableLog(x), std::log(x), 1e-14 * std::abs(std::log(x))) << x;
  for (double x = 0.9; x < 1.1; x += 0.00093)
    EXPECT_NEAR(PortableLog(x), std::log(x), 1e-14 * std::abs(std::log(x))) << x;
  EXPECT_EQ(PortableLog(1), 0);
}

TEST(PortableTest, ExpAgreesWithTheLibrary) {
  for (double x = -699; x < 700; x += 0.173)
    EXPECT_NEAR(PortableExp(x), std::exp(x), 1e-14 * std::exp(x)) << x;
  EXPECT_EQ(PortableExp(0), 1);
}

// Pinned, so that a compiler that contracts or reorders is caught.
TEST(PortableTest, KeepsItsBits) {
  EXPECT_EQ(PortableLog(10), 0x1.26bb1bbb55516p+1);
  EXPECT_EQ(PortableExp(1), 0x1.5bf0a8b14576ap+1);
}

// Source: tables of the normal distribution to 15 digits.
TEST(NormalQuantileTest, GivesTheKnownAnswers) {
  EXPECT_EQ(NormalQuantile(0.5), 0);
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(NormalQuantile(0.025), -1.959963984540054, 1e-14);
  EXPECT_NEAR(NormalQuantile(0.8413447460685429), 1, 1e-14);
  EXPECT_NEAR(NormalQuantile(1e-10), -6.361340902404056, 1e-13);
  EXPECT_NEAR(NormalQuantile(1e-300), -37.0471, 1e-4);
}

TEST(NormalQuantileTest, HasTheMomentsOfTheNormal) {
  constexpr int kCount = 100'000;
  double sum = 0;
  double squares = 0;
  for (std::uint32_t k = 0; k < kCount; ++k) {
    const double z = NormalQuantile(DrawUniform(13, Stream::kTest, k));
    sum += z;
    squares += z * z;
  }

  EXPECT_NEAR(sum / kCount, 0, 4 / std::sqrt(kCount));
  EXPECT_NEAR(squares / kCount, 1, 4 * std::sqrt(2.0 / kCount));
}

// P(0) = e^−2 = 0.1353, P(≤ 1) = 0.4060, P(≤ 2) = 0.6767, P(≤ 3) = 0.8571.
TEST(PoissonQuantileTest, InvertsTheDistribution) {
  EXPECT_EQ(PoissonQuantile(0.1353, 2), 0);
  EXPECT_EQ(PoissonQuantile(0.1354, 2), 1);
  EXPECT_EQ(PoissonQuantile(0.4061, 2), 2);
  EXPECT_EQ(PoissonQuantile(0.6768, 2), 3);
  EXPECT_EQ(PoissonQuantile(0.8571, 2), 3);
  EXPECT_EQ(PoissonQuantile(0.999, 0), 0);
}

TEST(PoissonQuantileTest, EndsAtTheLargestProbability) {
  const double largest = 1 - 0x1p-53;

  EXPECT_LT(PoissonQuantile(largest, 500), 1000);
  EXPECT_LT(PoissonQuantile(largest, 0.001), 20);
}

TEST(PoissonQuantileTest, HasTheMomentsOfPoisson) {
  for (const double mean : {0.05, 2.2, 30.0, 480.0}) {
    constexpr int kCount = 20'000;
    double sum = 0;
    double squares = 0;
    for (std::uint32_t k = 0; k < kCount; ++k) {
      const int n = PoissonQuantile(DrawUniform(17, Stream::kTest, k), mean);
      sum += n;
      squares += (n - mean) * (n - mean);
    }

    EXPECT_NEAR(sum / kCount, mean, 4 * std::sqrt(mean / kCount));
    // The fourth central moment of Poisson is 3m² + m, so the variance of the square is 2m² + m.
    EXPECT_NEAR(squares / kCount, mean, 4 * std::sqrt((2 * mean * mean + mean) / kCount));
  }
}

TEST(ClampedNormalMeanTest, AgreesWithASampleMean) {
  constexpr int kCount = 100'000;
  double sum = 0;
  double squares = 0;
  for (std::uint32_t k = 0; k < kCount; ++k) {
    const double z = NormalQuantile(DrawUniform(19, Stream::kTest, k));
    const double delay = std::clamp(3 + 6 * z, 0.0, 30.0);
    sum += delay;
    squares += delay * delay;
  }
  const double mean = sum / kCount;
  const double error = std::sqrt((squares / kCount - mean * mean) / kCount);

  EXPECT_NEAR(ClampedNormalMean(3, 6, 0, 30), mean, 4 * error);
}

// The mean of max(N(0, 1), 0) is 1 ÷ √(2π).
TEST(ClampedNormalMeanTest, GivesTheKnownAnswers) {
  EXPECT_NEAR(ClampedNormalMean(0, 1, 0, 100), 0.3989422804014327, 1e-14);
  EXPECT_NEAR(ClampedNormalMean(5, 1, 0, 10), 5, 1e-12);
  EXPECT_NEAR(ClampedNormalMean(-1000, 1, 0, 10), 0, 1e-14);
  EXPECT_NEAR(ClampedNormalMean(1000, 1, 0, 10), 10, 1e-13);
  EXPECT_EQ(ClampedNormalMean(5, 0, 0, 10), 5);
  EXPECT_EQ(ClampedNormalMean(-5, 0, 0, 10), 0);
}

}  // namespace
}  // namespace skein
