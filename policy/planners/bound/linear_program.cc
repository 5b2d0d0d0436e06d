#include "policy/planners/bound/linear_program.h"

#include <algorithm>
#include <cmath>

#include "sim/domain/check.h"

namespace skein::policy {
namespace {

// A sum and a bound on its rounding error.
class SafeSum {
 public:
  void Add(long double value) {
    sum_ += value;
    magnitude_ += std::fabs(value);
    ++terms_;
  }
  // The exact sum is between the two. Each addition and each product before it errs by at most one
  // part in 2^63 of the magnitudes so far; the factor covers both, and the products' inputs.
  long double Above() const { return sum_ + Error(); }
  long double Below() const { return sum_ - Error(); }

 private:
  long double Error() const {
    return magnitude_ * static_cast<long double>(terms_ + 1) *
           std::numeric_limits<long double>::epsilon() * 4;
  }

  long double sum_ = 0;
  long double magnitude_ = 0;
  std::int64_t terms_ = 0;
};

// The multiplier if it may be used, else zero.
double Clamped(double multiplier, const LinearProgram::Line& row) {
  if (!std::isfinite(multiplier)) return 0;
  if (multiplier > 0 && !std::isfinite(row.upper)) return 0;
  if (multiplier < 0 && !std::isfinite(row.lower)) return 0;
  return multiplier;
}

}  // namespace

int LinearProgram::AddRow(double lower, double upper) {
  rows_.push_back({lower, upper});
  return row_count() - 1;
}

int LinearProgram::AddColumn(double objective, double lower, double upper,
                             std::span<const Entry> entries) {
  SKEIN_CHECK(std::isfinite(lower) && std::isfinite(upper), "a column without finite bounds");
  columns_.push_back({lower, upper});
  objective_.push_back(objective);
  entries_.insert(entries_.end(), entries.begin(), entries.end());
  starts_.push_back(static_cast<int>(entries_.size()));
  return column_count() - 1;
}

void LinearProgram::AddEntry(int row, double value) {
  entries_.push_back({row, value});
  starts_.back() = static_cast<int>(entries_.size());
}

void LinearProgram::FixColumn(int column, double value) {
  columns_[static_cast<std::size_t>(column)] = {value, value};
}

double LagrangianBound(const LinearProgram& program, std::span<const double> multipliers) {
  std::vector<double> y(program.rows().size(), 0);
  SafeSum total;
  for (std::size_t r = 0; r < y.size() && r < multipliers.size(); ++r) {
    const LinearProgram::Line& row = program.rows()[r];
    y[r] = Clamped(multipliers[r], row);
    if (y[r] != 0) total.Add(static_cast<long double>(y[r]) * (y[r] > 0 ? row.upper : row.lower));
  }
  for (std::size_t k = 0; k < program.columns().size(); ++k) {
    const LinearProgram::Line& column = program.columns()[k];
    SafeSum reduced;
    reduced.Add(program.objective()[k]);
    const auto begin = static_cast<std::size_t>(program.starts()[k]);
    const auto end = static_cast<std::size_t>(program.starts()[k + 1]);
    for (std::size_t at = begin; at < end; ++at) {
      const LinearProgram::Entry& entry = program.entries()[at];
      reduced.Add(-static_cast<long double>(y[static_cast<std::size_t>(entry.row)]) * entry.value);
    }
    total.Add(std::max({reduced.Above() * column.upper, reduced.Above() * column.lower,
                        reduced.Below() * column.upper, reduced.Below() * column.lower}));
  }
  return std::nextafter(static_cast<double>(total.Above()), kUnbounded);
}

}  // namespace skein::policy
