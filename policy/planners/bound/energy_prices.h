#pragma once

#include <vector>

#include "policy/planners/bound/flight_arcs.h"

namespace skein::policy {

// The tariff as the bound may use it: energy costs the day's lowest price, at which the day is
// settled, and what is charged in a bin costs the excess of the bin's cheapest hour over it.
class EnergyPrices {
 public:
  EnergyPrices(const sim::Network& network, const TimeGrid& grid);

  // Whether some bin has an excess.
  bool vary() const { return vary_; }
  double LowestCents(double energy_wh) const;
  double ExcessCents(int bin, double energy_wh) const;

 private:
  double lowest_ = 0;           // micro-USD per kWh
  std::vector<double> excess_;  // [bins]
  bool vary_ = false;
};

}  // namespace skein::policy
