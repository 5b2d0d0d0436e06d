#include "sim/domain/draw.h"

#include <bit>
#include <cmath>
#include <limits>

#include "sim/domain/check.h"

namespace skein {
namespace {

// Source: Salmon et al. 2011; the values of Random123's philox.h.
constexpr std::uint32_t kPhiloxMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kPhiloxMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kPhiloxWeyl0 = 0x9E3779B9;  // golden ratio
constexpr std::uint32_t kPhiloxWeyl1 = 0xBB67AE85;  // sqrt(3) − 1
constexpr int kPhiloxRounds = 10;

// ln 2 in two parts: the first has 32 significant bits, so that its products with exponents are
// exact.
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;
constexpr double kInverseLn2 = 1.44269504088896338700;
constexpr double kSqrt2 = 1.41421356237309504880;
constexpr double kInverseSqrt2Pi = 0.39894228040143267794;

constexpr int kMantissaBits = 52;
constexpr int kExponentBias = 1023;
constexpr std::uint64_t kMantissaField = (std::uint64_t{1} << kMantissaBits) - 1;

// 1 ÷ k, for the series below.
constexpr std::array<double, 22> kReciprocal = [] {
  std::array<double, 22> values{};
  for (std::size_t k = 1; k < values.size(); ++k) values[k] = 1.0 / static_cast<double>(k);
  return values;
}();

// 2^exponent. Requires: the result is normal.
double PowerOfTwo(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + kExponentBias)
                               << kMantissaBits);
}

// c[0] + c[1]·x + … + c[7]·x⁷.
double Polynomial(const std::array<double, 8>& c, double x) {
  double sum = c[7];
  for (int k = 6; k >= 0; --k) sum = sum * x + c[static_cast<std::size_t>(k)];
  return sum;
}

double NormalDensity(double x) { return kInverseSqrt2Pi * PortableExp(-0.5 * x * x); }

}  // namespace

std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{kPhiloxMultiplier0} * counter[0];
    const std::uint64_t product1 = std::uint64_t{kPhiloxMultiplier1} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += kPhiloxWeyl0;
    key[1] += kPhiloxWeyl1;
  }
  return counter;
}

