#include "cli/import/metro_import.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

#include "cli/import/assumptions.h"
#include "cli/import/metro_tables.h"
#include "cli/import/tariff_table.h"
#include "cli/import/weather_table.h"
#include "sim/domain/scenario_validate.h"

namespace skein::importer {
namespace {

constexpr double kMetresPerDegree = 111'195.08;  // of latitude, on a sphere of 6,371,008.8 m
constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180;
constexpr double kRateDigits = 1e6;  // rates are rounded, to keep the file small

std::string FileName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

void AddSource(Scenario& scenario, std::string subject, Provenance provenance, std::string note) {
  scenario.sources.push_back({std::move(subject), provenance, std::move(note)});
}

// Joins the sites table and the assumptions on the vertiport's name.
absl::Status AddVertiports(const std::vector<Site>& sites, const Assumptions& assumptions,
                           const ImportOptions& options, Scenario& scenario) {
  double middle_deg = 0;
  double middle_lon_deg = 0;
  for (const Site& site : sites) {
    middle_deg += site.latitude_deg / static_cast<double>(sites.size());
    middle_lon_deg += site.longitude_deg / static_cast<double>(sites.size());
  }
  for (const SiteAssumption& row : assumptions.sites) {
    const bool known = std::any_of(sites.begin(), sites.end(),
                                   [&](const Site& site) { return site.name == row.name; });
    if (!known)
      return absl::InvalidArgumentError(absl::StrCat(options.assumptions_json, ": vertiport \"",
                                                     row.name, "\" is not in ", options.sites_csv));
  }
  for (const Site& site : sites) {
    const auto row = std::find_if(assumptions.sites.begin(), assumptions.sites.end(),
                                  [&](const SiteAssumption& a) { return a.name == site.name; });
    if (row == assumptions.sites.end())
      return absl::InvalidArgumentError(absl::StrCat(options.assumptions_json,
                                                     ": has no vertiport \"", site.name, "\" of ",
                                                     options.sites_csv));
    Vertiport& v = scenario.vertiports.emplace_back();
    v.name = site.name;
    v.title = row->title;
    v.latitude_deg = site.latitude_deg;
    v.longitude_deg = site.longitude_deg;
    v.x_m = std::llround((site.longitude_deg - middle_lon_deg) * kMetresPerDegree *
                         std::cos(middle_deg * kRadiansPerDegree));
    v.y_m = std::llround((site.latitude_deg - middle_deg) * kMetresPerDegree);
    v.stands = row->stands;
    v.contingency_stands = row->contingency_stands;
    v.chargers = row->chargers;
    v.pads = row->pads;
    v.expected_delay = row->expected_delay;
    v.minimum_ceiling_ft = row->minimum_ceiling_ft;
    v.minimum_visibility_sm = row->minimum_visibility_sm;
    v.follows_station = row->follows_station;
    v.closure_probability_given_fog = row->closure_probability_given_fog;
    v.provenance = site.surveyed ? Provenance::kReal : Provenance::kAssumed;
    AddSource(scenario, absl::StrCat("vertiports.", site.name, ": place"), v.provenance, site.note);
  }
  return absl::OkStatus();
}

// Shares the fleet out by usable stands, one by one. Source: method of Webster (odd divisors).
std::vector<VertiportId> StartingPlaces(const std::vector<Vertiport>& vertiports, int fleet_size) {
  std::vector<int> placed(vertiports.size(), 0);
  std::vector<VertiportId> places;
  const auto usable = [&](std::size_t k) {
    return vertiports[k].stands - vertiports[k].contingency_stands;
  };
  for (int n = 0; n < fleet_size; ++n) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < vertiports.size(); ++k)
      if ((2 * placed[k] + 1) * usable(best) < (2 * placed[best] + 1) * usable(k)) best = k;
    ++placed[best];
    places.emplace_back(static_cast<std::int32_t>(best));
  }
  return places;
}

void AddFleet(const AircraftSpecification& specification, const Assumptions& assumptions,
              const ImportOptions& options, Scenario& scenario) {
  for (const VertiportId place : StartingPlaces(scenario.vertiports, assumptions.fleet_size)) {
    Aircraft& aircraft = scenario.aircraft.emplace_back();
    aircraft.name = absl::StrFormat("N%03d", scenario.aircraft.size());
    aircraft.vertiport = place;
    aircraft.initial_state_of_charge = assumptions.initial_state_of_charge;
    aircraft.failure_probability = assumptions.failure_probability;
  }
  AircraftType& type = scenario.aircraft_type;
  type.title = specification.title;
  type.seats = specification.seats;
  type.battery_wh = std::llround(specification.battery_kwh * 1000);
  type.cruise_m_per_s = specification.cruise_km_per_h / 3.6;
  type.energy_wh_per_km = specification.energy_wh_per_km;
  type.block_overhead = assumptions.block_overhead;
  type.hold_power_w = assumptions.hold_power_w;
  const std::string file = FileName(options.aircraft_csv);
  AddSource(scenario, "aircraftType.seats, cruiseMPerS", Provenance::kReal,
            absl::StrCat("The maker's figures, ", file, " row ", options.aircraft_id, "."));
  AddSource(scenario, "aircraftType.batteryWh", Provenance::kReal,
            absl::StrCat(file, ": ", specification.battery_status, "."));
  AddSource(scenario, "aircraftType.energyWhPerKm", Provenance::kDerived,
            absl::StrCat(file, ": ", specification.energy_basis, "."));
  const double cruise_wh = specification.cruise_km_per_h * specification.energy_wh_per_km *
                           static_cast<double>(assumptions.reserve_cruise.count()) /
                           static_cast<double>(kHour.count());
  scenario.energy.reserve = std::round(cruise_wh / (specification.battery_kwh * 1000) * 1e4) / 1e4;
  scenario.energy.alternate_required = assumptions.alternate_required;
  scenario.energy.alternate_reserve = assumptions.alternate_reserve;
  scenario.energy.alternate_hold = assumptions.alternate_hold;
  AddSource(scenario, "energy.reserve", Provenance::kDerived,
            absl::StrFormat("Energy of %d min of cruise, %.1f kWh.",
                            assumptions.reserve_cruise / kMinute, cruise_wh / 1000));
}

