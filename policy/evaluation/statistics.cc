#include "policy/evaluation/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "boost/math/distributions/students_t.hpp"
#include "sim/domain/check.h"

namespace skein::policy {
namespace {

constexpr double kUpperTail = 0.025;  // of a two-sided interval of 95 %

double QuantileOfT(std::size_t degrees_of_freedom) {
  const boost::math::students_t distribution(static_cast<double>(degrees_of_freedom));
  return boost::math::quantile(boost::math::complement(distribution, kUpperTail));
}

}  // namespace

double Mean(std::span<const double> values) {
  SKEIN_CHECK(!values.empty(), "a mean has values");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<double> StandardDeviation(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double WorstDecileMean(std::span<const double> values) {
  constexpr std::size_t kTenth = 10;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return Mean(std::span(sorted).first((sorted.size() + kTenth - 1) / kTenth));
}

std::optional<Interval> MeanInterval95(std::span<const double> values) {
  const std::optional<double> deviation = StandardDeviation(values);
  if (!deviation.has_value()) return std::nullopt;
  const double mean = Mean(values);
  const double half_width =
      QuantileOfT(values.size() - 1) * *deviation / std::sqrt(static_cast<double>(values.size()));
  return Interval{mean - half_width, mean + half_width};
}

PairedComparison ComparePaired(std::span<const double> a, std::span<const double> b) {
  SKEIN_CHECK(a.size() == b.size(), "paired samples have the same days");
  PairedComparison result;
  std::vector<double> differences(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    differences[k] = a[k] - b[k];
    if (a[k] > b[k]) ++result.a_better;
    if (a[k] < b[k]) ++result.b_better;
  }
  result.mean_difference = Mean(differences);
  result.ci95 = MeanInterval95(differences);
  const std::optional<double> deviation = StandardDeviation(differences);
  if (deviation.has_value() && *deviation > 0)
    result.effect_size = result.mean_difference / *deviation;
  return result;
}

std::optional<double> MeanGap(std::span<const double> bounds, std::span<const double> values) {
  SKEIN_CHECK(bounds.size() == values.size(), "bounds and values have the same days");
  std::vector<double> gaps;
  for (std::size_t k = 0; k < bounds.size(); ++k)
    if (bounds[k] > 0) gaps.push_back((bounds[k] - values[k]) / bounds[k]);
  if (gaps.empty()) return std::nullopt;
  return Mean(gaps);
}

}  // namespace skein::policy