std::uint64_t DrawBits(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b,
                       std::uint32_t c) {
  const std::array<std::uint32_t, 4> words =
      Philox4x32({a, b, c, static_cast<std::uint32_t>(stream)},
                 {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  return (std::uint64_t{words[1]} << 32) | words[0];
}

double DrawUniform(std::uint64_t seed, Stream stream, std::uint32_t a, std::uint32_t b,
                   std::uint32_t c) {
  const std::uint64_t bits = DrawBits(seed, stream, a, b, c) >> (64 - kMantissaBits);
  return (static_cast<double>(bits) + 0.5) * PowerOfTwo(-kMantissaBits);
}

std::uint32_t DrawIndex(std::uint32_t n, std::uint64_t seed, Stream stream, std::uint32_t a,
                        std::uint32_t b, std::uint32_t c) {
  SKEIN_CHECK(n > 0, "an index among none");
  // The upper word of bits × n, so that the bias is below n ÷ 2^64.
  const std::uint64_t bits = DrawBits(seed, stream, a, b, c);
  const std::uint64_t low = (bits & 0xFFFFFFFF) * n;
  return static_cast<std::uint32_t>(((bits >> 32) * n + (low >> 32)) >> 32);
}

double PortableLog(double x) {
  SKEIN_CHECK(x >= std::numeric_limits<double>::min() && x <= std::numeric_limits<double>::max(),
              "the logarithm of a number that is not positive and normal");
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> kMantissaBits) - kExponentBias;
  double mantissa = std::bit_cast<double>((bits & kMantissaField) |
                                          (std::uint64_t{kExponentBias} << kMantissaBits));
  if (mantissa > kSqrt2) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln m = 2 artanh s with s = (m − 1) ÷ (m + 1), |s| ≤ 0.172; the first term left out is below
  // 1e-18.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double s2 = s * s;
  double series = 0;
  for (std::size_t k = 21; k >= 3; k -= 2) series = (series + kReciprocal[k]) * s2;
  const double log_mantissa = 2 * s + 2 * s * series;
  return exponent * kLn2High + (exponent * kLn2Low + log_mantissa);
}

double PortableExp(double x) {
  SKEIN_CHECK(x > -700 && x < 700, "an exponent out of range");
  const int exponent = static_cast<int>(x * kInverseLn2 + (x < 0 ? -0.5 : 0.5));
  const double rest = (x - exponent * kLn2High) - exponent * kLn2Low;
  // |rest| ≤ 0.347; the first term left out is below 1e-18.
  double series = 1;
  for (std::size_t k = 14; k >= 1; --k) series = 1 + series * rest * kReciprocal[k];
  return series * PowerOfTwo(exponent);
}

double NormalCdf(double x) {
  constexpr double kFar = 8;  // beyond it 0 or 1 to 1e-15
  if (x <= -kFar) return 0;
  if (x >= kFar) return 1;
  double sum = x;
  double term = x;
  for (int k = 3; sum + term != sum; k += 2) {
    term *= x * x / k;
    sum += term;
  }
  return 0.5 + sum * NormalDensity(x);
}

double NormalQuantile(double p) {
  SKEIN_CHECK(p > 0 && p < 1, "a probability outside (0, 1)");
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    constexpr std::array<double, 8> kA = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                          1.9715909503065514427e3, 1.3731693765509461125e4,
                                          4.5921953931549871457e4, 6.7265770927008700853e4,
                                          3.3430575583588128105e4, 2.5090809287301226727e3};
    constexpr std::array<double, 8> kB = {1.0,
                                          4.2313330701600911252e1,
                                          6.8718700749205790830e2,
                                          5.3941960214247511077e3,
                                          2.1213794301586595867e4,
                                          3.9307895800092710610e4,
                                          2.8729085735721942674e4,
                                          5.2264952788528545610e3};
    return q * Polynomial(kA, r) / Polynomial(kB, r);
  }
  const double r = std::sqrt(-PortableLog(q < 0 ? p : 1 - p));
  double z = 0;
  if (r <= 5) {
    constexpr std::array<double, 8> kC = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                          5.76949722146069140550e0,  3.64784832476320460504e0,
                                          1.27045825245236838258e0,  2.41780725177450611770e-1,
                                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr std::array<double, 8> kD = {1.0,
                                          2.05319162663775882187e0,
                                          1.67638483018380384940e0,
                                          6.89767334985100004550e-1,
                                          1.48103976427480074590e-1,
                                          1.51986665636164571966e-2,
                                          5.47593808499534494600e-4,
                                          1.05075007164441684324e-9};
    z = Polynomial(kC, r - 1.6) / Polynomial(kD, r - 1.6);
  } else {
    constexpr std::array<double, 8> kE = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                          1.78482653991729133580e0,  2.96560571828504891230e-1,
                                          2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr std::array<double, 8> kF = {1.0,
                                          5.99832206555887937690e-1,
                                          1.36929880922735805310e-1,
                                          1.48753612908506148525e-2,
                                          7.86869131145613259100e-4,
                                          1.84631831751005468180e-5,
                                          1.42151175831644588870e-7,
                                          2.04426310338993978564e-15};
    z = Polynomial(kE, r - 5) / Polynomial(kF, r - 5);
  }
  return q < 0 ? -z : z;
}

int PoissonQuantile(double p, double mean) {
  SKEIN_CHECK(p > 0 && p < 1, "a probability outside (0, 1)");
  SKEIN_CHECK(mean >= 0 && mean <= 500, "a Poisson mean outside [0, 500]");
  constexpr double kNoMore = 1e-20;  // terms below it no longer move the sum
  double term = PortableExp(-mean);
  double sum = term;
  int k = 0;
  while (sum < p && (k <= mean || term > kNoMore)) {
    ++k;
    term *= mean / k;
    sum += term;
  }
  return k;
}

double ClampedNormalMean(double mean, double sigma, double low, double high) {
  if (sigma <= 0) return mean < low ? low : (mean > high ? high : mean);
  const double a = (low - mean) / sigma;
  const double b = (high - mean) / sigma;
  const double below = NormalCdf(a);
  const double above = 1 - NormalCdf(b);
  const double density_a = a * a > 1000 ? 0 : NormalDensity(a);
  const double density_b = b * b > 1000 ? 0 : NormalDensity(b);
  return low * below + high * above + mean * (1 - below - above) + sigma * (density_a - density_b);
}

}  // namespace skein
