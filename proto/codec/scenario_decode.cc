#include "proto/codec/scenario_fields.h"

namespace skein::codec {
namespace {

// Both enumerations list the same things in the same order.
static_assert(static_cast<int>(Provenance::kUnspecified) == v1::PROVENANCE_UNSPECIFIED);
static_assert(static_cast<int>(Provenance::kReal) == v1::PROVENANCE_REAL);
static_assert(static_cast<int>(Provenance::kDerived) == v1::PROVENANCE_DERIVED);
static_assert(static_cast<int>(Provenance::kAssumed) == v1::PROVENANCE_ASSUMED);

Provenance DecodeProvenance(v1::Provenance provenance, FieldChecker& check) {
  if (v1::Provenance_IsValid(provenance))
    return static_cast<Provenance>(static_cast<int>(provenance));
  check.Fail("provenance",
             absl::StrCat("= ", static_cast<int>(provenance), ", want one of the named values"));
  return Provenance::kUnspecified;
}

}  // namespace

Vertiport DecodeFields(const v1::Vertiport& m, FieldChecker& check) {
  Vertiport s;
  s.name = m.name();
  s.title = m.title();
  s.latitude_deg = check.Finite("latitudeDeg", m.latitude_deg());
  s.longitude_deg = check.Finite("longitudeDeg", m.longitude_deg());
  s.x_m = m.x_m();
  s.y_m = m.y_m();
  s.stands = m.stands();
  s.contingency_stands = m.contingency_stands();
  s.chargers = m.chargers();
  s.pads = m.pads();
  s.expected_delay = check.Duration("expectedDelayMs", m.expected_delay_ms());
  s.minimum_ceiling_ft = m.minimum_ceiling_ft();
  s.minimum_visibility_sm = check.Finite("minimumVisibilitySm", m.minimum_visibility_sm());
  if (m.has_follows_station()) s.follows_station = m.follows_station();
  s.closure_probability_given_fog =
      check.Finite("closureProbabilityGivenFog", m.closure_probability_given_fog());
  s.provenance = DecodeProvenance(m.provenance(), check);
  return s;
}

Corridor DecodeFields(const v1::Corridor& m, const Names& names, FieldChecker& check) {
  Corridor s;
  s.origin = check.VertiportNamed("origin", m.origin(), names);
  s.destination = check.VertiportNamed("destination", m.destination(), names);
  s.distance_m = m.distance_m();
  if (m.has_lanes()) s.lanes = m.lanes();
  s.closure_probability = check.Finite("closureProbability", m.closure_probability());
  return s;
}

Aircraft DecodeFields(const v1::Aircraft& m, const Names& names, FieldChecker& check) {
  Aircraft s;
  s.name = m.name();
  s.vertiport = check.VertiportNamed("vertiport", m.vertiport(), names);
  if (m.has_initial_state_of_charge())
    s.initial_state_of_charge = check.Finite("initialStateOfCharge", m.initial_state_of_charge());
  s.failure_probability = check.Finite("failureProbability", m.failure_probability());
  return s;
}

AircraftType DecodeFields(const v1::AircraftType& m, FieldChecker& check) {
  const auto scope = check.Enter("aircraftType");
  AircraftType s;
  s.title = m.title();
  if (m.has_seats()) s.seats = m.seats();
  s.battery_wh = m.battery_wh();
  s.cruise_m_per_s = check.Finite("cruiseMPerS", m.cruise_m_per_s());
  s.energy_wh_per_km = check.Finite("energyWhPerKm", m.energy_wh_per_km());
  s.block_overhead = check.Duration("blockOverheadMs", m.block_overhead_ms());
  s.hold_power_w = m.hold_power_w();
  return s;
}

EnergyRules DecodeFields(const v1::EnergyRules& m, FieldChecker& check) {
  const auto scope = check.Enter("energy");
  EnergyRules s;
  if (m.has_reserve()) s.reserve = check.Finite("reserve", m.reserve());
  if (m.has_alternate_required()) s.alternate_required = m.alternate_required();
  if (m.has_alternate_reserve())
    s.alternate_reserve = check.Finite("alternateReserve", m.alternate_reserve());
  s.alternate_hold = check.Duration("alternateHoldMs", m.alternate_hold_ms());
  return s;
}

ChargingRules DecodeFields(const v1::ChargingRules& m, FieldChecker& check) {
  const auto scope = check.Enter("charging");
  ChargingRules s;
  if (m.has_charge_target()) s.charge_target = check.Finite("chargeTarget", m.charge_target());
  for (int k = 0; k < m.curve_size(); ++k) {
    const auto row = check.Enter("curve", k);
    s.curve.push_back({check.Finite("fromStateOfCharge", m.curve(k).from_state_of_charge()),
                       m.curve(k).power_w()});
  }
  return s;
}

OperatingRules DecodeFields(const v1::OperatingRules& m, FieldChecker& check) {
  const auto scope = check.Enter("operations");
  OperatingRules s;
  s.open_time = check.Time("openTimeMs", m.open_time_ms());
  s.close_time = check.Time("closeTimeMs", m.close_time_ms());
  s.turnaround = check.Duration("turnaroundMs", m.turnaround_ms());
  s.hold = check.Duration("holdMs", m.hold_ms());
  s.max_take_off_wait = check.Duration("maxTakeOffWaitMs", m.max_take_off_wait_ms());
  s.movement = check.Duration("movementMs", m.movement_ms());
  s.headway = check.Duration("headwayMs", m.headway_ms());
  s.movement_tolerance = check.Duration("movementToleranceMs", m.movement_tolerance_ms());
  s.wake_on_change = m.wake_on_change();
  s.telemetry_period = check.Duration("telemetryPeriodMs", m.telemetry_period_ms());
  s.telemetry_max_age = check.Duration("telemetryMaxAgeMs", m.telemetry_max_age_ms());
  return s;
}

FareRule DecodeFields(const v1::FareRule& m, FieldChecker& check) {
  const auto scope = check.Enter("fare");
  FareRule s;
  s.base_usd = check.Finite("baseUsd", m.base_usd());
  s.per_mile_usd = check.Finite("perMileUsd", m.per_mile_usd());
  s.surge = m.surge();
  if (m.has_surge_log_base()) s.surge_log_base = check.Finite("surgeLogBase", m.surge_log_base());
  if (m.has_surge_index_factor())
    s.surge_index_factor = check.Finite("surgeIndexFactor", m.surge_index_factor());
  return s;
}

CostRule DecodeFields(const v1::CostRule& m, FieldChecker& check) {
  const auto scope = check.Enter("cost");
  CostRule s;
  s.per_passenger_mile_usd = check.Finite("perPassengerMileUsd", m.per_passenger_mile_usd());
  s.per_flight_hour_usd = check.Finite("perFlightHourUsd", m.per_flight_hour_usd());
  s.per_landing_usd = check.Finite("perLandingUsd", m.per_landing_usd());
  s.energy_usd_per_kwh = check.FiniteList("energyUsdPerKwh", m.energy_usd_per_kwh());
  return s;
}

DemandModel DecodeFields(const v1::DemandModel& m, FieldChecker& check) {
  const auto scope = check.Enter("demand");
  DemandModel s;
  if (m.has_interval_ms()) s.interval = check.Duration("intervalMs", m.interval_ms());
  s.requests_per_hour = check.FiniteList("requestsPerHour", m.requests_per_hour());
  s.intensity_sigma = check.Finite("intensitySigma", m.intensity_sigma());
  s.party_size_share = check.FiniteList("partySizeShare", m.party_size_share());
  s.patience = check.Duration("patienceMs", m.patience_ms());
  s.advance_booking_share = check.Finite("advanceBookingShare", m.advance_booking_share());
  s.advance_booking_max = check.Duration("advanceBookingMaxMs", m.advance_booking_max_ms());
  return s;
}

DisturbanceModel DecodeFields(const v1::DisturbanceModel& m, FieldChecker& check) {
  const auto scope = check.Enter("disturbance");
  DisturbanceModel s;
  s.delay_sigma = check.Duration("delaySigmaMs", m.delay_sigma_ms());
  s.delay_max = check.Duration("delayMaxMs", m.delay_max_ms());
  s.repair_mean = check.Duration("repairMeanMs", m.repair_mean_ms());
  s.repair_sigma = check.Finite("repairSigma", m.repair_sigma());
  s.closure_min = check.Duration("closureMinMs", m.closure_min_ms());
  s.closure_max = check.Duration("closureMaxMs", m.closure_max_ms());
  return s;
}

Weather DecodeFields(const v1::Weather& m, FieldChecker& check) {
  const auto scope = check.Enter("weather");
  Weather s;
  s.station = m.station();
  s.fog_ceiling_ft = m.fog_ceiling_ft();
  s.fog_visibility_sm = check.Finite("fogVisibilitySm", m.fog_visibility_sm());
  s.days.reserve(static_cast<std::size_t>(m.days_size()));
  for (int k = 0; k < m.days_size(); ++k) {
    const auto row = check.Enter("days", k);
    const v1::WeatherDay& day = m.days(k);
    s.days.push_back({day.date(),
                      {day.ceiling_ft().begin(), day.ceiling_ft().end()},
                      check.FiniteList("visibilitySm", day.visibility_sm())});
  }
  return s;
}

SourceNote DecodeFields(const v1::SourceNote& m, FieldChecker& check) {
  return {m.subject(), DecodeProvenance(m.provenance(), check), m.note()};
}

}  // namespace skein::codec
