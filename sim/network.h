#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

namespace skein::sim {

// A directed corridor in integers.
struct Link {
  VertiportId destination;
  int corridor = -1;           // index into Scenario::corridors
  std::int64_t energy_wh = 0;  // of a flight, rounded up
  SimDuration block{};         // take-off to on-stand, rounded up
};

// A scenario compiled to integer tables. Immutable; shared by every world, observation and policy.
//
// Invariants: the scenario is valid; all tables have [V], [V·V] or [V·V·T] entries, row-major.
class Network {
 public:
  // Errors: INVALID_ARGUMENT with every fault of the scenario.
  static absl::StatusOr<std::shared_ptr<const Network>> Create(Scenario scenario);

  const Scenario& scenario() const { return scenario_; }
  int vertiport_count() const { return vertiport_count_; }

  // The link i→j; its corridor is −1 if there is none.
  const Link& link(VertiportId i, VertiportId j) const {
    return links_[i.index() * static_cast<std::size_t>(vertiport_count_) + j.index()];
  }
  // Links out of j that exist, by (energy, destination): the order in which alternates are tried.
  std::span<const Link> nearest(VertiportId j) const;

  // 64-bit hash of everything that matters to the rules; a journal names it.
  std::uint64_t hash() const { return hash_; }

  // Quantities of the scenario in integers.
  std::int64_t battery_wh = 0;
  std::int64_t reserve_wh = 0;
  std::int64_t alternate_reserve_wh = 0;
  std::int64_t alternate_hold_wh = 0;  // holdPower × holdMinutes, rounded up
  std::int64_t charge_target_wh = 0;
  std::int64_t min_energy_price = 0;            // micro-USD per kWh
  std::array<std::int64_t, 24> energy_price{};  // micro-USD per kWh, by local hour

  // Forecast of the scenario, requests per hour, [V·V·T]; T intervals.
  std::span<const double> forecast() const { return scenario_.demand.requests_per_hour; }
  int interval_count() const { return interval_count_; }

  // Fare per passenger, in cents, [V·V·T] for `forecast`; zero where there is no corridor.
  std::vector<std::int64_t> FareTable(std::span<const double> forecast) const;
  // Operating cost of carrying one passenger i→j, in millicents, so that parties add up exactly.
  std::int64_t passenger_cost_millicents(VertiportId i, VertiportId j) const;
  // Operating cost of a flight i→j without its passengers, cents.
  std::int64_t flight_cost_cents(VertiportId i, VertiportId j) const;
  // Mean of the clamped take-off delay at a vertiport.
  SimDuration expected_delay(VertiportId i) const { return expected_delay_[i.index()]; }
  // The forecast interval in which the time of day falls, clamped to [0, T).
  int IntervalOf(SimTime time) const;

 private:
  Network() = default;
  void CompileQuantities();
  void CompileLinks();

  Scenario scenario_;
  int vertiport_count_ = 0;
  int interval_count_ = 0;
  std::uint64_t hash_ = 0;
  std::vector<Link> links_;                   // [V·V]
  std::vector<Link> nearest_;                 // grouped by origin
  std::vector<std::size_t> nearest_begin_;    // [V + 1]
  std::vector<std::int64_t> passenger_cost_;  // [V·V] millicents
  std::vector<std::int64_t> flight_cost_;     // [V·V] cents
  std::vector<SimDuration> expected_delay_;   // [V]
};

}  // namespace skein::sim
