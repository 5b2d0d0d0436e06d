#pragma once

#include <torch/types.h>

#include <span>

#include "policy/captain/features/features.h"

namespace skein::policy::captain {

// Features of several decisions as tensors, padded to the largest V and A. A padded row is zero,
// has no neighbours and no aircraft, and is no legal action.
struct Batch {
  torch::Tensor vertiports;         // [B, V, F_v]
  torch::Tensor aircraft;           // [B, A, F_a]
  torch::Tensor edges;              // [B, V, F_e]
  torch::Tensor series;             // [B, V, T, F_s]
  torch::Tensor context;            // [B, F_c]
  torch::Tensor proximity;          // [B, V, V]
  torch::Tensor membership;         // [B, A, V] 1 where aircraft a stands at or flies to v
  torch::Tensor vertiport_present;  // [B, V] 1, or 0 for padding
  torch::Tensor aircraft_present;   // [B, A]
  torch::Tensor here;               // [B] int64
  torch::Tensor self;               // [B] int64
  torch::Tensor action_mask;        // [B, V] bool, true = legal
};

// Requires: features is not empty.
Batch MakeBatch(std::span<const Features* const> features);

}  // namespace skein::policy::captain