// The share of a pair's trips that flies, relative to the full share.
double Capture(double distance_km, const Assumptions& assumptions) {
  return std::clamp((distance_km - assumptions.capture_from_km) /
                        (assumptions.capture_full_km - assumptions.capture_from_km),
                    0.0, 1.0);
}

// Passengers per hour at a full share of 1, [V·V·T] in opening hours.
std::vector<double> CapturedTrips(const std::vector<Site>& sites, const std::vector<double>& trips,
                                  const Assumptions& assumptions) {
  const std::size_t count = sites.size();
  const auto hour_of = [](SimTime time) {
    return static_cast<std::size_t>(time.time_since_epoch() / kHour);
  };
  std::vector<double> captured;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      const double share = Capture(GreatCircleM(sites[i], sites[j]) / 1000, assumptions);
      for (std::size_t hour = hour_of(assumptions.operations.open_time);
           hour < hour_of(assumptions.operations.close_time); ++hour)
        captured.push_back(share * trips[(i * count + j) * 24 + hour]);
    }
  }
  return captured;
}

// Sums of the day by ordered pair, [V·V].
std::vector<double> ByPair(const std::vector<double>& hourly, std::size_t pairs) {
  std::vector<double> sums(pairs, 0);
  const std::size_t intervals = hourly.size() / pairs;
  for (std::size_t k = 0; k < hourly.size(); ++k) sums[k / intervals] += hourly[k];
  return sums;
}

// Pairs that get corridors, both ways: those that enough parties want to fly, and each site with
// the nearest sites under other weather than the station's, so that fog does not close every
// alternate.
std::vector<bool> JoinedPairs(const std::vector<Site>& sites, const std::vector<double>& requests,
                              const Assumptions& assumptions, const Scenario& scenario) {
  const std::size_t count = sites.size();
  std::vector<bool> joined(count * count, false);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::pair<double, std::size_t>> alternates;
    for (std::size_t j = 0; j < count; ++j) {
      if (i == j) continue;
      const double both_ways = (requests[i * count + j] + requests[j * count + i]) / 2;
      if (both_ways >= assumptions.requests_per_day_min) joined[i * count + j] = true;
      if (!scenario.vertiports[j].follows_station)
        alternates.emplace_back(GreatCircleM(sites[i], sites[j]), j);
    }
    std::sort(alternates.begin(), alternates.end());
    const auto wanted = static_cast<std::size_t>(assumptions.weather_alternates);
    for (std::size_t k = 0; k < std::min(wanted, alternates.size()); ++k) {
      const std::size_t j = alternates[k].second;
      joined[i * count + j] = joined[j * count + i] = true;
    }
  }
  return joined;
}

void AddCorridors(const std::vector<Site>& sites, const std::vector<bool>& joined,
                  const Assumptions& assumptions, Scenario& scenario) {
  for (std::size_t i = 0; i < sites.size(); ++i) {
    for (std::size_t j = 0; j < sites.size(); ++j) {
      if (!joined[i * sites.size() + j]) continue;
      Corridor& corridor = scenario.corridors.emplace_back();
      corridor.origin = VertiportId{static_cast<std::int32_t>(i)};
      corridor.destination = VertiportId{static_cast<std::int32_t>(j)};
      corridor.distance_m = std::llround(GreatCircleM(sites[i], sites[j]));
      corridor.lanes = assumptions.lanes;
      corridor.closure_probability = assumptions.closure_probability;
    }
  }
  AddSource(scenario, "corridors.distanceM", Provenance::kDerived,
            "Great circle between the sites.");
}

