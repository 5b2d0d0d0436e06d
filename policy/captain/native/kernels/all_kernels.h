#pragma once

#include "policy/captain/native/kernels/attention.h"
#include "policy/captain/native/kernels/multiply.h"
#include "policy/captain/native/kernels/rows.h"

namespace skein::policy::captain::native {
namespace {

template <class L>
constexpr Kernels KernelsOf(const char* name) {
  return {.name = name,
          .multiply_add = MultiplyAdd<L>,
          .normalise = Normalise<L>,
          .add_normalise = AddNormalise<L>,
          .add_relu_normalise = AddReluNormalise<L>,
          .relu = Relu<L>,
          .squash = Squash<L>,
          .clamped_powers = ClampedPowers<L>,
          .sum_by_place = SumByPlace<L>,
          .subtract = Subtract<L>,
          .dots = Dots<L>,
          .softmax = Softmax<L>,
          .attend = Attend<L>};
}

}  // namespace
}  // namespace skein::policy::captain::native
