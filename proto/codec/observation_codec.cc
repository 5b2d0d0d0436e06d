#include "proto/codec/observation_codec.h"

#include "proto/codec/decision_codec.h"
#include "proto/codec/field_checker.h"

namespace skein::codec {
namespace {

// Both enumerations list the same things in the same order; the message's has one more in front.
static_assert(static_cast<int>(AircraftPhase::kReady) + 1 == v1::AIRCRAFT_PHASE_READY);
static_assert(static_cast<int>(AircraftPhase::kEnRoute) + 1 == v1::AIRCRAFT_PHASE_EN_ROUTE);
static_assert(static_cast<int>(AircraftPhase::kBlockingPad) + 1 == v1::AIRCRAFT_PHASE_BLOCKING_PAD);
static_assert(static_cast<int>(AircraftPhase::kRemoved) + 1 == v1::AIRCRAFT_PHASE_REMOVED);

void EncodeEstimate(const DestinationEstimate& estimate, const std::string& name,
                    v1::DestinationEstimate* row) {
  row->set_destination(name);
  row->set_refusal(EncodeRefusal(estimate.refusal));
  row->set_take_off_ms(ToMs(estimate.take_off));
  row->set_landing_ms(ToMs(estimate.landing));
  row->set_energy_wh(estimate.energy_wh);
  row->set_waiting_passengers(estimate.waiting_passengers);
  row->set_passengers(estimate.passengers);
  row->set_revenue_cents(estimate.revenue_cents);
  row->set_operating_cost_cents(estimate.operating_cost_cents);
  row->set_energy_cost_cents(estimate.energy_cost_cents);
}

void EncodeVertiport(const VertiportObservation& vertiport, const std::string& name,
                     v1::VertiportObservation* row) {
  row->set_name(name);
  row->set_stands(vertiport.stands);
  row->set_on_ground(vertiport.on_ground);
  row->set_inbound(vertiport.inbound);
  row->set_chargers(vertiport.chargers);
  row->set_charging(vertiport.charging);
  row->set_charger_queue(vertiport.charger_queue);
  if (vertiport.charger_free < kNever) row->set_charger_free_ms(ToMs(vertiport.charger_free));
  row->set_expected_delay_ms(vertiport.expected_delay.count());
  row->set_waiting_passengers(vertiport.waiting_passengers);
  row->set_closed(vertiport.closed);
}

}  // namespace

v1::AircraftPhase EncodePhase(AircraftPhase phase) {
  return static_cast<v1::AircraftPhase>(static_cast<int>(phase) + 1);
}

v1::Observation EncodeObservation(const Observation& observation, const Names& names) {
  v1::Observation message;
  message.set_time_ms(ToMs(observation.now));
  message.set_aircraft(names.Of(observation.aircraft));
  message.set_vertiport(names.Of(observation.vertiport));
  message.set_charge_wh(observation.charge_wh);
  message.set_decision_number(observation.decision_number);
  for (std::size_t k = 0; k < observation.destinations.size(); ++k) {
    const std::string& name = names.Of(VertiportId{static_cast<std::int32_t>(k)});
    v1::DestinationEstimate* row = message.add_destinations();
    EncodeEstimate(observation.destinations[k], name, row);
    row->set_legal(observation.action_mask[k] != 0);
    EncodeVertiport(observation.vertiports[k], name, message.add_vertiports());
  }
  for (std::size_t k = 0; k < observation.aircraft_rows.size(); ++k) {
    const AircraftObservation& aircraft = observation.aircraft_rows[k];
    v1::AircraftObservation* row = message.add_aircraft_rows();
    row->set_name(names.Of(AircraftId{static_cast<std::int32_t>(k)}));
    row->set_phase(EncodePhase(aircraft.phase));
    row->set_vertiport(names.Of(aircraft.vertiport));
    row->set_charge_wh(aircraft.charge_wh);
    if (aircraft.next_event < kNever) row->set_next_event_ms(ToMs(aircraft.next_event));
    row->set_failure_probability(aircraft.failure_probability);
  }
  return message;
}

absl::StatusOr<Choice> DecodeChoice(const v1::EndpointChoice& message, const Names& names,
                                    const char* root) {
  FieldChecker check(root);
  Choice choice;
  switch (message.action_case()) {
    case v1::EndpointChoice::kHold: choice.action = Action::Hold(); break;
    case v1::EndpointChoice::kFly:
      choice.action =
          Action::Fly(check.VertiportNamed("fly.destination", message.fly().destination(), names));
      break;
    case v1::EndpointChoice::ACTION_NOT_SET:
      check.Fail("action", "is not set, want hold or fly");
      break;
  }
  if (message.has_probability()) choice.probability = message.probability();
  if (!(choice.probability >= 0 && choice.probability <= 1))
    check.Fail("probability", absl::StrCat("= ", choice.probability, ", want [0, 1]"));
  check.Finite("valueUsd", static_cast<double>(message.value_usd()));
  choice.value = message.value_usd();
  choice.scores.assign(message.scores().begin(), message.scores().end());
  if (!choice.scores.empty() && choice.scores.size() != names.vertiport_count())
    check.Fail("scores", absl::StrCat("has ", choice.scores.size(), " values, want none or ",
                                      names.vertiport_count()));
  for (int k = 0; k < message.scores_size(); ++k)
    check.Finite("scores", static_cast<double>(message.scores(k)), k);
  if (!check.ok()) return check.status();
  return choice;
}

}  // namespace skein::codec
