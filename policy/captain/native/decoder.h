#pragma once

#include <cstdint>
#include <vector>

#include "policy/captain/native/weights.h"

namespace skein::policy::captain::native {

// What the decoder sees of a decision besides the destinations. Each is one row.
struct Surroundings {
  ConstRows self;
  ConstRows here;
  ConstRows aircraft_mean;
  ConstRows vertiport_mean;
  ConstRows context;
};

// From the context to logits and value; see docs/policy.md, "Network".
//
// There is one query, so that no destination is projected. With Q, K, V, O the projections of
// head h, its scores are (Q q)·(K U_j) = (Kᵀ Q q)·U_j, and what it adds is O V Σ_j w_j U_j. Kᵀ Q
// and O V are multiplied out when the weights are loaded, as is the scale of the logits into the
// pointer.
class Decoder {
 public:
  explicit Decoder(const TensorReader& tensors);

  // Shapes: destinations [V, D] → logits [V], legal or not, valid until the next call
  const float* Run(const Kernels& kernels, const Surroundings& around, const Matrix& destinations);

  // Of the latest run.
  float value() const { return value_; }

 private:
  void Ask(const Kernels& kernels, const Surroundings& around);
  void Attend(const Kernels& kernels, const Matrix& destinations);

  const std::size_t heads_;
  const float clip_;
  std::vector<PackedMatrix> context_;  // one per row of Surroundings
  const Matrix context_bias_;
  const Linear look_;  // q → Kᵀ Q q of all heads
  const Linear see_;   // Σ_j w_j U_j of all heads → what is added
  const NormWeights norm_;
  const Linear point_;  // h → what logits are dots with ‖ the critic's hidden row
  const Matrix critic_;
  const float critic_bias_;

  Matrix query_;    // [1, D] q, then h
  Matrix looking_;  // [1, H·D]
  Matrix weights_;  // [H, V]
  Matrix seen_;     // [H, D]
  Matrix added_;    // [1, D]
  Matrix point_row_;
  Matrix logits_;  // [1, V]
  float value_ = 0;
};

}  // namespace skein::policy::captain::native
