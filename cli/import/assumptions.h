#pragma once

#include <string>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

namespace skein::importer {

// What no table says of a vertiport.
struct SiteAssumption {
  std::string name;
  std::string title;
  int stands = 0;
  int contingency_stands = 0;
  int chargers = 0;
  int pads = 0;
  SimDuration expected_delay{};
  int minimum_ceiling_ft = 0;
  double minimum_visibility_sm = 0;
  bool follows_station = true;
  double closure_probability_given_fog = 0;
};

// Every assumed number of a metro scenario, from one labelled file. A part of the file is one
// object with a "note" that says why; the notes become the scenario's source rows.
struct Assumptions {
  std::string name;
  std::string title;
  std::string time_zone;

  int fleet_size = 0;
  double initial_state_of_charge = 1;
  double failure_probability = 0;  // per landing

  SimDuration block_overhead{};
  std::int64_t hold_power_w = 0;

  SimDuration reserve_cruise{};  // the reserve: energy of so much cruise
  bool alternate_required = true;
  double alternate_reserve = 0;
  SimDuration alternate_hold{};

  ChargingRules charging;
  OperatingRules operations;

  int lanes = 1;
  double closure_probability = 0;
  // Which pairs have corridors, both ways: see JoinedPairs in metro_import.cc.
  double requests_per_day_min = 0;
  int weather_alternates = 0;

  FareRule fare;
  CostRule cost;  // without the tariff
  int tariff_month = 1;

  double capture_from_km = 0;  // share 0 up to here
  double capture_full_km = 0;  // the full share from here on
  double requests_per_aircraft = 0;
  DemandModel demand;  // without the forecast

  DisturbanceModel disturbance;

  std::string station;
  int fog_ceiling_ft = 0;
  double fog_visibility_sm = 0;

  std::vector<SiteAssumption> sites;
  std::vector<SourceNote> notes;  // one per part
};

// Reads the file, for example deploy/scenarios/sfbay.assumptions.json.
// Errors: those of ReadTextFile; INVALID_ARGUMENT with every missing, unknown or wrong field.
absl::StatusOr<Assumptions> ReadAssumptions(const std::string& path);

}  // namespace skein::importer
