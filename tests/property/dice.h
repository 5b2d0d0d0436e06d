#pragma once

#include <cstdint>

#include "sim/domain/draw.h"
#include "sim/domain/sim_time.h"

namespace skein::testing {

// A sequence of random values for tests: the n-th draw of (seed, stream kTest).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}

  double Uniform() {
    const std::uint64_t n = count_++;
    return DrawUniform(seed_, Stream::kTest, static_cast<std::uint32_t>(n),
                       static_cast<std::uint32_t>(n >> 32));
  }
  double Between(double low, double high) { return low + (high - low) * Uniform(); }
  // Uniform in [0, n). Requires: n > 0.
  template <class Integer>
  Integer Below(Integer n) {
    const auto value = static_cast<Integer>(Uniform() * static_cast<double>(n));
    return value < n ? value : static_cast<Integer>(n - 1);
  }
  // Uniform in [low, high].
  int Int(int low, int high) { return low + Below(high - low + 1); }
  bool Chance(double probability) { return Uniform() < probability; }
  SimDuration Between(SimDuration low, SimDuration high) {
    return low + SimDuration{Below<std::int64_t>((high - low).count() + 1)};
  }
  std::uint64_t Seed() { return static_cast<std::uint64_t>(Uniform() * 9e15); }

 private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

}  // namespace skein::testing
