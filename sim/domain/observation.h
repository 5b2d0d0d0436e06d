#pragma once

#include <cstdint>
#include <vector>

#include "sim/domain/decision.h"
#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"

namespace skein {

// What the guard says of flying to one vertiport now; made by the code that Commit runs.
struct DestinationEstimate {
  Refusal refusal = Refusal::kNone;  // kNone: legal. The other fields hold as far as they are known
  SimTime take_off{};                // earliest, slots included
  SimTime landing{};
  std::int64_t energy_wh = 0;
  int waiting_passengers = 0;  // of the pair, whether or not they would fit
  int passengers = 0;          // that would board
  std::int64_t revenue_cents = 0;
  std::int64_t operating_cost_cents = 0;
  std::int64_t energy_cost_cents = 0;  // at the price of the landing hour
  std::int64_t profit_cents() const {
    return revenue_cents - operating_cost_cents - energy_cost_cents;
  }
};

struct VertiportObservation {
  int stands = 0;  // in order, contingency stands not counted
  int on_ground = 0;
  int inbound = 0;
  int chargers = 0;  // in order
  int charging = 0;
  int charger_queue = 0;
  SimTime charger_free{};        // when the next charger is free, the queue not counted
  SimDuration expected_delay{};  // mean of the clamped take-off delay
  int waiting_passengers = 0;    // at this vertiport, to anywhere
  bool closed = false;           // now
};

enum class AircraftPhase {
  kReady,  // on a stand, turned around, uncommitted
  kTurnaround,
  kCommitted,
  kEnRoute,
  kHolding,  // in the air, destination closed
  kDiverting,
  kBlockingPad,  // landed without a stand
  kOutOfService,
  kRemoved,
};

struct AircraftObservation {
  AircraftPhase phase = AircraftPhase::kReady;
  VertiportId vertiport;  // where it is, or where it flies to
  std::int64_t charge_wh = 0;
  SimTime next_event{};  // end of hold or turnaround, planned take-off or landing; now if open
  float failure_probability = 0;
};

// All that a policy may know when it decides for one aircraft. Sizes: V vertiports, A aircraft.
// Buffers are reused from one observation to the next.
struct Observation {
  SimTime now{};
  AircraftId aircraft;
  VertiportId vertiport;
  std::int64_t charge_wh = 0;
  std::int64_t decision_number = 0;       // of the network, from 0; keys a policy's random draws
  std::vector<std::uint8_t> action_mask;  // [V], 1 = legal; own vertiport = hold
  std::vector<DestinationEstimate> destinations;   // [V]; own vertiport: hold, all zero
  std::vector<VertiportObservation> vertiports;    // [V]
  std::vector<AircraftObservation> aircraft_rows;  // [A]
};

}  // namespace skein
