#include "policy/captain/native/weights.h"

namespace skein::policy::captain::native {

Dense Dense::RowsFrom(std::size_t first, std::size_t count) const {
  Dense part(count, columns_);
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t c = 0; c < columns_; ++c) part.at(r, c) = at(first + r, c);
  return part;
}

Dense Dense::ColumnsFrom(std::size_t first, std::size_t count) const {
  Dense part(rows_, count);
  for (std::size_t r = 0; r < rows_; ++r)
    for (std::size_t c = 0; c < count; ++c) part.at(r, c) = at(r, first + c);
  return part;
}

Dense Dense::Transposed() const {
  Dense turned(columns_, rows_);
  for (std::size_t r = 0; r < rows_; ++r)
    for (std::size_t c = 0; c < columns_; ++c) turned.at(c, r) = at(r, c);
  return turned;
}

Dense Dense::Times(double factor) const {
  Dense scaled = *this;
  for (double& value : scaled.values_) value *= factor;
  return scaled;
}

Dense Dense::Times(const Dense& right) const {
  SKEIN_CHECK(columns_ == right.rows_, "the operands fit");
  Dense product(rows_, right.columns_);
  for (std::size_t r = 0; r < rows_; ++r)
    for (std::size_t k = 0; k < columns_; ++k)
      for (std::size_t c = 0; c < right.columns_; ++c)
        product.at(r, c) += at(r, k) * right.at(k, c);
  return product;
}

Dense Dense::Plus(const Dense& other) const {
  SKEIN_CHECK(rows_ == other.rows_ && columns_ == other.columns_, "the operands fit");
  Dense sum = *this;
  for (std::size_t k = 0; k < values_.size(); ++k) sum.values_[k] += other.values_[k];
  return sum;
}

void Dense::Place(std::size_t row, std::size_t column, const Dense& part) {
  SKEIN_CHECK(row + part.rows_ <= rows_ && column + part.columns_ <= columns_, "the part fits");
  for (std::size_t r = 0; r < part.rows_; ++r)
    for (std::size_t c = 0; c < part.columns_; ++c) at(row + r, column + c) = part.at(r, c);
}

Dense TensorReader::Values(const std::string& name) const {
  const Tensor* const tensor = checkpoint_.Find(name);
  SKEIN_CHECK(tensor != nullptr, "the tensors were checked");
  const auto columns = static_cast<std::size_t>(tensor->shape.back());
  Dense dense(tensor->values.size() / columns, columns);
  for (std::size_t r = 0; r < dense.rows(); ++r)
    for (std::size_t c = 0; c < columns; ++c)
      dense.at(r, c) = static_cast<double>(tensor->values[r * columns + c]);
  return dense;
}

PackedMatrix::PackedMatrix(const Dense& matrix, std::size_t first_column)
    : depth_(matrix.rows()),
      column_(first_column / kPanel * kPanel),
      panels_((RoundedUp(first_column + matrix.columns(), kPanel) - column_) / kPanel),
      data_(panels_ * depth_, kPanel) {
  for (std::size_t k = 0; k < depth_; ++k) {
    for (std::size_t c = 0; c < matrix.columns(); ++c) {
      const std::size_t n = first_column - column_ + c;
      data_.row(n / kPanel * depth_ + k)[n % kPanel] = static_cast<float>(matrix.at(k, c));
    }
  }
}

Matrix MatrixOf(const Dense& rows) {
  Matrix matrix(rows.rows(), rows.columns());
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (std::size_t c = 0; c < rows.columns(); ++c)
      matrix.row(r)[c] = static_cast<float>(rows.at(r, c));
  return matrix;
}

void Apply(const Kernels& kernels, const Linear& linear, ConstRows x, std::size_t rows, Matrix* y) {
  y->Resize(rows, linear.bias.stride());
  y->FillRows(linear.bias);
  kernels.multiply_add(x, rows, linear.weight.panels(), y->rows());
}

}  // namespace skein::policy::captain::native
