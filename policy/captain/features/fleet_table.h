#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/domain/observation.h"
#include "sim/network.h"
#include "sim/world_state.h"

namespace skein::policy::captain {

// When and where the aircraft of a fleet could leave again, by what is planned now.
//
// Threads: compatible.
class FleetTable {
 public:
  struct Row {
    std::int32_t aircraft = 0;
    std::int32_t at = 0;         // vertiport where it stands or flies to
    double ready_in_h = 0;       // kNotSoon if nobody knows
    std::int64_t charge_wh = 0;  // of a flight, planned or in the air, at landing
  };
  static constexpr double kNotSoon = 1e3;

  // Reads the fleet; removed aircraft are left out. `self` is no one's rival.
  void Update(const sim::Network& network, const Observation& seen, const sim::WorldState& state);

  std::span<const Row> rows() const { return rows_; }
  // Other aircraft that could leave vertiport j within so many hours from now.
  int Rivals(std::size_t j, double within_h) const;

 private:
  std::vector<Row> rows_;
  std::vector<std::size_t> begin_;  // [V + 1] into ready_
  std::vector<double> ready_;       // of all but the deciding aircraft, by vertiport
};

}  // namespace skein::policy::captain
