#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"

// External events: what the outside world tells a network. They alone, with the decisions, make up
// the journal. Source: docs/world.md.
namespace skein {

// A party wants to fly. The world numbers trips itself, in sequence from 1.
struct TripRequested {
  // Absent: the next number. Present: must be the next number (replay and drive check it).
  std::optional<TripId> trip;
  VertiportId origin;
  VertiportId destination;
  int passengers = 1;
  SimTime earliest;  // may be ahead of the event: a booking in advance
  SimTime latest;    // last take-off the party accepts
  // Absent: the world quotes it from its forecast and fare rule at the time of the request.
  std::optional<std::int64_t> fare_cents_per_passenger;
};

struct TripCancelled {
  TripId trip;
};

// Revealed at the planned take-off (or before it): the aircraft cannot leave for `delay`.
struct TakeOffDelayed {
  AircraftId aircraft;
  SimDuration delay{};
};

struct TookOff {
  AircraftId aircraft;
};

// The aircraft is on its stand at `vertiport`.
struct Landed {
  AircraftId aircraft;
  VertiportId vertiport;
  std::optional<std::int64_t> charge_wh;  // measured; absent: the world's own reckoning
};

struct AircraftFailed {
  AircraftId aircraft;
};

// The operator takes an aircraft out of service.
struct AircraftGrounded {
  AircraftId aircraft;
};

// Repaired, or released by the operator.
struct AircraftReturnedToService {
  AircraftId aircraft;
};

// Telemetry.
struct AircraftReported {
  AircraftId aircraft;
  std::int64_t charge_wh = 0;
};

enum class AdvisoryKind { kCorridorClosed, kVertiportClosed, kPadsClosed, kChargersClosed };

// A closure or restriction in force during [start, end).
struct Advisory {
  AdvisoryId id;
  AdvisoryKind kind = AdvisoryKind::kVertiportClosed;
  VertiportId vertiport;        // the vertiport; of a corridor, its origin
  VertiportId corridor_end;     // of a corridor, its destination; else invalid
  bool both_directions = true;  // of a corridor: the opposite one too
  int count = 0;                // pads or chargers withdrawn; else 0
  SimTime start;
  SimTime end;
};

struct AdvisoryIssued {
  Advisory advisory;
};

struct AdvisoryWithdrawn {
  AdvisoryId advisory;
};

// Replaces the demand forecast from now on.
struct ForecastPublished {
  // Expected trip requests per hour, row-major [origin][destination][interval]; the intervals and
  // limits are those of the scenario's forecast.
  std::vector<double> requests_per_hour;
};

// Nothing happened, but time has moved.
struct TimeAdvanced {};

struct AircraftAdded {
  std::string name;
  VertiportId vertiport;
  std::int64_t charge_wh = 0;
  double failure_probability = 0;  // per landing
};

struct AircraftRemoved {
  AircraftId aircraft;
};

enum class Resource { kStands, kChargers };

// So many stands or chargers of a vertiport are out of order from now on (0 = all work).
struct ResourceOutOfOrder {
  VertiportId vertiport;
  Resource resource = Resource::kStands;
  int count = 0;
};

// The operator cancels a commitment that has not taken off.
struct CommitmentCancelled {
  AircraftId aircraft;
};

using EventPayload =
    std::variant<TripRequested, TripCancelled, TakeOffDelayed, TookOff, Landed, AircraftFailed,
                 AircraftGrounded, AircraftReturnedToService, AircraftReported, AdvisoryIssued,
                 AdvisoryWithdrawn, ForecastPublished, TimeAdvanced, AircraftAdded, AircraftRemoved,
                 ResourceOutOfOrder, CommitmentCancelled>;

struct ExternalEvent {
  SimTime time;
  EventPayload payload;
};

}  // namespace skein
