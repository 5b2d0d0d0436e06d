#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/network.h"
#include "sim/world_state.h"

namespace skein::policy::captain {

// The forecast and the fares in force as running sums, so that any window costs the same.
// Hours count from opening time; a window is cut at opening and at closing time.
//
// Threads: compatible.
class DemandTable {
 public:
  explicit DemandTable(const sim::Network& network);

  // Takes over the forecast and the fares of the state; cheap if they are the ones it has.
  void Update(const sim::WorldState& state);

  // Forecast passengers in a window.
  double Pair(std::size_t pair, double from_h, double to_h) const;
  double Out(std::size_t vertiport, double from_h, double to_h) const;
  double In(std::size_t vertiport, double from_h, double to_h) const;
  double Total(double from_h, double to_h) const;
  // Forecast passengers per hour of a pair; 0 outside the opening hours.
  double PairRate(std::size_t pair, double at_h) const;

  // Fares in cents per passenger; Out and In are means by demand.
  double FarePair(std::size_t pair, double at_h) const;
  double FareOut(std::size_t vertiport, double at_h) const;
  double FareIn(std::size_t vertiport, double at_h) const;

  double open_h() const { return open_h_; }  // length of the opening hours
  // Fare of a flight with all seats taken, mean by demand, cents; 1 at least.
  double full_flight_cents() const { return full_flight_cents_; }

 private:
  void Rebuild();
  void RebuildFares();
  // The running sum of a row at an hour.
  double SumAt(const std::vector<double>& sums, std::size_t row, double at_h) const;
  std::size_t IntervalAt(double at_h) const;

  std::size_t count_;      // V
  std::size_t intervals_;  // T
  double interval_h_;
  double open_h_;
  double mean_party_ = 1;
  int seats_;
  std::shared_ptr<const std::vector<double>> forecast_;
  std::shared_ptr<const std::vector<std::int64_t>> fares_;
  double full_flight_cents_ = 1;
  // Passengers from opening to the beginning of each interval, rows of T + 1.
  std::vector<double> pair_;      // [V·V]
  std::vector<double> out_;       // [V]
  std::vector<double> in_;        // [V]
  std::vector<double> total_;     // one row
  std::vector<double> fare_out_;  // [V·T]
  std::vector<double> fare_in_;   // [V·T]
};

}  // namespace skein::policy::captain
