#include "cli/import/metro_tables.h"

#include <algorithm>
#include <cmath>

#include "cli/import/csv_table.h"

namespace skein::importer {
namespace {

constexpr double kEarthRadiusM = 6'371'008.8;
constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180;
constexpr std::size_t kHours = 24;

absl::StatusOr<std::size_t> FindSite(const CsvTable& table, std::size_t row, std::size_t column,
                                     const std::vector<Site>& sites) {
  const auto found = std::find_if(sites.begin(), sites.end(), [&](const Site& site) {
    return site.name == table.Text(row, column);
  });
  if (found == sites.end()) return table.Error(row, column, "a site of the sites table");
  return static_cast<std::size_t>(found - sites.begin());
}

}  // namespace

absl::StatusOr<std::vector<Site>> ReadSites(const std::string& path) {
  SKEIN_ASSIGN_OR_RETURN(const CsvTable table, CsvTable::Read(path));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t id, table.Column("id"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t ident, table.Column("ident"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t lat_deg, table.Column("lat_deg"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t lon_deg, table.Column("lon_deg"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t note, table.Column("note"));
  std::vector<Site> sites;
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    Site site;
    site.name = table.Text(row, id);
    site.surveyed = !table.Text(row, ident).empty();
    SKEIN_ASSIGN_OR_RETURN(site.latitude_deg, table.Number(row, lat_deg));
    SKEIN_ASSIGN_OR_RETURN(site.longitude_deg, table.Number(row, lon_deg));
    if (std::abs(site.latitude_deg) > 90) return table.Error(row, lat_deg, "[-90, 90]");
    if (std::abs(site.longitude_deg) > 180) return table.Error(row, lon_deg, "[-180, 180]");
    site.note = table.Text(row, note);
    sites.push_back(site);
  }
  return sites;
}

absl::StatusOr<std::vector<double>> ReadHourlyTrips(const std::string& path,
                                                    const std::vector<Site>& sites) {
  SKEIN_ASSIGN_OR_RETURN(const CsvTable table, CsvTable::Read(path));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t origin, table.Column("origin"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t dest, table.Column("dest"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t hour_local, table.Column("hour_local"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t per_hour, table.Column("weekday_trips_per_h"));
  std::vector<double> trips(sites.size() * sites.size() * kHours, 0);
  std::vector<bool> seen(trips.size(), false);
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    SKEIN_ASSIGN_OR_RETURN(const std::size_t i, FindSite(table, row, origin, sites));
    SKEIN_ASSIGN_OR_RETURN(const std::size_t j, FindSite(table, row, dest, sites));
    if (i == j) return table.Error(row, dest, "another site than the origin");
    SKEIN_ASSIGN_OR_RETURN(const int hour, table.Integer(row, hour_local, 0, 23));
    SKEIN_ASSIGN_OR_RETURN(const double value, table.Number(row, per_hour));
    if (value < 0) return table.Error(row, per_hour, "at least 0");
    const std::size_t entry = (i * sites.size() + j) * kHours + static_cast<std::size_t>(hour);
    if (seen[entry]) return table.Error(row, hour_local, "each hour of a pair once");
    seen[entry] = true;
    trips[entry] = value;
  }
  return trips;
}

absl::StatusOr<AircraftSpecification> ReadAircraft(const std::string& path, const std::string& id) {
  SKEIN_ASSIGN_OR_RETURN(const CsvTable table, CsvTable::Read(path));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t ids, table.Column("id"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t manufacturer, table.Column("manufacturer"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t model, table.Column("model"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t seats, table.Column("pax_seats"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t cruise, table.Column("cruise_kmh"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t battery, table.Column("battery_kwh"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t status, table.Column("battery_status"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t energy, table.Column("wh_per_km_derived"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t basis, table.Column("wh_per_km_basis"));
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    if (table.Text(row, ids) != id) continue;
    AircraftSpecification specification;
    specification.title = absl::StrCat(table.Text(row, manufacturer), " ", table.Text(row, model));
    SKEIN_ASSIGN_OR_RETURN(specification.seats, table.Integer(row, seats, 1, 16));
    SKEIN_ASSIGN_OR_RETURN(specification.cruise_km_per_h, table.Number(row, cruise));
    SKEIN_ASSIGN_OR_RETURN(specification.battery_kwh, table.Number(row, battery));
    SKEIN_ASSIGN_OR_RETURN(specification.energy_wh_per_km, table.Number(row, energy));
    specification.battery_status = table.Text(row, status);
    specification.energy_basis = table.Text(row, basis);
    return specification;
  }
  return absl::NotFoundError(absl::StrCat(path, ": has no aircraft \"", id, "\""));
}

double GreatCircleM(const Site& a, const Site& b) {
  const double north = std::sin((b.latitude_deg - a.latitude_deg) * kRadiansPerDegree / 2);
  const double east = std::sin((b.longitude_deg - a.longitude_deg) * kRadiansPerDegree / 2);
  const double half = north * north + std::cos(a.latitude_deg * kRadiansPerDegree) *
                                          std::cos(b.latitude_deg * kRadiansPerDegree) * east *
                                          east;
  return 2 * kEarthRadiusM * std::asin(std::min(1.0, std::sqrt(half)));
}

}  // namespace skein::importer
