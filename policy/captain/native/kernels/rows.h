#pragma once

#include "policy/captain/native/kernels/vector.h"

// What is done to rows, one by one.
namespace skein::policy::captain::native {
namespace {

// Source: Ba, Kiros, Hinton 2016, eq. 4, with the ε of LibTorch.
constexpr float kNormEpsilon = 1e-5F;

// Sums of a row are taken per lane over every second vector, then lane by lane.
template <class L>
struct RowSum {
  typename L::Vector parts[2] = {};
  void Add(std::size_t v, typename L::Vector x) { parts[v % 2] += x; }
  float Total() const { return L::Sum(parts[0] + parts[1]); }
};

// Normalises load(r, at), the vectors of row r, into x. A number of vectors that is Fixed stays in
// registers; 0 takes any.
template <class L, std::size_t Fixed, class Load>
inline void NormaliseRows(Rows x, std::size_t rows, const Norm& norm, const Load& load) {
  using Vector = typename L::Vector;
  const std::size_t count = Fixed > 0 ? Fixed : (norm.width + L::kLanes - 1) / L::kLanes;
  const std::size_t rest = norm.width % L::kLanes;
  typename L::Integers inside = {};  // lanes of the last vector that are no padding
  for (std::size_t k = 0; k < rest; ++k) inside[k] = -1;
  const float share = 1 / static_cast<float>(norm.width);
  Vector row[Fixed > 0 ? Fixed : kMostNormWidth / L::kLanes];
  for (std::size_t r = 0; r < rows; ++r) {
    RowSum<L> sum;
#pragma GCC unroll 8
    for (std::size_t v = 0; v < count; ++v) sum.Add(v, row[v] = load(r, v * L::kLanes));
    const Vector mean = L::All(sum.Total() * share);
    RowSum<L> squares;
#pragma GCC unroll 8
    for (std::size_t v = 0; v < count; ++v) {
      row[v] -= mean;
      if (Fixed == 0 && rest > 0 && v + 1 == count) row[v] = inside ? row[v] : Vector{};
      squares.Add(v, row[v] * row[v]);
    }
    const Vector scale = L::All(1 / __builtin_sqrtf(squares.Total() * share + kNormEpsilon));
    float* const to = x.data + r * x.stride;
#pragma GCC unroll 8
    for (std::size_t v = 0; v < count; ++v)
      L::Store(to + v * L::kLanes, row[v] * scale * L::Load(norm.gain + v * L::kLanes) +
                                       L::Load(norm.offset + v * L::kLanes));
  }
}

template <class L, class Load>
inline void NormaliseAnyRows(Rows x, std::size_t rows, const Norm& norm, const Load& load) {
  switch (norm.width) {
    case 4 * L::kLanes: return NormaliseRows<L, 4>(x, rows, norm, load);
    case 8 * L::kLanes: return NormaliseRows<L, 8>(x, rows, norm, load);
    default: return NormaliseRows<L, 0>(x, rows, norm, load);
  }
}

template <class L>
void Normalise(Rows x, std::size_t rows, const Norm& norm) {
  NormaliseAnyRows<L>(x, rows, norm, [x](std::size_t r, std::size_t at) {
    return L::Load(x.data + r * x.stride + at);
  });
}

template <class L>
void AddNormalise(Rows x, ConstRows y, std::size_t rows, const Norm& norm) {
  NormaliseAnyRows<L>(x, rows, norm, [x, y](std::size_t r, std::size_t at) {
    return L::Load(x.data + r * x.stride + at) + L::Load(y.data + r * y.stride + at);
  });
}

template <class L>
void AddReluNormalise(Rows x, ConstRows y, std::size_t rows, const Norm& norm) {
  NormaliseAnyRows<L>(x, rows, norm, [x, y](std::size_t r, std::size_t at) {
    return L::Load(x.data + r * x.stride + at) + L::Relu(L::Load(y.data + r * y.stride + at));
  });
}

template <class L>
void Relu(float* x, std::size_t count) {
  for (std::size_t at = 0; at < count; at += L::kLanes) L::Store(x + at, L::Relu(L::Load(x + at)));
}

// tanh x = 1 − 2 / (e^2x + 1)
template <class L>
void Squash(float* x, std::size_t count, float clip) {
  for (std::size_t at = 0; at < count; at += L::kLanes)
    L::Store(x + at, (1 - 2 / (L::Exp(2 * L::Load(x + at)) + 1)) * clip);
}

template <class L>
void ClampedPowers(ConstRows x, std::size_t rows, std::size_t width, std::size_t powers,
                   float bound, Rows out) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t at = 0; at < width; at += L::kLanes) {
      const auto clamped =
          L::Clamp(L::Load(x.data + r * x.stride + at), L::All(-bound), L::All(bound));
      auto power = clamped;
      float* to = out.data + r * out.stride + at;
      L::Store(to, power);
      for (std::size_t p = 1; p < powers; ++p) {
        power *= clamped;
        to += width;
        L::Store(to, power);
      }
    }
  }
}

template <class L>
void SumByPlace(ConstRows x, std::size_t rows, const std::int32_t* at, const float* share,
                std::size_t places, std::size_t width, Rows out) {
  for (std::size_t v = 0; v < places; ++v)
    for (std::size_t k = 0; k < width; k += L::kLanes)
      L::Store(out.data + v * out.stride + k, typename L::Vector{});
  for (std::size_t r = 0; r < rows; ++r) {
    float* const to = out.data + static_cast<std::size_t>(at[r]) * out.stride;
    for (std::size_t k = 0; k < width; k += L::kLanes)
      L::Store(to + k, L::Load(to + k) + L::Load(x.data + r * x.stride + k));
  }
  for (std::size_t v = 0; v < places; ++v)
    for (std::size_t k = 0; k < width; k += L::kLanes)
      L::Store(out.data + v * out.stride + k, L::Load(out.data + v * out.stride + k) * share[v]);
}

template <class L>
void Subtract(ConstRows x, ConstRows y, std::size_t rows, std::size_t width, Rows out) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t at = 0; at < width; at += L::kLanes)
      L::Store(out.data + r * out.stride + at,
               L::Load(x.data + r * x.stride + at) - L::Load(y.data + r * y.stride + at));
}

template <class L>
void Dots(ConstRows x, std::size_t rows, std::size_t width, const float* y, float* out) {
  for (std::size_t r = 0; r < rows; ++r) {
    RowSum<L> sum;
    for (std::size_t v = 0; v < width / L::kLanes; ++v)
      sum.Add(v, L::Load(x.data + r * x.stride + v * L::kLanes) * L::Load(y + v * L::kLanes));
    out[r] = sum.Total();
  }
}

template <class L>
void Softmax(float* x, std::size_t count) {
  const std::size_t padded = (count + kPanel - 1) / kPanel * kPanel;
  float greatest = x[0];
  for (std::size_t k = 1; k < count; ++k)
    if (x[k] > greatest) greatest = x[k];
  for (std::size_t at = 0; at < padded; at += L::kLanes)
    L::Store(x + at, L::Exp(L::Load(x + at) - greatest));
  for (std::size_t k = count; k < padded; ++k) x[k] = 0;
  RowSum<L> sum;
  for (std::size_t v = 0; v < padded / L::kLanes; ++v) sum.Add(v, L::Load(x + v * L::kLanes));
  const float scale = 1 / sum.Total();
  for (std::size_t at = 0; at < padded; at += L::kLanes) L::Store(x + at, L::Load(x + at) * scale);
}

}  // namespace
}  // namespace skein::policy::captain::native
