#pragma once

#include <string>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

// Makes a scenario of a real city out of public tables and one file of labelled assumptions.
//
//   sites ──────────────┐
//   hourly trips ───────┤
//   hourly weather ─────┼──► ImportMetro ──► Scenario, each row marked real, derived or assumed
//   tariff, aircraft ───┤
//   assumptions ────────┘
//
// docs/simulation.md describes the tables.
namespace skein::importer {

// Paths of the tables, and the rows to take.
struct ImportOptions {
  std::string sites_csv;
  std::string hourly_trips_csv;
  std::string weather_csv;
  std::string tariff_json;
  std::string tariff_id;
  std::string aircraft_csv;
  std::string aircraft_id;
  std::string assumptions_json;
};

// Errors: those of the readers, with file, line and column or field; INVALID_ARGUMENT with all
// faults,
//         if the tables make no valid scenario.
absl::StatusOr<Scenario> ImportMetro(const ImportOptions& options);

// How many source rows of a scenario are real, derived and assumed.
struct ProvenanceCounts {
  int real = 0;
  int derived = 0;
  int assumed = 0;
};
ProvenanceCounts CountSources(const Scenario& scenario);

}  // namespace skein::importer
