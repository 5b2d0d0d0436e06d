#pragma once

#include <optional>
#include <span>

// The statistics of an evaluation. Days are independent draws; policies face the same days.
// Source: docs/evaluation.md, which has the formulas.
namespace skein::policy {

struct Interval {
  double low = 0;
  double high = 0;
};

// How the intervals below are made, for reports.
inline constexpr char kIntervalMethod[] =
    "95 %, Student t with n - 1 degrees of freedom; of pairs: on the daily differences";

// Requires of all: there is at least one value.

double Mean(std::span<const double> values);

// Sample standard deviation (n − 1); nothing for fewer than two values.
std::optional<double> StandardDeviation(std::span<const double> values);

// Mean of the worst tenth of the values, which is ⌈n ÷ 10⌉ of them.
double WorstDecileMean(std::span<const double> values);

// 95 % confidence interval of the mean of the distribution that the values come from; nothing for
// fewer than two values.
// Source: Student 1908; quantile of the t distribution from Boost.Math.
std::optional<Interval> MeanInterval95(std::span<const double> values);

// Two policies on the same days; differences are a − b.
struct PairedComparison {
  double mean_difference = 0;
  std::optional<Interval> ci95;
  // Mean ÷ standard deviation of the differences; nothing if the latter is 0 or unknown.
  // Source: Cohen 1988, section 2.3.5, d_z.
  std::optional<double> effect_size;
  int a_better = 0;  // days on which a is strictly larger
  int b_better = 0;
};

// Requires: a[k] and b[k] are of the same day; there is at least one.
PairedComparison ComparePaired(std::span<const double> a, std::span<const double> b);

// Mean of (bound − value) ÷ bound over the days with a bound above 0; nothing if there is none.
// Requires: bounds[k] and values[k] are of the same day.
std::optional<double> MeanGap(std::span<const double> bounds, std::span<const double> values);

}  // namespace skein::policy
