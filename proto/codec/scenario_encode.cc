#include "proto/codec/scenario_fields.h"

namespace skein::codec {
namespace {

v1::Provenance EncodeProvenance(Provenance provenance) {
  return static_cast<v1::Provenance>(static_cast<int>(provenance));
}

template <class Numbers, class Field>
void Append(const Numbers& numbers, Field* field) {
  field->Add(numbers.begin(), numbers.end());
}

}  // namespace

v1::Vertiport EncodeFields(const Vertiport& s) {
  v1::Vertiport m;
  m.set_name(s.name);
  m.set_title(s.title);
  m.set_latitude_deg(s.latitude_deg);
  m.set_longitude_deg(s.longitude_deg);
  m.set_x_m(s.x_m);
  m.set_y_m(s.y_m);
  m.set_stands(s.stands);
  m.set_contingency_stands(s.contingency_stands);
  m.set_chargers(s.chargers);
  m.set_pads(s.pads);
  m.set_expected_delay_ms(s.expected_delay.count());
  m.set_minimum_ceiling_ft(s.minimum_ceiling_ft);
  m.set_minimum_visibility_sm(s.minimum_visibility_sm);
  m.set_follows_station(s.follows_station);
  m.set_closure_probability_given_fog(s.closure_probability_given_fog);
  m.set_provenance(EncodeProvenance(s.provenance));
  return m;
}

v1::Corridor EncodeFields(const Corridor& s, const Names& names) {
  v1::Corridor m;
  m.set_origin(names.Of(s.origin));
  m.set_destination(names.Of(s.destination));
  m.set_distance_m(s.distance_m);
  m.set_lanes(s.lanes);
  m.set_closure_probability(s.closure_probability);
  return m;
}

v1::Aircraft EncodeFields(const Aircraft& s, const Names& names) {
  v1::Aircraft m;
  m.set_name(s.name);
  m.set_vertiport(names.Of(s.vertiport));
  m.set_initial_state_of_charge(s.initial_state_of_charge);
  m.set_failure_probability(s.failure_probability);
  return m;
}

v1::AircraftType EncodeFields(const AircraftType& s) {
  v1::AircraftType m;
  m.set_title(s.title);
  m.set_seats(s.seats);
  m.set_battery_wh(s.battery_wh);
  m.set_cruise_m_per_s(s.cruise_m_per_s);
  m.set_energy_wh_per_km(s.energy_wh_per_km);
  m.set_block_overhead_ms(s.block_overhead.count());
  m.set_hold_power_w(s.hold_power_w);
  return m;
}

v1::EnergyRules EncodeFields(const EnergyRules& s) {
  v1::EnergyRules m;
  m.set_reserve(s.reserve);
  m.set_alternate_required(s.alternate_required);
  m.set_alternate_reserve(s.alternate_reserve);
  m.set_alternate_hold_ms(s.alternate_hold.count());
  return m;
}

v1::ChargingRules EncodeFields(const ChargingRules& s) {
  v1::ChargingRules m;
  m.set_charge_target(s.charge_target);
  for (const ChargeStep& step : s.curve) {
    v1::ChargeStep* row = m.add_curve();
    row->set_from_state_of_charge(step.from_state_of_charge);
    row->set_power_w(step.power_w);
  }
  return m;
}

v1::OperatingRules EncodeFields(const OperatingRules& s) {
  v1::OperatingRules m;
  m.set_open_time_ms(ToMs(s.open_time));
  m.set_close_time_ms(ToMs(s.close_time));
  m.set_turnaround_ms(s.turnaround.count());
  m.set_hold_ms(s.hold.count());
  m.set_max_take_off_wait_ms(s.max_take_off_wait.count());
  m.set_movement_ms(s.movement.count());
  m.set_headway_ms(s.headway.count());
  m.set_movement_tolerance_ms(s.movement_tolerance.count());
  m.set_wake_on_change(s.wake_on_change);
  m.set_telemetry_period_ms(s.telemetry_period.count());
  m.set_telemetry_max_age_ms(s.telemetry_max_age.count());
  return m;
}

v1::FareRule EncodeFields(const FareRule& s) {
  v1::FareRule m;
  m.set_base_usd(s.base_usd);
  m.set_per_mile_usd(s.per_mile_usd);
  m.set_surge(s.surge);
  m.set_surge_log_base(s.surge_log_base);
  m.set_surge_index_factor(s.surge_index_factor);
  return m;
}

v1::CostRule EncodeFields(const CostRule& s) {
  v1::CostRule m;
  m.set_per_passenger_mile_usd(s.per_passenger_mile_usd);
  m.set_per_flight_hour_usd(s.per_flight_hour_usd);
  m.set_per_landing_usd(s.per_landing_usd);
  Append(s.energy_usd_per_kwh, m.mutable_energy_usd_per_kwh());
  return m;
}

v1::DemandModel EncodeFields(const DemandModel& s) {
  v1::DemandModel m;
  m.set_interval_ms(s.interval.count());
  Append(s.requests_per_hour, m.mutable_requests_per_hour());
  m.set_intensity_sigma(s.intensity_sigma);
  Append(s.party_size_share, m.mutable_party_size_share());
  m.set_patience_ms(s.patience.count());
  m.set_advance_booking_share(s.advance_booking_share);
  m.set_advance_booking_max_ms(s.advance_booking_max.count());
  return m;
}

v1::DisturbanceModel EncodeFields(const DisturbanceModel& s) {
  v1::DisturbanceModel m;
  m.set_delay_sigma_ms(s.delay_sigma.count());
  m.set_delay_max_ms(s.delay_max.count());
  m.set_repair_mean_ms(s.repair_mean.count());
  m.set_repair_sigma(s.repair_sigma);
  m.set_closure_min_ms(s.closure_min.count());
  m.set_closure_max_ms(s.closure_max.count());
  return m;
}

v1::Weather EncodeFields(const Weather& s) {
  v1::Weather m;
  m.set_station(s.station);
  m.set_fog_ceiling_ft(s.fog_ceiling_ft);
  m.set_fog_visibility_sm(s.fog_visibility_sm);
  for (const WeatherDay& day : s.days) {
    v1::WeatherDay* row = m.add_days();
    row->set_date(day.date);
    Append(day.ceiling_ft, row->mutable_ceiling_ft());
    Append(day.visibility_sm, row->mutable_visibility_sm());
  }
  return m;
}

v1::SourceNote EncodeFields(const SourceNote& s) {
  v1::SourceNote m;
  m.set_subject(s.subject);
  m.set_provenance(EncodeProvenance(s.provenance));
  m.set_note(s.note);
  return m;
}

}  // namespace skein::codec
