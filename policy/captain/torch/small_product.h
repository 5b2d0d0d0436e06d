#pragma once

#include <torch/types.h>

namespace skein::policy::captain {

// Products of many small matrices: result[b] = a[b] · c[b]. LibTorch without MKL takes each of them
// for a large one, at several microseconds apiece; here a product costs little more than its
// arithmetic, and zeros of `a`, such as those of a membership, cost nothing.
//
// Shapes: a [B, M, K], c [B, K, N] → [B, M, N]
// Differentiable once in both.
torch::Tensor SmallProduct(const torch::Tensor& a, const torch::Tensor& c);

}  // namespace skein::policy::captain
