#pragma once

#include <cstddef>
#include <vector>

#include "sim/domain/sim_time.h"

namespace skein::policy {

// A point between two neighbours of a grid: weight `share` on `upper`, the rest on `upper − 1`.
struct GridPoint {
  std::size_t lower = 0;
  double share = 0;  // in [0, 1), of lower + 1
};

// The time steps of a plan, from its beginning: step k is [begin(k), begin(k + 1)).
class PlanGrid {
 public:
  explicit PlanGrid(const std::vector<SimDuration>& steps = {});

  std::size_t steps() const { return begin_.size() - 1; }
  SimDuration begin(std::size_t step) const { return begin_[step]; }
  SimDuration length(std::size_t step) const { return begin_[step + 1] - begin_[step]; }
  SimDuration horizon() const { return begin_.back(); }

  // Where `offset` lies between the beginnings of steps; what is beyond the horizon lies at it.
  GridPoint At(SimDuration offset) const;

 private:
  std::vector<SimDuration> begin_;  // [steps + 1]
};

// Where `value` lies in the rising `points`, clamped to their range.
GridPoint Locate(const std::vector<double>& points, double value);

}  // namespace skein::policy
