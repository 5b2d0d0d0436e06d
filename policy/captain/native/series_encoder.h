#pragma once

#include <string>
#include <vector>

#include "policy/captain/native/weights.h"

namespace skein::policy::captain::native {

// The transformer over demand and fares; see docs/policy.md, "Network". The tokens of a few
// vertiports are encoded at a time, so that they stay in the first cache.
//
// The first layer's queries, keys and values are products of the features themselves: the
// embedding is multiplied into their weights, and with the positions into their bias.
class SeriesEncoder {
 public:
  SeriesEncoder(const TensorReader& tensors, const std::string& name);

  // Shapes: series [V·T, F] → [V, D_s], valid until the next call
  const Matrix& Run(const Kernels& kernels, ConstRows series, std::size_t vertiports);

 private:
  struct Layer {
    Linear query_key_value;
    Linear project;
    NormWeights attention_norm;
    Linear expand;
    Linear contract;
    NormWeights perceptron_norm;
  };

  // Of `vertiports` of them, from the tokens' features on; leaves the means in rows of `means`.
  void Encode(const Kernels& kernels, ConstRows series, std::size_t vertiports, Rows means);

  const std::size_t heads_;
  const std::size_t head_stride_;
  const Linear embed_;
  std::vector<Layer> layers_;
  const Matrix step_share_;  // [1, T] 1 / T
  Matrix tokens_;            // [block·T, D_s]
  Matrix query_key_value_;   // [block·T, 3·H·head_stride]
  Matrix attended_;          // [block·T, H·head_stride]
  Matrix hidden_;            // [block·T, 2·D_s]
  Matrix added_;             // [block·T, D_s]
  Matrix means_;             // [V, D_s]
};

}  // namespace skein::policy::captain::native
