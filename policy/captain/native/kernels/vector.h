#pragma once

#include <cstddef>
#include <cstdint>

#include "policy/captain/native/kernels/kernels.h"

// Vectors of a level and their exp. Private to the sources of the levels, and local to each, so
// that the linker cannot take the code of one level for another's.
namespace skein::policy::captain::native {
namespace {

// Vectors of so many floats. Lanes are added by halves.
template <std::size_t Lanes>
struct Vectors;

template <>
struct Vectors<4> {
  typedef float Floats __attribute__((vector_size(16)));
  typedef std::int32_t Integers __attribute__((vector_size(16)));

  static float Sum(const Floats& x) {
    const Floats pairs = x + __builtin_shufflevector(x, x, 2, 3, 0, 1);
    return pairs[0] + pairs[1];
  }
};

template <>
struct Vectors<8> {
  typedef float Floats __attribute__((vector_size(32)));
  typedef std::int32_t Integers __attribute__((vector_size(32)));

  static float Sum(const Floats& x) {
    return Vectors<4>::Sum(__builtin_shufflevector(x, x, 0, 1, 2, 3) +
                           __builtin_shufflevector(x, x, 4, 5, 6, 7));
  }
};

// A level of instructions. Plain loops over accumulators spill in gcc 12, four times slower.
template <std::size_t Lanes, std::size_t TileRows>
struct Level {
  static constexpr std::size_t kLanes = Lanes;        // floats of a vector
  static constexpr std::size_t kTileRows = TileRows;  // rows of a product computed at once
  using Vector = typename Vectors<Lanes>::Floats;
  using Integers = typename Vectors<Lanes>::Integers;

  static Vector Load(const float* from) {
    Vector x;
    __builtin_memcpy(&x, from, sizeof x);
    return x;
  }
  static void Store(float* to, Vector x) { __builtin_memcpy(to, &x, sizeof x); }
  static Vector All(float x) { return x - Vector{}; }

  // Comparisons with NaN are false, so that it passes both.
  static Vector Clamp(Vector x, Vector low, Vector high) {
    x = x < low ? low : x;
    return x > high ? high : x;
  }
  static Vector Relu(Vector x) { return x < Vector{} ? Vector{} : x; }

  static float Sum(Vector x) { return Vectors<Lanes>::Sum(x); }

  // Relative error below 2e-7. Source: Cody & Waite 1980 for the reduction by ln 2 in two parts;
  // minimax polynomial of Cephes, expf.
  static Vector Exp(Vector x) {
    x = Clamp(x, All(-87.0F), All(88.0F));
    constexpr float kRound = 12582912;  // 1.5·2^23: adding it rounds to an integer
    const Vector shifted = x * 1.44269504F + kRound;
    const Vector n = shifted - kRound;
    const Vector r = x - n * 0.693359375F + n * 2.12194440e-4F;
    Vector p = All(1.9875691500e-4F);
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * (r * r) + r + 1.0F;
    Integers exponent;
    __builtin_memcpy(&exponent, &shifted, sizeof exponent);
    exponent = (exponent + 127) << 23;  // what kRound left above is shifted out
    Vector power;
    __builtin_memcpy(&power, &exponent, sizeof power);
    return p * power;
  }
};

}  // namespace
}  // namespace skein::policy::captain::native
