#pragma once

#include <cstdint>

#include "sim/domain/sim_time.h"

namespace skein {

// The figures of one local day of a network. Source: docs/world.md.
struct DaySummary {
  int day = 0;  // local day number, from 0
  bool settled = false;
  std::int64_t revenue_cents = 0;  // fares less refunds
  std::int64_t operating_cost_cents = 0;
  std::int64_t energy_cost_cents = 0;  // settlement included
  std::int64_t flights = 0;
  std::int64_t reposition_flights = 0;
  std::int64_t passengers_requested = 0;
  std::int64_t passengers_served = 0;
  std::int64_t passengers_lost = 0;
  std::int64_t passengers_diverted = 0;
  std::int64_t requests = 0;           // parties
  std::int64_t requests_unserved = 0;  // parties lost
  std::int64_t diversions = 0;
  std::int64_t emergency_landings = 0;
  std::int64_t excursions = 0;
  std::int64_t cancellations = 0;  // commitments cancelled
  std::int64_t decisions = 0;      // holds included
  std::int64_t holds = 0;
  std::int64_t refusals = 0;
  std::int64_t wait_ms_sum = 0;  // passenger-weighted, of served parties
  std::int64_t wait_passengers = 0;
  std::int64_t p95_wait_ms = 0;  // passenger-weighted
  std::int64_t seats_flown = 0;
  std::int64_t passengers_flown = 0;
  std::int64_t energy_wh = 0;         // drawn from chargers
  std::int64_t closures_met = 0;      // commitments cancelled and flights diverted by closures
  std::int64_t aircraft_down_ms = 0;  // within opening hours
  std::int64_t min_charge_at_landing_wh = -1;  // -1: no landing
  std::int64_t guard_violations = 0;           // always 0

  std::int64_t profit_cents() const {
    return revenue_cents - operating_cost_cents - energy_cost_cents;
  }
};

}  // namespace skein
