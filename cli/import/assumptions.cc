#include "cli/import/assumptions.h"

#include <cmath>
#include <utility>

#include "cli/import/json_fields.h"
#include "cli/import/text_file.h"

namespace skein::importer {
namespace {

constexpr double kMaxMinutes = 24 * 60;
constexpr double kMaxKw = 100'000;
constexpr double kMaxUsd = 100'000;

class Reader {
 public:
  explicit Reader(JsonFields& root) : root_(root) {}

  Assumptions Read() {
    a_.name = root_.Text("name");
    a_.title = root_.Text("title");
    a_.time_zone = root_.Text("timeZone");
    Fleet();
    Energy();
    Operations();
    Money();
    Demand();
    Disturbance();
    Sites();
    root_.Close();
    return std::move(a_);
  }

 private:
  // Opens a part of the file; its note becomes a source row.
  JsonFields Part(const char* field) {
    JsonFields part = root_.Object(field);
    a_.notes.push_back({field, Provenance::kAssumed, part.Text("note")});
    return part;
  }

  static std::int64_t Watts(double kw) { return std::llround(kw * 1000); }

  void Fleet() {
    JsonFields fleet = Part("fleet");
    a_.fleet_size = fleet.Integer("aircraft", 1, kMaxAircraft);
    a_.initial_state_of_charge = fleet.Number("initialStateOfCharge", 0, 1);
    a_.failure_probability = fleet.Number("failureProbability", 0, 1);
    fleet.Close();
    JsonFields type = Part("aircraftType");
    a_.block_overhead = type.Minutes("blockOverheadMin", 0, 60);
    a_.hold_power_w = Watts(type.Number("holdPowerKw", 0, kMaxKw));
    type.Close();
  }

  void Energy() {
    JsonFields energy = Part("energy");
    a_.reserve_cruise = energy.Minutes("reserveCruiseMin", 0, kMaxMinutes);
    a_.alternate_required = energy.Bool("alternateRequired");
    a_.alternate_reserve = energy.Number("alternateReserve", 0, 1);
    a_.alternate_hold = energy.Minutes("alternateHoldMin", 0, kMaxMinutes);
    energy.Close();
    JsonFields charging = Part("charging");
    a_.charging.charge_target = charging.Number("chargeTarget", 0, 1);
    for (JsonFields& step : charging.Objects("curve")) {
      const double from = step.Number("fromStateOfCharge", 0, 1);
      a_.charging.curve.push_back({from, Watts(step.Number("powerKw", 0, kMaxKw))});
      step.Close();
    }
    charging.Close();
  }

  void Operations() {
    JsonFields part = Part("operations");
    OperatingRules& rules = a_.operations;
    rules.open_time = SimTime{part.Integer("openHour", 0, 23) * kHour};
    rules.close_time = SimTime{part.Integer("closeHour", 1, 24) * kHour};
    rules.turnaround = part.Minutes("turnaroundMin", 0, kMaxMinutes);
    rules.hold = part.Minutes("holdMin", 1, kMaxMinutes);
    rules.max_take_off_wait = part.Minutes("maxTakeOffWaitMin", 0, kMaxMinutes);
    rules.movement = part.Seconds("movementS", 1, 3600);
    rules.headway = part.Seconds("headwayS", 0, 3600);
    rules.movement_tolerance = part.Minutes("movementToleranceMin", 0, kMaxMinutes);
    rules.wake_on_change = part.Bool("wakeOnChange");
    part.Close();
    JsonFields corridors = Part("corridors");
    a_.lanes = corridors.Integer("lanes", 1, 100);
    a_.closure_probability = corridors.Number("closureProbability", 0, 1);
    a_.requests_per_day_min = corridors.Number("requestsPerDayMin", 0, 1e6);
    a_.weather_alternates = corridors.Integer("weatherAlternates", 0, kMaxVertiports);
    corridors.Close();
  }

  void Money() {
    JsonFields fare = Part("fare");
    a_.fare.base_usd = fare.Number("baseUsd", 0, kMaxUsd);
    a_.fare.per_mile_usd = fare.Number("perMileUsd", 0, kMaxUsd);
    fare.Close();
    JsonFields cost = Part("cost");
    a_.cost.per_passenger_mile_usd = cost.Number("perPassengerMileUsd", 0, kMaxUsd);
    a_.cost.per_flight_hour_usd = cost.Number("perFlightHourUsd", 0, kMaxUsd);
    a_.cost.per_landing_usd = cost.Number("perLandingUsd", 0, kMaxUsd);
    a_.tariff_month = cost.Integer("tariffMonth", 1, 12);
    cost.Close();
  }

