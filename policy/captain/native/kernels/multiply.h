#pragma once

#include "policy/captain/native/kernels/vector.h"

namespace skein::policy::captain::native {
namespace {

// c += a·b for Count rows and Wide panels. Element (r, n) is c_rn + a_r0·b_0n + a_r1·b_1n + …, in
// this order whatever the tile.
template <class L, std::size_t Count, std::size_t Wide>
inline void MultiplyTile(ConstRows a, const Panels& b, Rows c) {
  using Vector = typename L::Vector;
  constexpr std::size_t kPerPanel = kPanel / L::kLanes;
  constexpr std::size_t kVectors = Wide * kPerPanel;
  Vector sums[Count][kVectors];
#pragma GCC unroll 16
  for (std::size_t r = 0; r < Count; ++r)
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v)
      sums[r][v] = L::Load(c.data + r * c.stride + v * L::kLanes);
  for (std::size_t k = 0; k < b.depth; ++k) {
    Vector row[kVectors];
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v)
      row[v] = L::Load(b.data + v / kPerPanel * b.panel_stride + k * b.row_stride +
                       v % kPerPanel * L::kLanes);
#pragma GCC unroll 16
    for (std::size_t r = 0; r < Count; ++r) {
      const Vector factor = L::All(a.data[r * a.stride + k]);
#pragma GCC unroll 16
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] += factor * row[v];
    }
  }
#pragma GCC unroll 16
  for (std::size_t r = 0; r < Count; ++r)
#pragma GCC unroll 16
    for (std::size_t v = 0; v < kVectors; ++v)
      L::Store(c.data + r * c.stride + v * L::kLanes, sums[r][v]);
}

// Few rows leave registers for more panels: with fewer than eight sums in flight, the time would be
// that of one addition after the other.
template <class L, std::size_t Count>
void MultiplyRows(ConstRows a, const Panels& b, Rows c) {
  constexpr std::size_t kMostSums = 12;
  constexpr std::size_t kSums = Count * kPanel / L::kLanes;
  constexpr std::size_t kWide = 4 * kSums <= kMostSums ? 4 : 2 * kSums <= kMostSums ? 2 : 1;
  Panels rest = b;
  for (; rest.panels >= kWide; rest.panels -= kWide) {
    MultiplyTile<L, Count, kWide>(a, rest, c);
    rest.data += kWide * b.panel_stride;
    c.data += kWide * kPanel;
  }
  if constexpr (kWide > 1) {
    for (; rest.panels > 0; --rest.panels) {
      MultiplyTile<L, Count, 1>(a, rest, c);
      rest.data += b.panel_stride;
      c.data += kPanel;
    }
  }
}

template <class L, std::size_t Count = L::kTileRows>
void MultiplyRowsOf(std::size_t count, ConstRows a, const Panels& b, Rows c) {
  if (count == Count) return MultiplyRows<L, Count>(a, b, c);
  if constexpr (Count > 1) MultiplyRowsOf<L, Count - 1>(count, a, b, c);
}

// Rows are cut into tiles of nearly the same height, since low ones are slower per row.
template <class L>
void MultiplyAdd(ConstRows a, std::size_t rows, const Panels& b, Rows c) {
  std::size_t tiles = (rows + L::kTileRows - 1) / L::kTileRows;
  while (tiles > 0) {
    const std::size_t count = (rows + tiles - 1) / tiles;
    MultiplyRowsOf<L>(count, a, b, c);
    a.data += count * a.stride;
    c.data += count * c.stride;
    rows -= count;
    --tiles;
  }
}

}  // namespace
}  // namespace skein::policy::captain::native
