#pragma once

#include "policy/planners/bound/flight_arcs.h"

namespace skein::policy {

// Charge of an aircraft in steps, always rounded up.
//
// What is counted is the normalised charge: the charge at a time in a bin, less what charging from
// the begin of the bin would have given at full power. It makes charging for whole bins exact.
class ChargeLevels {
 public:
  // At most `most` levels; with one, charge is ignored. Requires: most ≥ 1.
  ChargeLevels(const sim::Network& network, SimDuration bin, int most);

  int count() const { return count_; }
  double ChargeWh(int level) const { return level * step_wh_; }
  // The lowest level that is not below a charge.
  int Above(double charge_wh) const;
  // The same, but no higher than an aircraft is ever charged.
  int AfterCharging(double charge_wh) const;
  // The level after holding on a stand from `level` for one bin.
  int AfterHolding(int level, VertiportId vertiport) const;
  // The level of an aircraft of the scenario when the network opens.
  int AtOpening(const Aircraft& aircraft) const;

 private:
  const sim::Network& network_;
  SimDuration bin_;
  double most_wh_ = 0;  // the charge target, or what an aircraft has above it at opening
  int count_ = 1;
  double step_wh_ = 0;
};

// Energy of so much time at a power.
double EnergyWh(std::int64_t power_w, SimDuration time);
// The charge of an aircraft of the scenario when the network opens, at most.
double ChargeAtOpeningWh(const sim::Network& network, const Aircraft& aircraft);

}  // namespace skein::policy
