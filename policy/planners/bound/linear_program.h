#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace skein::policy {

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// A linear program in one form: maximise c·x subject to lower ≤ A·x ≤ upper for rows and
// lower ≤ x ≤ upper for columns.
//
// Invariant: column bounds are finite, so that any multipliers of the rows give a finite bound.
class LinearProgram {
 public:
  struct Line {
    double lower = 0;
    double upper = 0;
  };
  struct Entry {
    int row = 0;
    double value = 0;
  };

  // Rows come first; both return the index of what they add.
  int AddRow(double lower, double upper);
  // Requires: the bounds are finite; the rows exist and differ.
  int AddColumn(double objective, double lower, double upper, std::span<const Entry> entries = {});
  // Appends an entry to the column added last. Requires: it has none in that row.
  void AddEntry(int row, double value);
  void FixColumn(int column, double value);

  int row_count() const { return static_cast<int>(rows_.size()); }
  int column_count() const { return static_cast<int>(columns_.size()); }
  const std::vector<Line>& rows() const { return rows_; }
  const std::vector<Line>& columns() const { return columns_; }
  const std::vector<double>& objective() const { return objective_; }
  // The matrix by columns: entries of column k are [starts[k], starts[k + 1]).
  const std::vector<int>& starts() const { return starts_; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Line> rows_;
  std::vector<Line> columns_;
  std::vector<double> objective_;
  std::vector<int> starts_{0};
  std::vector<Entry> entries_;
};

// An upper bound on the optimum, valid for any `multipliers`: those of the wrong sign, without a
// finite side of their row, or not finite count as zero. The rounding of the sum is added.
//
// Source: weak duality; Neumaier and Shcherbina 2004, "Safe bounds in linear and mixed-integer
// linear programming", section 3.
double LagrangianBound(const LinearProgram& program, std::span<const double> multipliers);

}  // namespace skein::policy
