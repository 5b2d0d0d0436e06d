#pragma once

#include <array>
#include <cstdint>

// Randomness by address: a draw is a pure function of (seed, stream, key), never "the next number".
// Source: docs/simulation.md, "Time, units and randomness".
namespace skein {

// Each purpose draws from a stream of its own. Never renumber: seeds would mean other days.
enum class Stream : std::uint32_t {
  kGenerator = 1,
  kIntensity = 2,
  kDemandCount = 3,
  kDemandTime = 4,
  kDemandParty = 5,
  kDemandAdvance = 6,
  kClosure = 7,
  kDelay = 8,
  kFailure = 9,
  kRepair = 10,
  kWeather = 11,
  kWeatherSite = 12,
  kPolicy = 13,
  kTest = 14,
};

// Philox4x32 with ten rounds.
// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

// 64 uniform bits at (seed, stream, a, b, c). a and b take 32 bits each; c takes 28.
std::uint64_t DrawBits(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b = 0,
                       std::uint32_t c = 0);

// Uniform in (0, 1), both ends excluded; 52 bits.
double DrawUniform(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b = 0,
                   std::uint32_t c = 0);

// Uniform in [0, n). Requires: n > 0.
std::uint32_t DrawIndex(std::uint32_t n, std::uint64_t seed, Stream stream, std::uint32_t a,
                        std::uint32_t b = 0, std::uint32_t c = 0);

// Our own, so that every machine and library gives the same bits: IEEE + − × ÷ √ only.
double PortableLog(double x);  // Requires: x > 0 and normal. Relative error below 1e-14
double PortableExp(double x);  // Requires: |x| < 700. Relative error below 1e-14
// Distribution function of the standard normal; absolute error below 1e-14.
// Source: Marsaglia 2004, "Evaluating the normal distribution", section 3.
double NormalCdf(double x);
// Quantile of the standard normal at p in (0, 1). Source: Wichura 1988, AS 241 (PPND16).
double NormalQuantile(double p);
// Quantile of Poisson(mean) at p in (0, 1), by inversion; mean in [0, 500].
int PoissonQuantile(double p, double mean);
// Mean of clamp(N(mean, sigma), low, high). Source: truncated-normal moments, Johnson et al. 1994.
double ClampedNormalMean(double mean, double sigma, double low, double high);

}  // namespace skein