// Requests per hour = trips × capture × full share ÷ mean party size, where the full share makes
// the day's total the wanted number of requests per aircraft.
absl::Status AddDemandAndCorridors(const std::vector<Site>& sites, const std::vector<double>& trips,
                                   const Assumptions& assumptions, const ImportOptions& options,
                                   Scenario& scenario) {
  const std::size_t pairs = sites.size() * sites.size();
  const double requests = assumptions.requests_per_aircraft * assumptions.fleet_size;
  std::vector<double> rates = CapturedTrips(sites, trips, assumptions);
  const auto sum = [&] { return std::accumulate(rates.begin(), rates.end(), 0.0); };
  const auto no_trips = absl::InvalidArgumentError(absl::StrCat(
      options.hourly_trips_csv, ": no trips within opening hours beyond demand.captureFromKm"));
  const double all = sum();
  if (all <= 0) return no_trips;
  std::vector<double> wanted = ByPair(rates, pairs);
  for (double& passengers : wanted) passengers *= requests / all;
  const std::vector<bool> joined = JoinedPairs(sites, wanted, assumptions, scenario);
  AddCorridors(sites, joined, assumptions, scenario);
  for (std::size_t k = 0; k < rates.size(); ++k)
    if (!joined[k / (rates.size() / pairs)]) rates[k] = 0;
  const double passengers = sum();
  if (passengers <= 0) return no_trips;
  for (double& rate : rates)
    rate = std::round(rate * requests / passengers * kRateDigits) / kRateDigits;
  scenario.demand = assumptions.demand;
  scenario.demand.requests_per_hour = std::move(rates);
  double party_size = 0;
  for (std::size_t k = 0; k < scenario.demand.party_size_share.size(); ++k)
    party_size += static_cast<double>(k + 1) * scenario.demand.party_size_share[k];
  AddSource(
      scenario, "demand.requestsPerHour", Provenance::kDerived,
      absl::StrFormat("Weekday trips of %s × capture share: 0 up to %g km, rising to %.3f %% at %g "
                      "km, which makes %g requests a day of %.2f passengers.",
                      FileName(options.hourly_trips_csv), assumptions.capture_from_km,
                      100 * requests * party_size / passengers, assumptions.capture_full_km,
                      requests, party_size));
  return absl::OkStatus();
}

absl::Status AddWeather(const Assumptions& assumptions, const ImportOptions& options,
                        Scenario& scenario) {
  Weather& weather = scenario.weather;
  weather.station = assumptions.station;
  weather.fog_ceiling_ft = assumptions.fog_ceiling_ft;
  weather.fog_visibility_sm = assumptions.fog_visibility_sm;
  SKEIN_ASSIGN_OR_RETURN(weather.days, ReadWeather(options.weather_csv, assumptions.time_zone));
  AddSource(scenario, "weather.days", Provenance::kReal,
            absl::StrCat(weather.days.size(), " days of hourly ceiling and visibility, ",
                         FileName(options.weather_csv), ", in local time."));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Scenario> ImportMetro(const ImportOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const Assumptions assumptions, ReadAssumptions(options.assumptions_json));
  SKEIN_ASSIGN_OR_RETURN(const std::vector<Site> sites, ReadSites(options.sites_csv));
  SKEIN_ASSIGN_OR_RETURN(const std::vector<double> trips,
                         ReadHourlyTrips(options.hourly_trips_csv, sites));
  SKEIN_ASSIGN_OR_RETURN(const AircraftSpecification aircraft,
                         ReadAircraft(options.aircraft_csv, options.aircraft_id));
  SKEIN_ASSIGN_OR_RETURN(const Tariff tariff, ReadTariff(options.tariff_json, options.tariff_id,
                                                         assumptions.tariff_month));

  Scenario scenario;
  scenario.name = assumptions.name;
  scenario.title = assumptions.title;
  scenario.time_zone = assumptions.time_zone;
  scenario.charging = assumptions.charging;
  scenario.operations = assumptions.operations;
  scenario.fare = assumptions.fare;
  scenario.cost = assumptions.cost;
  scenario.cost.energy_usd_per_kwh = tariff.usd_per_kwh;
  scenario.disturbance = assumptions.disturbance;
  SKEIN_RETURN_IF_ERROR(AddVertiports(sites, assumptions, options, scenario));
  AddFleet(aircraft, assumptions, options, scenario);
  SKEIN_RETURN_IF_ERROR(AddDemandAndCorridors(sites, trips, assumptions, options, scenario));
  SKEIN_RETURN_IF_ERROR(AddWeather(assumptions, options, scenario));
  AddSource(scenario, "cost.energyUsdPerKwh", Provenance::kReal,
            absl::StrCat(tariff.name, ". ", tariff.source));
  scenario.sources.insert(scenario.sources.end(), assumptions.notes.begin(),
                          assumptions.notes.end());
  SKEIN_RETURN_IF_ERROR(
      Annotate(ToStatus(Validate(scenario)), "the tables make no valid scenario"));
  return scenario;
}

ProvenanceCounts CountSources(const Scenario& scenario) {
  ProvenanceCounts counts;
  for (const SourceNote& row : scenario.sources) {
    switch (row.provenance) {
      case Provenance::kReal: ++counts.real; break;
      case Provenance::kDerived: ++counts.derived; break;
      case Provenance::kAssumed: ++counts.assumed; break;
      case Provenance::kUnspecified: break;
    }
  }
  return counts;
}

}  // namespace skein::importer
