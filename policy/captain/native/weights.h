#pragma once

#include <string>
#include <vector>

#include "policy/captain/checkpoint/checkpoint.h"
#include "policy/captain/native/matrix.h"
#include "sim/domain/check.h"

// How weights come from a checkpoint to the kernels. Whatever is folded together is multiplied out
// in double precision and rounded once.
namespace skein::policy::captain::native {

// A matrix [rows, columns] that multiplies rows from the right: y = x·m.
class Dense {
 public:
  Dense(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), values_(rows * columns) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  double& at(std::size_t r, std::size_t c) { return values_[r * columns_ + c]; }
  double at(std::size_t r, std::size_t c) const { return values_[r * columns_ + c]; }

  // Some rows, some columns.
  Dense RowsFrom(std::size_t first, std::size_t count) const;
  Dense ColumnsFrom(std::size_t first, std::size_t count) const;
  Dense Transposed() const;
  Dense Times(double factor) const;
  Dense Times(const Dense& right) const;
  Dense Plus(const Dense& other) const;
  // Writes another over a part of this one.
  void Place(std::size_t row, std::size_t column, const Dense& part);

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::vector<double> values_;
};

// Reads the tensors of a checkpoint. Requires: CheckTensors is content with it; it outlives this.
class TensorReader {
 public:
  explicit TensorReader(const Checkpoint& checkpoint) : checkpoint_(checkpoint) {}

  const CaptainOptions& model() const { return checkpoint_.model; }
  Dense Values(const std::string& name) const;  // as it stands; a vector is one row
  // W' and b of LibTorch's y = x W' + b.
  Dense Weight(const std::string& layer) const { return Values(layer + ".weight").Transposed(); }
  Dense Bias(const std::string& layer) const { return Values(layer + ".bias"); }

 private:
  const Checkpoint& checkpoint_;
};

// A matrix in the order in which a product reads it. It may stand for columns from a place on that
// is not the start of a panel: what is before them in the panel is zero.
class PackedMatrix {
 public:
  explicit PackedMatrix(const Dense& matrix, std::size_t first_column = 0);

  Panels panels() const { return {data_.data(), depth_, panels_, kPanel, depth_ * kPanel}; }
  // Where its first panel belongs in a row of the result.
  std::size_t column() const { return column_; }

 private:
  std::size_t depth_;
  std::size_t column_;
  std::size_t panels_;
  Matrix data_;
};

// Rows as they are, padded.
Matrix MatrixOf(const Dense& rows);

// y = x·weight + bias; the rows of the bias are taken in turn.
struct Linear {
  Linear(const Dense& weight_of, const Dense& bias_of)
      : weight(weight_of), bias(MatrixOf(bias_of)) {}
  Linear(const TensorReader& tensors, const std::string& layer)
      : Linear(tensors.Weight(layer), tensors.Bias(layer)) {}

  PackedMatrix weight;
  Matrix bias;
};

// y = bias + x·weight
void Apply(const Kernels& kernels, const Linear& linear, ConstRows x, std::size_t rows, Matrix* y);

class NormWeights {
 public:
  NormWeights(const TensorReader& tensors, const std::string& layer)
      : gain_(MatrixOf(tensors.Values(layer + ".weight"))),
        offset_(MatrixOf(tensors.Bias(layer))),
        width_(tensors.Bias(layer).columns()) {
    SKEIN_CHECK(width_ <= kMostNormWidth, "the model was validated");
  }

  Norm norm() const { return {gain_.data(), offset_.data(), width_}; }

 private:
  Matrix gain_;
  Matrix offset_;
  std::size_t width_;
};

}  // namespace skein::policy::captain::native
