#pragma once

#include "policy/captain/native/kernels/vector.h"

namespace skein::policy::captain::native {
namespace {

// Attention of one block and head. Lanes are the steps that look; `weights` holds what each sees of
// step k in row k, so that the softmax over k goes from vector to vector.
template <class L>
class StepAttention {
 public:
  static_assert(kSteps % L::kLanes == 0);

  void Run(ConstRows query, ConstRows key, ConstRows value, std::size_t width, Rows out) {
    Score(query, key, width);
    Softmax();
    Mix(value, width, out);
  }

 private:
  using Vector = typename L::Vector;
  static constexpr std::size_t kVectors = kSteps / L::kLanes;
  static constexpr std::size_t kColumns = kPanel / 2;  // at a time

  void Score(ConstRows query, ConstRows key, std::size_t width) {
    float columns[kColumns][kSteps];  // of the query
    for (std::size_t v = 0; v < kVectors; ++v) {
      Vector sums[kSteps] = {};
      for (std::size_t at = 0; at < width; at += kColumns) {
        for (std::size_t d = 0; d < kColumns; ++d)
          for (std::size_t t = 0; t < kSteps; ++t)
            columns[d][t] = query.data[t * query.stride + at + d];
        for (std::size_t d = 0; d < kColumns; ++d) {
          const Vector looking = L::Load(columns[d] + v * L::kLanes);
#pragma GCC unroll 8
          for (std::size_t k = 0; k < kSteps; ++k)
            sums[k] += looking * key.data[k * key.stride + at + d];
        }
      }
      for (std::size_t k = 0; k < kSteps; ++k) L::Store(weights_[k] + v * L::kLanes, sums[k]);
    }
  }

  void Softmax() {
    for (std::size_t v = 0; v < kVectors; ++v) {
      float* const first = weights_[0] + v * L::kLanes;
      Vector greatest = L::Load(first);
      for (std::size_t k = 1; k < kSteps; ++k) {
        const Vector x = L::Load(first + k * kSteps);
        greatest = x > greatest ? x : greatest;
      }
      Vector sum = {};
      for (std::size_t k = 0; k < kSteps; ++k) {
        const Vector x = L::Exp(L::Load(first + k * kSteps) - greatest);
        L::Store(first + k * kSteps, x);
        sum += x;
      }
      const Vector scale = 1 / sum;
      for (std::size_t k = 0; k < kSteps; ++k)
        L::Store(first + k * kSteps, L::Load(first + k * kSteps) * scale);
    }
  }

  void Mix(ConstRows value, std::size_t width, Rows out) const {
    for (std::size_t at = 0; at < width; at += L::kLanes) {
      Vector sums[kSteps] = {};
      for (std::size_t k = 0; k < kSteps; ++k) {
        const Vector seen = L::Load(value.data + k * value.stride + at);
#pragma GCC unroll 8
        for (std::size_t t = 0; t < kSteps; ++t) sums[t] += seen * weights_[k][t];
      }
      for (std::size_t t = 0; t < kSteps; ++t) L::Store(out.data + t * out.stride + at, sums[t]);
    }
  }

  float weights_[kSteps][kSteps];
};

template <class L>
void Attend(ConstRows qkv, std::size_t blocks, std::size_t heads, std::size_t head_stride,
            Rows out) {
  const std::size_t width = heads * head_stride;
  StepAttention<L> attention;
  for (std::size_t block = 0; block < blocks; ++block) {
    const float* const rows = qkv.data + block * kSteps * qkv.stride;
    float* const to = out.data + block * kSteps * out.stride;
    for (std::size_t head = 0; head < heads; ++head) {
      const float* const query = rows + head * head_stride;
      attention.Run({query, qkv.stride}, {query + width, qkv.stride},
                    {query + 2 * width, qkv.stride}, head_stride,
                    {to + head * head_stride, out.stride});
    }
  }
}

}  // namespace
}  // namespace skein::policy::captain::native
