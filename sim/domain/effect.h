#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "sim/domain/decision.h"
#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"

// Effects: what a world did in answer to an event or a decision, in the order in which it did it.
// They feed streams, the events file and the tests; the world itself never reads them.
namespace skein {

struct FlightCommitted {
  AircraftId aircraft;
  VertiportId origin;
  VertiportId destination;
  SimTime take_off;
  SimTime landing;
  std::int64_t charge_wh = 0;
  std::vector<TripId> boarded;
};
struct AircraftHolds {
  AircraftId aircraft;
  SimTime until;
};
struct AircraftWoken {
  AircraftId aircraft;
};
// The commitment or flight has new slots.
struct SlotsReplanned {
  AircraftId aircraft;
  SimTime take_off;
  SimTime landing;
};
enum class CancelReason {
  kOperator,
  kClosed,
  kNoSlot,
  kClosingTime,
  kOutOfService,
  kNoStand,
  kLowCharge
};
struct FlightCancelled {
  AircraftId aircraft;
  CancelReason reason = CancelReason::kOperator;
};
struct FlightTookOff {
  AircraftId aircraft;
  SimTime landing;  // planned
  std::int64_t revenue_cents = 0;
  std::int64_t operating_cost_cents = 0;
};
struct FlightLanded {
  AircraftId aircraft;
  VertiportId vertiport;
  std::int64_t charge_wh = 0;
  bool diverted = false;
  bool emergency = false;
  bool blocks_pad = false;
  std::int64_t refund_cents = 0;
};
struct StandTaken {  // an aircraft that blocked a pad got a stand
  AircraftId aircraft;
};
struct AlternateReserved {
  AircraftId aircraft;
  VertiportId alternate;
  SimTime latest_divert;
};
struct AlternateReleased {
  AircraftId aircraft;
};
struct HoldingStarted {
  AircraftId aircraft;
};
struct DiversionStarted {
  AircraftId aircraft;
  VertiportId alternate;
  SimTime landing;
};
struct EmergencyDeclared {
  AircraftId aircraft;
  VertiportId vertiport;
  SimTime landing;
};
struct ChargingStarted {
  AircraftId aircraft;
  VertiportId vertiport;
};
struct ChargingEnded {
  AircraftId aircraft;
  std::int64_t charge_wh = 0;  // after rounding
  std::int64_t energy_wh = 0;
  std::int64_t cost_cents = 0;
};
enum class TripOutcome { kServed, kDiverted, kExpired, kCancelled, kClosingTime };
struct TripAccepted {
  TripId trip;
  VertiportId origin;
  VertiportId destination;
  int passengers = 0;
  std::int64_t fare_cents_per_passenger = 0;
};
struct TripEnded {
  TripId trip;
  TripOutcome outcome = TripOutcome::kServed;
};
struct Excursion {
  GuardRule rule = GuardRule::kNone;
  AircraftId aircraft;      // may be invalid
  VertiportId vertiport;    // may be invalid
  std::int64_t actual = 0;  // in the rule's unit: aircraft, Wh or ms
  std::int64_t limit = 0;
};
struct DaySettled {
  std::int64_t stored_energy_wh = 0;  // gained over the day; negative: used up
  std::int64_t cost_cents = 0;
  std::int64_t profit_cents = 0;  // of the day, after settlement
};

using Effect =
    std::variant<FlightCommitted, AircraftHolds, AircraftWoken, SlotsReplanned, FlightCancelled,
                 FlightTookOff, FlightLanded, StandTaken, AlternateReserved, AlternateReleased,
                 HoldingStarted, DiversionStarted, EmergencyDeclared, ChargingStarted,
                 ChargingEnded, TripAccepted, TripEnded, Excursion, DaySettled>;

struct TimedEffect {
  SimTime time;
  Effect effect;
};

}  // namespace skein
