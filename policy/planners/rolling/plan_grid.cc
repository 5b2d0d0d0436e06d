#include "policy/planners/rolling/plan_grid.h"

#include <algorithm>

namespace skein::policy {

PlanGrid::PlanGrid(const std::vector<SimDuration>& steps) : begin_(1, SimDuration{}) {
  for (const SimDuration length : steps) begin_.push_back(begin_.back() + length);
}

GridPoint PlanGrid::At(SimDuration offset) const {
  if (offset >= horizon()) return {steps(), 0};
  if (offset <= SimDuration{}) return {0, 0};
  const auto next = std::upper_bound(begin_.begin(), begin_.end(), offset);
  const auto lower = static_cast<std::size_t>(next - begin_.begin()) - 1;
  return {lower, static_cast<double>((offset - begin_[lower]).count()) /
                     static_cast<double>(length(lower).count())};
}

GridPoint Locate(const std::vector<double>& points, double value) {
  if (value <= points.front()) return {0, 0};
  if (value >= points.back()) return {points.size() - 1, 0};
  const auto next = std::upper_bound(points.begin(), points.end(), value);
  const auto lower = static_cast<std::size_t>(next - points.begin()) - 1;
  return {lower, (value - points[lower]) / (points[lower + 1] - points[lower])};
}

}  // namespace skein::policy