  void Demand() {
    JsonFields part = Part("demand");
    a_.capture_from_km = part.Number("captureFromKm", 0, 10'000);
    a_.capture_full_km = part.Number("captureFullKm", 0, 10'000);
    a_.requests_per_aircraft = part.Number("requestsPerAircraft", 0, 1000);
    DemandModel& demand = a_.demand;
    demand.interval = kHour;
    demand.intensity_sigma = part.Number("intensitySigma", 0, 1);
    demand.party_size_share = part.Numbers("partySizeShare", 0, 1);
    demand.patience = part.Minutes("patienceMin", 0, kMaxMinutes);
    demand.advance_booking_share = part.Number("advanceBookingShare", 0, 1);
    demand.advance_booking_max = part.Minutes("advanceBookingMaxMin", 0, kMaxMinutes);
    part.Close();
  }

  void Disturbance() {
    JsonFields part = Part("disturbance");
    DisturbanceModel& disturbance = a_.disturbance;
    disturbance.delay_sigma = part.Minutes("delaySigmaMin", 0, kMaxMinutes);
    disturbance.delay_max = part.Minutes("delayMaxMin", 0, kMaxMinutes);
    disturbance.repair_mean = part.Minutes("repairMeanMin", 0, 30 * kMaxMinutes);
    disturbance.repair_sigma = part.Number("repairSigma", 0, 3);
    disturbance.closure_min = part.Minutes("closureShortestMin", 0, kMaxMinutes);
    disturbance.closure_max = part.Minutes("closureLongestMin", 0, kMaxMinutes);
    part.Close();
    JsonFields weather = Part("weather");
    a_.station = weather.Text("station");
    a_.fog_ceiling_ft = weather.Integer("fogCeilingFt", 0, 100'000);
    a_.fog_visibility_sm = weather.Number("fogVisibilitySm", 0, 100);
    weather.Close();
  }

  void Sites() {
    for (JsonFields& row : root_.Objects("vertiports")) {
      SiteAssumption& site = a_.sites.emplace_back();
      site.name = row.Text("name");
      site.title = row.Text("title");
      site.stands = row.Integer("stands", 1, 10'000);
      site.contingency_stands = row.Integer("contingencyStands", 0, 10'000);
      site.chargers = row.Integer("chargers", 0, 10'000);
      site.pads = row.Integer("pads", 1, 100);
      site.expected_delay = row.Minutes("expectedDelayMin", 0, kMaxMinutes);
      site.minimum_ceiling_ft = row.Integer("minimumCeilingFt", 0, 100'000);
      site.minimum_visibility_sm = row.Number("minimumVisibilitySm", 0, 100);
      site.follows_station = row.Bool("followsStation");
      site.closure_probability_given_fog = row.Number("closureProbabilityGivenFog", 0, 1);
      a_.notes.push_back(
          {absl::StrCat("vertiports.", site.name, ": stands, chargers, pads, minima"),
           Provenance::kAssumed, row.Text("note")});
      row.Close();
    }
  }

  JsonFields& root_;
  Assumptions a_;
};

}  // namespace

absl::StatusOr<Assumptions> ReadAssumptions(const std::string& path) {
  SKEIN_ASSIGN_OR_RETURN(const std::string content, ReadTextFile(path));
  SKEIN_ASSIGN_OR_RETURN(const nlohmann::json document, ParseJson(path, content));
  JsonErrors errors(path);
  JsonFields root(document, "", errors);
  Assumptions assumptions = Reader(root).Read();
  if (assumptions.capture_full_km <= assumptions.capture_from_km)
    errors.Add("demand.captureFullKm", "is not above demand.captureFromKm");
  if (assumptions.operations.close_time <= assumptions.operations.open_time)
    errors.Add("operations.closeHour", "is not after operations.openHour");
  SKEIN_RETURN_IF_ERROR(errors.status());
  return assumptions;
}

}  // namespace skein::importer
