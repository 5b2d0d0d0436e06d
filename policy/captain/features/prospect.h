#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "policy/captain/features/demand_table.h"
#include "sim/charging.h"
#include "sim/network.h"
#include "sim/world_state.h"

namespace skein::policy::captain {

// What a pair of vertiports costs in time and energy; fixed for a network.
struct PairCost {
  bool exists = false;
  double block_h = 0;
  double cycle_h = 0;  // delay at the origin, flight, then turnaround or recharging
  std::int64_t energy_wh = 0;
  double passenger_cents = 0;  // operating cost per passenger
  double flight_cents = 0;     // operating cost of the flight
};

// The pairs of a network, row-major.
std::vector<PairCost> MakePairCosts(const sim::Network& network, const sim::ChargeCurve& curve);

// The best flight that an aircraft would find at a vertiport some time from now.
struct Prospect {
  double passengers = 0;          // to be found there, over all profitable destinations
  double cents_per_hour = 0;      // of the best flight; 0 if none earns money
  double contested_per_hour = 0;  // the best when rivals have had their share
  double contested_cents = 0;     // profit of that one
  double contested_cycle_h = 0;   // and its cycle; 0 if there is none
};

struct ProspectQuery {
  std::size_t at = 0;          // vertiport
  double now_h = 0;            // since opening
  double in_h = 0;             // from now
  std::int64_t charge_wh = 0;  // then
  int rivals = 0;              // that leave before
};

// Parties that wait now give up at a constant rate over their patience; new ones come as forecast
// and the aircraft meets those of one patience. Rivals take full flights, from each destination in
// proportion. Closed vertiports are no destinations.
Prospect FindProspect(const sim::Network& network, const std::vector<PairCost>& pairs,
                      const DemandTable& demand, const sim::WorldState& state,
                      const ProspectQuery& query);

}  // namespace skein::policy::captain
