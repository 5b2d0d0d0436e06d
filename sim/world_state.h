#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/domain/day_summary.h"
#include "sim/domain/event.h"
#include "sim/domain/id.h"
#include "sim/domain/observation.h"
#include "sim/domain/scenario.h"
#include "sim/domain/sim_time.h"
#include "sim/slot_book.h"

// The state of a world as plain values. Each struct lists its fields once, in Visit: the snapshot
// writes and reads all of them; the digest takes those given to Field, not those given to Note.
namespace skein::sim {

// EXTERNAL: time moves only by events, and not past an open decision point.
// SYSTEM: the service advances time by its clock; a point stays open until it is answered.
enum class ClockMode : std::uint8_t { kExternal, kSystem };

enum class TripStatus : std::uint8_t {
  kWaiting,
  kBoarded,  // on a commitment that has not taken off
  kAirborne,
  kServed,
  kDiverted,
  kExpired,
  kCancelled,
  kClosingTime,  // still waiting when the network closed
};

struct Trip {
  VertiportId origin;
  VertiportId destination;
  int passengers = 0;
  TripStatus status = TripStatus::kWaiting;
  SimTime earliest;
  SimTime latest;
  std::int64_t fare_cents_per_passenger = 0;
  AircraftId aircraft;  // that carries or carried it

  template <class Archive>
  void Visit(Archive& a) {
    a.Field(origin, destination, passengers, status, earliest, latest, fare_cents_per_passenger,
            aircraft);
  }
};

struct AircraftState {
  AircraftPhase phase = AircraftPhase::kReady;
  bool open = false;  // a decision point
  bool failed = false;
  bool grounded = false;
  bool charging = false;        // on a charger
  bool queued = false;          // in the charger queue
  bool delay_revealed = false;  // of this commitment
  bool diverted = false;
  bool emergency = false;          // will land although its target is closed
  bool blocked_by_change = false;  // when it held, a destination was illegal, not for energy
  bool low_charge_noted = false;   // the excursion of this flight is recorded

  VertiportId vertiport;    // where it stands, or where the leg began
  VertiportId destination;  // of the commitment or flight
  VertiportId target;       // where it lands: the destination or, diverting, the alternate
  VertiportId alternate;    // a stand reserved because the target is closed

  std::int64_t charge_wh = 0;      // at the start of the charging session or of the leg, else now
  std::int64_t leg_energy_wh = 0;  // of the leg in the air
  SimTime session_start{};         // if charging
  SimTime target_charge_at = kNever;  // if charging: when the charge target is reached

  SimTime due{};                // if open: when it became so
  SimTime ready_at{};           // end of turnaround
  SimTime hold_until = kNever;  // if holding on its stand
  SimTime woken_at = SimTime{} - kDay;
  SimTime telemetry_at = SimTime{} - kDay;
  SimTime down_since = kNever;  // if out of service

  SimTime take_off = kNever;        // planned, or actual once airborne
  SimTime first_take_off = kNever;  // as first planned
  SimTime landing = kNever;         // planned; kNever while its target is closed
  SimTime overhead_at = kNever;     // when it reaches the target's pads
  SimTime pad_in = kNever;          // start of the landing movement reserved at the target
  SimTime not_before{};             // a revealed delay: no take-off from here before it
  SimTime slot_due = kNever;        // when an unused take-off slot lapses
  SimTime divert_timer = kNever;    // begin of holding, then latest time to divert
  SimTime latest_divert = kNever;

  int passengers = 0;
  int boarded_count = 0;
  std::array<TripId, kMaxSeats> boarded{};
  std::int64_t fare_cents = 0;  // of all boarded parties
  int landings = 0;
  double failure_probability = 0;
  std::string name;

  bool airborne() const {
    return phase == AircraftPhase::kEnRoute || phase == AircraftPhase::kHolding ||
           phase == AircraftPhase::kDiverting;
  }
  bool serviceable() const { return !failed && !grounded; }

