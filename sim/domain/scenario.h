#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/domain/id.h"
#include "sim/domain/sim_time.h"

// The immutable description of a network and of the day it faces. Plain values: Validate()
// (scenario_validate.h) says whether they make sense.
namespace skein {

// Bumped whenever the same journal would lead to another state.
inline constexpr int kRulesVersion = 2;

// Limits of what one network may hold; part of the legal ranges that Validate() reports.
inline constexpr int kMaxVertiports = 256;
inline constexpr int kMaxAircraft = 4096;
inline constexpr int kMaxSeats = 16;

// Where a figure comes from.
enum class Provenance { kUnspecified, kReal, kDerived, kAssumed };

struct Vertiport {
  std::string name;         // unique; [A-Za-z0-9_.-]{1,64}
  std::string title;        // for people
  double latitude_deg = 0;  // WGS-84; in generated scenarios 0, and x, y say where it is
  double longitude_deg = 0;
  std::int64_t x_m = 0;  // place on a plane, for maps
  std::int64_t y_m = 0;
  int stands = 0;
  int contingency_stands = 0;  // of those, kept for diversions
  int chargers = 0;            // 0: a vertistop
  int pads = 0;
  SimDuration expected_delay{};  // m of the take-off delay distribution
  // Weather minima: closed below either (see Weather).
  int minimum_ceiling_ft = 0;
  double minimum_visibility_sm = 0;
  // Chance that it closes in an hour in which the reference station is below its minima, for
  // vertiports that do not follow the station; unused when follows_station.
  bool follows_station = true;
  double closure_probability_given_fog = 0;
  Provenance provenance = Provenance::kUnspecified;
};

// Directed.
struct Corridor {
  VertiportId origin;
  VertiportId destination;
  std::int64_t distance_m = 0;
  int lanes = 1;
  double closure_probability = 0;  // per day, of the undirected pair: that of the lower origin
};

struct Aircraft {
  std::string name;  // unique; [A-Za-z0-9_.-]{1,64}
  VertiportId vertiport;
  double initial_state_of_charge = 1;
  double failure_probability = 0;  // per landing
};

// One type for the whole fleet.
struct AircraftType {
  std::string title;
  int seats = 4;
  std::int64_t battery_wh = 0;
  double cruise_m_per_s = 0;
  double energy_wh_per_km = 0;    // take-off and landing included
  SimDuration block_overhead{};   // climb and landing, on top of cruise time
  std::int64_t hold_power_w = 0;  // holding in the air
};

struct EnergyRules {
  double reserve = 0.1;  // state of charge that must remain at landing
  bool alternate_required = true;
  double alternate_reserve = 0.1;  // remaining at landing on the alternate
  SimDuration alternate_hold{};    // hold time that G3 plans before flying to the alternate
};

// One row of the charge curve: from this state of charge on, this power.
struct ChargeStep {
  double from_state_of_charge = 0;
  std::int64_t power_w = 0;
};

struct ChargingRules {
  double charge_target = 1;       // below it an aircraft on a stand joins the charger queue
  std::vector<ChargeStep> curve;  // rising from 0
};

struct OperatingRules {
  SimTime open_time{};   // of each day
  SimTime close_time{};  // no take-off is planned after it
  SimDuration turnaround{};
  SimDuration hold{};  // of the action `hold`
  SimDuration max_take_off_wait{};
  SimDuration movement{};            // a movement occupies a pad so long
  SimDuration headway{};             // of a corridor lane
  SimDuration movement_tolerance{};  // a movement further from its plan is an excursion
  bool wake_on_change = false;
  SimDuration telemetry_period{};   // 0: no telemetry
  SimDuration telemetry_max_age{};  // G8; 0: not checked
};

// Fare per passenger = base + per_distance × max(surge, 1), with
// surge = log_b(index_factor × forecast(i, j, hour) ÷ mean forecast ÷ 10).
// Source: research on CapTAIN (form), docs/simulation.md, "paper" (index and base, assumed).
struct FareRule {
  double base_usd = 0;
  double per_mile_usd = 0;
  bool surge = false;
  double surge_log_base = 2.718281828459045;
  double surge_index_factor = 12;
};

struct CostRule {
  double per_passenger_mile_usd = 0;
  double per_flight_hour_usd = 0;
  double per_landing_usd = 0;
  std::vector<double> energy_usd_per_kwh;  // [24], by local hour
};

struct DemandModel {
  // Forecast: expected trip requests per hour, row-major [origin][destination][interval], where
  // interval k is [open + k·interval, open + (k+1)·interval).
  SimDuration interval = kHour;
  std::vector<double> requests_per_hour;
  double intensity_sigma = 0;            // lognormal, mean 1, per pair and day
  std::vector<double> party_size_share;  // of parties of 1, 2, …; sums to 1
  SimDuration patience{};                // latest − earliest
  double advance_booking_share = 0;      // of parties that book ahead
  SimDuration advance_booking_max{};     // by U(0, max)
};

struct DisturbanceModel {
  SimDuration delay_sigma{};  // delay = clamp(N(m, sigma), 0, max)
  SimDuration delay_max{};
  SimDuration repair_mean{};  // lognormal
  double repair_sigma = 0;
  SimDuration closure_min{};  // of a corridor, U(min, max)
  SimDuration closure_max{};
};

// Hourly weather of one reference station; a real day is drawn per episode.
struct WeatherDay {
  std::string date;                   // of the source
  std::vector<int> ceiling_ft;        // [24] by local hour; -1: unlimited
  std::vector<double> visibility_sm;  // [24]
};

struct Weather {
  std::string station;
  int fog_ceiling_ft = 0;  // "fog at the station": below either
  double fog_visibility_sm = 0;
  std::vector<WeatherDay> days;  // empty: no weather
};

// What is real, derived or assumed, row by row, for people.
struct SourceNote {
  std::string subject;  // field path or table row
  Provenance provenance = Provenance::kUnspecified;
  std::string note;
};

struct Scenario {
  std::string name;
  std::string title;
  std::string time_zone;  // IANA
  int rules_version = kRulesVersion;
  std::vector<Vertiport> vertiports;
  std::vector<Corridor> corridors;
  std::vector<Aircraft> aircraft;
  AircraftType aircraft_type;
  EnergyRules energy;
  ChargingRules charging;
  OperatingRules operations;
  FareRule fare;
  CostRule cost;
  DemandModel demand;
  DisturbanceModel disturbance;
  Weather weather;
  std::vector<SourceNote> sources;
};

}  // namespace skein
