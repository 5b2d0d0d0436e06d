#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "policy/captain/native/kernels/kernels.h"

namespace skein::policy::captain::native {

inline constexpr std::size_t RoundedUp(std::size_t count, std::size_t to) {
  return (count + to - 1) / to * to;
}

// Rows of floats, each padded to whole panels and aligned to them. Memory is kept from use to use,
// and is zero when it is new; kernels leave the padding so.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns) { Resize(rows, columns); }

  // Allocates only if there were never that many. Contents stay if `columns` does.
  void Resize(std::size_t rows, std::size_t columns) {
    panels_ = RoundedUp(columns, kPanel) / kPanel;
    row_count_ = rows;
    if (lines_.size() < rows * panels_) lines_.resize(rows * panels_);
  }

  // Row r becomes row r modulo their number of the given ones, which are of the same width.
  void FillRows(const Matrix& pattern) {
    for (std::size_t r = 0; r < row_count_; ++r)
      std::copy_n(pattern.row(r % pattern.row_count()), stride(), row(r));
  }
  void Clear() { std::fill_n(data(), row_count_ * stride(), 0.0F); }

  std::size_t row_count() const { return row_count_; }
  std::size_t stride() const { return panels_ * kPanel; }
  float* data() { return lines_.data()->values; }
  const float* data() const { return lines_.data()->values; }
  float* row(std::size_t r) { return data() + r * stride(); }
  const float* row(std::size_t r) const { return data() + r * stride(); }

  // The rows from a column on.
  Rows rows(std::size_t column = 0) { return {data() + column, stride()}; }
  ConstRows rows(std::size_t column = 0) const { return {data() + column, stride()}; }

  // All rows as the right operand of a product.
  Panels AsPanels() const { return {data(), row_count_, panels_, stride(), kPanel}; }

 private:
  struct alignas(kPanel * sizeof(float)) Line {
    float values[kPanel];
  };

  std::size_t row_count_ = 0;
  std::size_t panels_ = 0;
  std::vector<Line> lines_;
};

}  // namespace skein::policy::captain::native