  template <class Archive>
  void Visit(Archive& a) {
    a.Field(phase, open, failed, grounded, charging, queued, delay_revealed, diverted, emergency,
            blocked_by_change, low_charge_noted, vertiport, destination, target, alternate,
            charge_wh, leg_energy_wh, session_start, target_charge_at, due, ready_at, hold_until,
            woken_at, telemetry_at, take_off, first_take_off, landing, overhead_at, pad_in,
            slot_due, not_before, divert_timer, latest_divert, passengers, boarded_count,
            fare_cents, failure_probability);
    a.Range(boarded.begin(), boarded.begin() + boarded_count);
    a.Note(down_since, landings, name);
  }
};

struct VertiportState {
  int on_ground = 0;     // aircraft on stands or blocking a pad, committed ones too
  int inbound = 0;       // commitments and flights to here, reserved alternates too
  int blocked_pads = 0;  // by aircraft without a stand
  int stands_out = 0;    // out of order
  int chargers_out = 0;
  int pads_closed = 0;  // by advisories in force
  int chargers_closed = 0;
  int closed = 0;          // number of closures in force
  int known_closures = 0;  // in force or to come
  int waiting_passengers = 0;
  std::vector<AircraftId> charging;
  std::vector<AircraftId> charger_queue;  // first come first served
  SlotBook pads;

  template <class Archive>
  void Visit(Archive& a) {
    a.Field(on_ground, inbound, blocked_pads, stands_out, chargers_out, pads_closed,
            chargers_closed, closed, known_closures, waiting_passengers);
    a.Vector(charging);
    a.Vector(charger_queue);
    a.Vector(pads.mutable_starts());
  }
};

struct CorridorState {
  SlotBook lanes;
  int known_closures = 0;

  template <class Archive>
  void Visit(Archive& a) {
    a.Vector(lanes.mutable_starts());
    a.Field(known_closures);
  }
};

struct AdvisoryState {
  Advisory advisory;
  bool active = false;

  template <class Archive>
  void Visit(Archive& a) {
    a.Field(advisory.id, advisory.kind, advisory.vertiport, advisory.corridor_end,
            advisory.both_directions, advisory.count, advisory.start, advisory.end, active);
  }
};

// A served party's wait, for the 95th percentile of the day.
struct Wait {
  std::int64_t ms = 0;
  int passengers = 0;

  template <class Archive>
  void Visit(Archive& a) {
    a.Note(ms, passengers);
  }
};

struct WorldState {
  SimTime now{};
  ClockMode clock = ClockMode::kExternal;
  bool is_open = false;    // between opening and closing time
  int next_day = 0;        // the local day that opens or runs next
  int active_flights = 0;  // commitments and flights
  std::int64_t decision_count = 0;
  std::int64_t day_start_charge_wh = 0;  // what the day settles against
  TripId first_trip{1};                  // number of trips[0]
  std::vector<Trip> trips;
  std::vector<std::vector<TripId>> waiting;  // [V·V], by (earliest, id)
  std::vector<int> waiting_passengers;       // [V·V]
  std::vector<AircraftState> aircraft;
  std::vector<VertiportState> vertiports;
  std::vector<CorridorState> corridors;
  std::vector<AdvisoryState> advisories;                   // by id
  std::vector<AircraftId> open_points;                     // by (due, id)
  std::shared_ptr<const std::vector<double>> forecast;     // [V·V·T] requests per hour
  std::shared_ptr<const std::vector<std::int64_t>> fares;  // [V·V·T] cents per passenger
  std::uint64_t forecast_hash = 0;

  std::int64_t profit_cents = 0;  // all days
  DaySummary today;
  std::vector<Wait> waits;               // of today
  std::vector<DaySummary> settled_days;  // the latest kSettledDaysKept

  VertiportState& at(VertiportId id) { return vertiports[id.index()]; }
  const VertiportState& at(VertiportId id) const { return vertiports[id.index()]; }
  AircraftState& at(AircraftId id) { return aircraft[id.index()]; }
  const AircraftState& at(AircraftId id) const { return aircraft[id.index()]; }
  TripId next_trip() const {
    return TripId{first_trip.value + static_cast<std::int64_t>(trips.size())};
  }
  Trip& at(TripId id) { return trips[static_cast<std::size_t>(id.value - first_trip.value)]; }
  const Trip& at(TripId id) const {
    return trips[static_cast<std::size_t>(id.value - first_trip.value)];
  }
  std::size_t pair(VertiportId i, VertiportId j) const {
    return i.index() * vertiports.size() + j.index();
  }
};

inline constexpr std::size_t kSettledDaysKept = 400;

// A take-off or landing that the world has planned and the outside world is expected to report.
struct Movement {
  enum class Kind : std::uint8_t { kLanding, kTakeOff };
  SimTime time;
  Kind kind = Kind::kLanding;
  AircraftId aircraft;
  friend auto operator<=>(const Movement&, const Movement&) = default;
};

}  // namespace skein::sim
