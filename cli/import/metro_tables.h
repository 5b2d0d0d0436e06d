#pragma once

#include <string>
#include <vector>

#include "sim/domain/status.h"

namespace skein::importer {

// A row of the sites table.
struct Site {
  std::string name;
  bool surveyed = false;  // an existing aerodrome, with an identifier
  double latitude_deg = 0;
  double longitude_deg = 0;
  std::string note;
};

// Columns id, ident, lat_deg, lon_deg, note. An empty ident means a place that was chosen by hand.
// Errors: those of CsvTable; INVALID_ARGUMENT for a bad row.
absl::StatusOr<std::vector<Site>> ReadSites(const std::string& path);

// Trips between sites by local hour, [V·V·24].
// Columns origin, dest, hour_local, weekday_trips_per_h. Pairs and hours without a row are 0.
// Errors: those of CsvTable; INVALID_ARGUMENT for a bad row, an unknown site or a repeated hour.
absl::StatusOr<std::vector<double>> ReadHourlyTrips(const std::string& path,
                                                    const std::vector<Site>& sites);

// A row of the table of aircraft.
struct AircraftSpecification {
  std::string title;
  int seats = 0;  // for passengers
  double cruise_km_per_h = 0;
  double battery_kwh = 0;
  double energy_wh_per_km = 0;
  std::string battery_status;
  std::string energy_basis;
};

// Columns id, manufacturer, model, pax_seats, cruise_kmh, battery_kwh, battery_status,
// wh_per_km_derived, wh_per_km_basis.
// Errors: those of CsvTable; INVALID_ARGUMENT for a bad row; NOT_FOUND, if there is no row `id`.
absl::StatusOr<AircraftSpecification> ReadAircraft(const std::string& path, const std::string& id);

// Length of the great circle, metres. Source: haversine formula, mean Earth radius 6,371,008.8 m
// (IUGG).
double GreatCircleM(const Site& a, const Site& b);

}  // namespace skein::importer
