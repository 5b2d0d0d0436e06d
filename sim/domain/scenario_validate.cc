#include "sim/domain/scenario_validate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"

#include "sim/domain/fault_list.h"
#include "sim/domain/reach.h"

namespace skein {
namespace {

// Limits, so that no scenario makes the process slow or large. Source: assumed, wide of any real
// city.
constexpr int kMaxStands = 10'000;
constexpr int kMaxPads = 100;
constexpr std::int64_t kMaxPlaceM = 10'000'000;
constexpr std::int64_t kMaxDistanceM = 2'000'000;
constexpr std::int64_t kMaxPowerW = 100'000'000;
constexpr std::int64_t kMaxBatteryWh = 100'000'000;
constexpr std::size_t kMaxCurveRows = 100;
constexpr std::size_t kMaxForecastEntries = std::size_t{1} << 22;
constexpr std::size_t kMaxWeatherDays = 3'660;
constexpr std::size_t kMaxSources = 10'000;
constexpr std::size_t kHoursPerDay = 24;
constexpr double kMaxUsd = 100'000;
constexpr SimDuration kSecond{1000};
constexpr SimDuration kZero{0};
constexpr double kShareSumTolerance = 1e-6;

// Reports every row whose name occurred in an earlier one.
template <class Rows>
void CheckUnique(const char* table, const Rows& rows, FaultList& faults) {
  std::vector<std::pair<std::string, std::size_t>> names;
  names.reserve(rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) names.emplace_back(rows[k].name, k);
  std::sort(names.begin(), names.end());
  for (std::size_t k = 1; k < names.size(); ++k) {
    if (names[k].first != names[k - 1].first || names[k].first.empty()) continue;
    faults.Add({table, names[k].second, "name"},
               absl::StrCat("is the name of ", table, "[", names[k - 1].second, "] too"));
  }
}

bool Known(VertiportId id, const Scenario& s) {
  return id.valid() && id.index() < s.vertiports.size();
}

void CheckReference(const FieldPath& path, VertiportId id, const Scenario& s, FaultList& faults) {
  if (Known(id, s)) return;
  faults.Add(path, absl::StrCat("= ", id.value, ", want the index of one of the ",
                                s.vertiports.size(), " vertiports"));
}

bool HasCharger(const Scenario& s) {
  return std::any_of(s.vertiports.begin(), s.vertiports.end(),
                     [](const Vertiport& v) { return v.chargers > 0; });
}

void CheckVertiports(const Scenario& s, FaultList& faults) {
  for (std::size_t k = 0; k < s.vertiports.size(); ++k) {
    const Vertiport& v = s.vertiports[k];
    const auto at = [k](const char* field) { return FieldPath{"vertiports", k, field}; };
    faults.Name(at("name"), v.name);
    faults.Text(at("title"), v.title);
    faults.Range(at("latitudeDeg"), v.latitude_deg, -90, 90);
    faults.Range(at("longitudeDeg"), v.longitude_deg, -180, 180);
    faults.Range(at("xM"), v.x_m, -kMaxPlaceM, kMaxPlaceM);
    faults.Range(at("yM"), v.y_m, -kMaxPlaceM, kMaxPlaceM);
    faults.Range(at("stands"), v.stands, 1, kMaxStands);
    faults.Range(at("contingencyStands"), v.contingency_stands, 0, std::max(v.stands, 0));
    faults.Range(at("chargers"), v.chargers, 0, kMaxStands);
    faults.Range(at("pads"), v.pads, 1, kMaxPads);
    faults.Range(at("expectedDelayMs"), v.expected_delay, kZero, kDay);
    faults.Range(at("minimumCeilingFt"), v.minimum_ceiling_ft, 0, 100'000);
    faults.Range(at("minimumVisibilitySm"), v.minimum_visibility_sm, 0, 100);
    faults.Range(at("closureProbabilityGivenFog"), v.closure_probability_given_fog, 0, 1);
  }
  CheckUnique("vertiports", s.vertiports, faults);
  if (!HasCharger(s)) faults.Add({"vertiports"}, "have no charger anywhere, want at least one");
}

void CheckCorridors(const Scenario& s, FaultList& faults) {
  const std::size_t count = s.vertiports.size();
  std::vector<std::size_t> first(count * count, FieldPath::kNone);
  for (std::size_t k = 0; k < s.corridors.size(); ++k) {
    const Corridor& c = s.corridors[k];
    const auto at = [k](const char* field) { return FieldPath{"corridors", k, field}; };
    CheckReference(at("origin"), c.origin, s, faults);
    CheckReference(at("destination"), c.destination, s, faults);
    faults.Range(at("distanceM"), c.distance_m, 1, kMaxDistanceM);
    faults.Range(at("lanes"), c.lanes, 1, kMaxPads);
    faults.Range(at("closureProbability"), c.closure_probability, 0, 1);
    if (!Known(c.origin, s) || !Known(c.destination, s)) continue;
    if (c.origin == c.destination) {
      faults.Add(at("destination"), "is the origin too, want another vertiport");
      continue;
    }
    std::size_t& seen = first[c.origin.index() * count + c.destination.index()];
    if (seen == FieldPath::kNone)
      seen = k;
    else
      faults.Add({"corridors", k}, absl::StrCat("joins the same two as corridors[", seen, "]"));
  }
}

void CheckAircraft(const Scenario& s, FaultList& faults) {
  for (std::size_t k = 0; k < s.aircraft.size(); ++k) {
    const Aircraft& a = s.aircraft[k];
    const auto at = [k](const char* field) { return FieldPath{"aircraft", k, field}; };
    faults.Name(at("name"), a.name);
    CheckReference(at("vertiport"), a.vertiport, s, faults);
    faults.Range(at("initialStateOfCharge"), a.initial_state_of_charge, 0, 1);
    faults.Range(at("failureProbability"), a.failure_probability, 0, 1);
  }
  CheckUnique("aircraft", s.aircraft, faults);
  const AircraftType& type = s.aircraft_type;
  faults.Text({"aircraftType.title"}, type.title);
  faults.Range({"aircraftType.seats"}, type.seats, 1, kMaxSeats);
  faults.Range({"aircraftType.batteryWh"}, type.battery_wh, 1, kMaxBatteryWh);
  faults.Range({"aircraftType.cruiseMPerS"}, type.cruise_m_per_s, 1, 400);
  faults.Above({"aircraftType.energyWhPerKm"}, type.energy_wh_per_km, 0, 1'000'000);
  faults.Range({"aircraftType.blockOverheadMs"}, type.block_overhead, kZero, 2 * kHour);
  faults.Range({"aircraftType.holdPowerW"}, type.hold_power_w, 0, kMaxPowerW);
}

void CheckEnergy(const Scenario& s, FaultList& faults) {
  faults.Range({"energy.reserve"}, s.energy.reserve, 0, 1);
  faults.Range({"energy.alternateReserve"}, s.energy.alternate_reserve, 0, 1);
  faults.Range({"energy.alternateHoldMs"}, s.energy.alternate_hold, kZero, 6 * kHour);
  faults.Above({"charging.chargeTarget"}, s.charging.charge_target, 0, 1);
  const std::vector<ChargeStep>& curve = s.charging.curve;
  if (curve.empty() || curve.size() > kMaxCurveRows) {
    faults.Add({"charging.curve"},
               absl::StrCat("has ", curve.size(), " rows, want [1, ", kMaxCurveRows, "]"));
    return;
  }
  for (std::size_t k = 0; k < curve.size(); ++k) {
    const FieldPath from{"charging.curve", k, "fromStateOfCharge"};
    const double value = curve[k].from_state_of_charge;
    if (k == 0 && value != 0) {
      faults.Add(from, absl::StrCat("= ", value, ", want 0: the curve starts there"));
    } else if (k > 0 && !(value > curve[k - 1].from_state_of_charge && value < 1)) {
      faults.Add(from, absl::StrCat("= ", value, ", want above ", curve[k - 1].from_state_of_charge,
                                    " of the row before and below 1"));
    }
    faults.Range({"charging.curve", k, "powerW"}, curve[k].power_w, 1, kMaxPowerW);
  }
}

void CheckOperations(const Scenario& s, FaultList& faults) {
  const OperatingRules& o = s.operations;
  const SimDuration open = o.open_time.time_since_epoch();
  faults.Range({"operations.openTimeMs"}, open, kZero, kDay - kMinute);
  const SimDuration earliest_close = std::clamp(open, kZero, kDay - kMinute) + kMinute;
  faults.Range({"operations.closeTimeMs"}, o.close_time.time_since_epoch(), earliest_close, kDay);
  faults.Range({"operations.turnaroundMs"}, o.turnaround, kZero, 6 * kHour);
  faults.Range({"operations.holdMs"}, o.hold, kMinute, 6 * kHour);
  faults.Range({"operations.maxTakeOffWaitMs"}, o.max_take_off_wait, kZero, 6 * kHour);
  faults.Range({"operations.movementMs"}, o.movement, kSecond, kHour);
  faults.Range({"operations.headwayMs"}, o.headway, kZero, kHour);
  faults.Range({"operations.movementToleranceMs"}, o.movement_tolerance, kZero, 6 * kHour);
  if (o.telemetry_period != kZero)
    faults.Range({"operations.telemetryPeriodMs"}, o.telemetry_period, 10 * kSecond, kDay);
  faults.Range({"operations.telemetryMaxAgeMs"}, o.telemetry_max_age, kZero, kDay);
}

void CheckMoney(const Scenario& s, FaultList& faults) {
  faults.Range({"fare.baseUsd"}, s.fare.base_usd, 0, kMaxUsd);
  faults.Range({"fare.perMileUsd"}, s.fare.per_mile_usd, 0, kMaxUsd);
  faults.Range({"fare.surgeLogBase"}, s.fare.surge_log_base, 1.01, 1000);
  faults.Range({"fare.surgeIndexFactor"}, s.fare.surge_index_factor, 0, 1e6);
  faults.Range({"cost.perPassengerMileUsd"}, s.cost.per_passenger_mile_usd, 0, kMaxUsd);
  faults.Range({"cost.perFlightHourUsd"}, s.cost.per_flight_hour_usd, 0, kMaxUsd);
  faults.Range({"cost.perLandingUsd"}, s.cost.per_landing_usd, 0, kMaxUsd);
  const std::vector<double>& tariff = s.cost.energy_usd_per_kwh;
  if (tariff.size() != kHoursPerDay)
    faults.Add({"cost.energyUsdPerKwh"},
               absl::StrCat("has ", tariff.size(), " entries, want 24, one per local hour"));
  for (std::size_t k = 0; k < std::min(tariff.size(), kHoursPerDay); ++k)
    faults.Range({"cost.energyUsdPerKwh", FieldPath::kNone, nullptr, k}, tariff[k], 0, 1000);
}

// Requires: opening hours and interval are legal.
void CheckForecast(const Scenario& s, bool corridors_known, FaultList& faults) {
  const std::size_t count = s.vertiports.size();
  const SimDuration open_for = s.operations.close_time - s.operations.open_time;
  const auto intervals =
      static_cast<std::size_t>((open_for + s.demand.interval - SimDuration{1}) / s.demand.interval);
  const std::vector<double>& rates = s.demand.requests_per_hour;
  const char* const kField = "demand.requestsPerHour";
  if (rates.size() != count * count * intervals || rates.size() > kMaxForecastEntries) {
    faults.Add({kField}, absl::StrCat("has ", rates.size(), " entries, want ", count, " × ", count,
                                      " × ", intervals, ", at most ", kMaxForecastEntries));
    return;
  }
  std::vector<bool> joined(count * count, !corridors_known);
  for (const Corridor& c : s.corridors)
    if (Known(c.origin, s) && Known(c.destination, s))
      joined[c.origin.index() * count + c.destination.index()] = true;
  for (std::size_t k = 0; k < rates.size(); ++k) {
    const FieldPath path{kField, FieldPath::kNone, nullptr, k};
    faults.Range(path, rates[k], 0, kMaxRequestsPerHour);
    if (rates[k] > 0 && !joined[k / intervals])
      faults.Add(path, absl::StrCat("= ", rates[k], ", want 0: there is no corridor"));
  }
  const double per_day = RequestsPerDay(rates, s.demand.interval);
  if (per_day > kMaxRequestsPerDay)
    faults.Add({kField}, absl::StrCat("sums to ", per_day, " requests a day, want at most ",
                                      kMaxRequestsPerDay));
}

void CheckDemand(const Scenario& s, bool corridors_known, FaultList& faults) {
  const DemandModel& d = s.demand;
  faults.Range({"demand.intervalMs"}, d.interval, kMinute, kDay);
  const OperatingRules& o = s.operations;
  const bool hours_known = o.close_time > o.open_time && o.close_time - o.open_time <= kDay;
  if (d.interval >= kMinute && d.interval <= kDay && hours_known)
    CheckForecast(s, corridors_known, faults);
  faults.Range({"demand.intensitySigma"}, d.intensity_sigma, 0, 1);
  const std::size_t parties = d.party_size_share.size();
  if (parties < 1 || parties > static_cast<std::size_t>(std::clamp(s.aircraft_type.seats, 1, 16)))
    faults.Add({"demand.partySizeShare"},
               absl::StrCat("has ", parties, " entries, want [1, ", s.aircraft_type.seats,
                            "]: no party larger than an aircraft"));
  double sum = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(parties, kMaxSeats); ++k) {
    faults.Range({"demand.partySizeShare", FieldPath::kNone, nullptr, k}, d.party_size_share[k], 0,
                 1);
    sum += d.party_size_share[k];
  }
  if (parties > 0 && !(std::abs(sum - 1) <= kShareSumTolerance))
    faults.Add({"demand.partySizeShare"}, absl::StrCat("sums to ", sum, ", want 1"));
  faults.Range({"demand.patienceMs"}, d.patience, kZero, kDay);
  faults.Range({"demand.advanceBookingShare"}, d.advance_booking_share, 0, 1);
  faults.Range({"demand.advanceBookingMaxMs"}, d.advance_booking_max, kZero, kDay);
}

void CheckDisturbance(const Scenario& s, FaultList& faults) {
  const DisturbanceModel& d = s.disturbance;
  faults.Range({"disturbance.delaySigmaMs"}, d.delay_sigma, kZero, kDay);
  faults.Range({"disturbance.delayMaxMs"}, d.delay_max, kZero, kDay);
  faults.Range({"disturbance.repairMeanMs"}, d.repair_mean, kZero, 30 * kDay);
  faults.Range({"disturbance.repairSigma"}, d.repair_sigma, 0, 3);
  faults.Range({"disturbance.closureMinMs"}, d.closure_min, kZero, 2 * kDay);
  faults.Range({"disturbance.closureMaxMs"}, d.closure_max,
               std::clamp(d.closure_min, kZero, 2 * kDay), 2 * kDay);
}

void CheckWeather(const Scenario& s, FaultList& faults) {
  const Weather& w = s.weather;
  faults.Text({"weather.station"}, w.station);
  faults.Range({"weather.fogCeilingFt"}, w.fog_ceiling_ft, 0, 100'000);
  faults.Range({"weather.fogVisibilitySm"}, w.fog_visibility_sm, 0, 100);
  if (w.days.size() > kMaxWeatherDays) {
    faults.Add({"weather.days"},
               absl::StrCat("has ", w.days.size(), " entries, want at most ", kMaxWeatherDays));
    return;
  }
  for (std::size_t k = 0; k < w.days.size(); ++k) {
    const WeatherDay& day = w.days[k];
    faults.Text({"weather.days", k, "date"}, day.date);
    if (day.ceiling_ft.size() != kHoursPerDay)
      faults.Add({"weather.days", k, "ceilingFt"},
                 absl::StrCat("has ", day.ceiling_ft.size(), " entries, want 24"));
    if (day.visibility_sm.size() != kHoursPerDay)
      faults.Add({"weather.days", k, "visibilitySm"},
                 absl::StrCat("has ", day.visibility_sm.size(), " entries, want 24"));
    for (std::size_t h = 0; h < std::min(day.ceiling_ft.size(), kHoursPerDay); ++h)
      faults.Range({"weather.days", k, "ceilingFt", h}, day.ceiling_ft[h], -1, 100'000);
    for (std::size_t h = 0; h < std::min(day.visibility_sm.size(), kHoursPerDay); ++h)
      faults.Range({"weather.days", k, "visibilitySm", h}, day.visibility_sm[h], 0, 1000);
  }
}

void CheckDescription(const Scenario& s, FaultList& faults) {
  faults.Name({"name"}, s.name, /*colon=*/true);
  faults.Text({"title"}, s.title);
  faults.Text({"timeZone"}, s.time_zone);
  if (s.time_zone.empty()) faults.Add({"timeZone"}, "is empty, want an IANA name such as Etc/UTC");
  faults.Range({"rulesVersion"}, s.rules_version, kRulesVersion, kRulesVersion);
  if (s.sources.size() > kMaxSources)
    faults.Add({"sources"},
               absl::StrCat("has ", s.sources.size(), " entries, want at most ", kMaxSources));
  for (std::size_t k = 0; k < std::min(s.sources.size(), kMaxSources); ++k) {
    faults.Text({"sources", k, "subject"}, s.sources[k].subject);
    faults.Text({"sources", k, "note"}, s.sources[k].note);
  }
}

// Aircraft on the ground of each vertiport at the start. Requires: references are known.
std::vector<int> StartingOnGround(const Scenario& s) {
  std::vector<int> on_ground(s.vertiports.size(), 0);
  for (const Aircraft& aircraft : s.aircraft) ++on_ground[aircraft.vertiport.index()];
  return on_ground;
}

std::int64_t UsableStands(const Vertiport& vertiport) {
  return std::int64_t{vertiport.stands} - vertiport.contingency_stands;
}

// G1: a start that is legal, and in each connected part a free stand at all times.
void CheckStands(const Scenario& s, const Reach& reach, FaultList& faults) {
  const std::size_t count = s.vertiports.size();
  const std::vector<int> on_ground = StartingOnGround(s);
  for (std::size_t k = 0; k < count; ++k) {
    const std::int64_t usable = UsableStands(s.vertiports[k]);
    if (on_ground[k] > std::max<std::int64_t>(usable, 0))
      faults.Add({"vertiports", k, "stands"},
                 absl::StrCat("less contingency = ", usable, ", want at least ", on_ground[k],
                              ": that many aircraft start there (G1)"));
  }
  std::vector<bool> done(count, false);
  for (std::size_t first = 0; first < count; ++first) {
    if (done[first]) continue;
    std::vector<std::size_t> open = {first};
    done[first] = true;
    std::int64_t stands = 0;
    std::int64_t aircraft = 0;
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      stands += UsableStands(s.vertiports[at]);
      aircraft += on_ground[at];
      for (std::size_t next = 0; next < count; ++next) {
        const VertiportId a{static_cast<std::int32_t>(at)};
        const VertiportId b{static_cast<std::int32_t>(next)};
        if (done[next] || !(reach.Flyable(a, b) || reach.Flyable(b, a))) continue;
        done[next] = true;
        open.push_back(next);
      }
    }
    if (stands <= aircraft)
      faults.Add({"vertiports", first, "stands"},
                 absl::StrCat("and those of all vertiports connected with it, less contingency, "
                              "sum to ",
                              stands, ", want more than the ", aircraft, " aircraft there (G1)"));
  }
}

// Requires: corridors, aircraft and energy are legal.
void CheckNetwork(const Scenario& s, FaultList& faults) {
  const Reach reach(s);
  CheckStands(s, reach, faults);
  if (reach.StronglyConnected() || !HasCharger(s)) return;
  const std::size_t count = s.vertiports.size();
  const std::vector<bool> reached = reach.ReachedFromFirst();
  const std::vector<bool> reaching = reach.ReachingFirst();
  for (std::size_t k = 0; k < count; ++k) {
    const VertiportId at{static_cast<std::int32_t>(k)};
    bool in = false;
    bool out = false;
    for (std::size_t other = 0; other < count; ++other) {
      in = in || reach.Flyable(VertiportId{static_cast<std::int32_t>(other)}, at);
      out = out || reach.Flyable(at, VertiportId{static_cast<std::int32_t>(other)});
    }
    if (!in || !out) {
      faults.Add({"vertiports", k},
                 absl::StrCat("is isolated: a full battery allows no flight ",
                              !in && !out ? "to or from" : (in ? "from" : "to"), " it (G3)"));
    } else if (!reached[k] || !reaching[k]) {
      faults.Add({"vertiports", k},
                 absl::StrCat("is disconnected: a full battery allows no way ",
                              reached[k] ? "from it to vertiports[0]" : "to it from vertiports[0]",
                              " (G3)"));
    }
  }
}

// Whether the tables have sizes that the other checks can afford.
bool CheckSizes(const Scenario& s, FaultList& faults) {
  const auto size = [&](const char* field, std::size_t value, std::size_t low, std::size_t high) {
    if (value >= low && value <= high) return true;
    faults.Add({field}, absl::StrCat("has ", value, " entries, want [", low, ", ", high, "]"));
    return false;
  };
  const std::size_t count = s.vertiports.size();
  bool fits = size("vertiports", count, 2, kMaxVertiports);
  fits = size("aircraft", s.aircraft.size(), 1, kMaxAircraft) && fits;
  return fits && size("corridors", s.corridors.size(), 2, count * (count - 1));
}

}  // namespace

double RequestsPerDay(std::span<const double> requests_per_hour, SimDuration interval) {
  const double sum = std::accumulate(requests_per_hour.begin(), requests_per_hour.end(), 0.0);
  return sum * static_cast<double>(interval.count()) / static_cast<double>(kHour.count());
}

std::vector<Fault> Validate(const Scenario& scenario) {
  FaultList faults;
  if (CheckSizes(scenario, faults)) {
    CheckCorridors(scenario, faults);
    const bool corridors_known = faults.empty();
    CheckAircraft(scenario, faults);
    CheckEnergy(scenario, faults);
    const bool reach_known = faults.empty();
    CheckVertiports(scenario, faults);
    if (reach_known) CheckNetwork(scenario, faults);
    CheckDemand(scenario, corridors_known, faults);
  } else {
    CheckEnergy(scenario, faults);
  }
  CheckDescription(scenario, faults);
  CheckOperations(scenario, faults);
  CheckMoney(scenario, faults);
  CheckDisturbance(scenario, faults);
  CheckWeather(scenario, faults);
  return faults.Take();
}

absl::Status ToStatus(const std::vector<Fault>& faults) {
  if (faults.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrJoin(faults, "; ", [](std::string* out, const Fault& fault) {
        absl::StrAppend(out, fault.field, " ", fault.message);
      }));
}

}  // namespace skein
