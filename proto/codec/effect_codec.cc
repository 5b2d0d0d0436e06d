#include "proto/codec/effect_codec.h"

#include <variant>

#include "proto/codec/decision_codec.h"

namespace skein::codec {
namespace {

// Both enumerations list the same things in the same order; the message's has one more in front.
static_assert(static_cast<int>(CancelReason::kOperator) + 1 == v1::CANCEL_REASON_OPERATOR);
static_assert(static_cast<int>(CancelReason::kOutOfService) + 1 ==
              v1::CANCEL_REASON_OUT_OF_SERVICE);
static_assert(static_cast<int>(CancelReason::kLowCharge) + 1 == v1::CANCEL_REASON_LOW_CHARGE);
static_assert(static_cast<int>(TripOutcome::kServed) + 1 == v1::TRIP_OUTCOME_SERVED);
static_assert(static_cast<int>(TripOutcome::kExpired) + 1 == v1::TRIP_OUTCOME_EXPIRED);
static_assert(static_cast<int>(TripOutcome::kClosingTime) + 1 == v1::TRIP_OUTCOME_CLOSING_TIME);

// Fills in the message of one effect.
class Encoder {
 public:
  Encoder(const Names& names, v1::Effect* out) : names_(names), out_(out) {}

  void operator()(const FlightCommitted& e) const {
    auto* m = out_->mutable_flight_committed();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_origin(names_.Of(e.origin));
    m->set_destination(names_.Of(e.destination));
    m->set_take_off_ms(ToMs(e.take_off));
    m->set_landing_ms(ToMs(e.landing));
    m->set_charge_wh(e.charge_wh);
    for (const TripId trip : e.boarded) m->add_boarded_trips(trip.value);
  }
  void operator()(const AircraftHolds& e) const {
    auto* m = out_->mutable_aircraft_holds();
    m->set_aircraft(names_.Of(e.aircraft));
    if (e.until < kNever) m->set_until_ms(ToMs(e.until));
  }
  void operator()(const AircraftWoken& e) const {
    out_->mutable_aircraft_woken()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const SlotsReplanned& e) const {
    auto* m = out_->mutable_slots_replanned();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_take_off_ms(ToMs(e.take_off));
    if (e.landing < kNever) m->set_landing_ms(ToMs(e.landing));
  }
  void operator()(const FlightCancelled& e) const {
    auto* m = out_->mutable_flight_cancelled();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_reason(static_cast<v1::CancelReason>(static_cast<int>(e.reason) + 1));
  }
  void operator()(const FlightTookOff& e) const {
    auto* m = out_->mutable_flight_took_off();
    m->set_aircraft(names_.Of(e.aircraft));
    if (e.landing < kNever) m->set_landing_ms(ToMs(e.landing));
    m->set_revenue_cents(e.revenue_cents);
    m->set_operating_cost_cents(e.operating_cost_cents);
  }
  void operator()(const FlightLanded& e) const {
    auto* m = out_->mutable_flight_landed();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_vertiport(names_.Of(e.vertiport));
    m->set_charge_wh(e.charge_wh);
    m->set_diverted(e.diverted);
    m->set_emergency(e.emergency);
    m->set_blocks_pad(e.blocks_pad);
    m->set_refund_cents(e.refund_cents);
  }
  void operator()(const StandTaken& e) const {
    out_->mutable_stand_taken()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const AlternateReserved& e) const {
    auto* m = out_->mutable_alternate_reserved();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_alternate(names_.Of(e.alternate));
    if (e.latest_divert < kNever) m->set_latest_divert_ms(ToMs(e.latest_divert));
  }
  void operator()(const AlternateReleased& e) const {
    out_->mutable_alternate_released()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const HoldingStarted& e) const {
    out_->mutable_holding_started()->set_aircraft(names_.Of(e.aircraft));
  }
  void operator()(const DiversionStarted& e) const {
    auto* m = out_->mutable_diversion_started();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_alternate(names_.Of(e.alternate));
    m->set_landing_ms(ToMs(e.landing));
  }
  void operator()(const EmergencyDeclared& e) const {
    auto* m = out_->mutable_emergency_declared();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_vertiport(names_.Of(e.vertiport));
    m->set_landing_ms(ToMs(e.landing));
  }
  void operator()(const ChargingStarted& e) const {
    auto* m = out_->mutable_charging_started();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_vertiport(names_.Of(e.vertiport));
  }
  void operator()(const ChargingEnded& e) const {
    auto* m = out_->mutable_charging_ended();
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_charge_wh(e.charge_wh);
    m->set_energy_wh(e.energy_wh);
    m->set_cost_cents(e.cost_cents);
  }
  void operator()(const TripAccepted& e) const {
    auto* m = out_->mutable_trip_accepted();
    m->set_trip(e.trip.value);
    m->set_origin(names_.Of(e.origin));
    m->set_destination(names_.Of(e.destination));
    m->set_passengers(e.passengers);
    m->set_fare_cents_per_passenger(e.fare_cents_per_passenger);
  }
  void operator()(const TripEnded& e) const {
    auto* m = out_->mutable_trip_ended();
    m->set_trip(e.trip.value);
    m->set_outcome(static_cast<v1::TripOutcome>(static_cast<int>(e.outcome) + 1));
  }
  void operator()(const Excursion& e) const {
    auto* m = out_->mutable_excursion();
    m->set_rule(EncodeGuardRule(e.rule));
    m->set_aircraft(names_.Of(e.aircraft));
    m->set_vertiport(names_.Of(e.vertiport));
    m->set_actual(e.actual);
    m->set_limit(e.limit);
  }
  void operator()(const DaySettled& e) const {
    auto* m = out_->mutable_day_settled();
    m->set_stored_energy_wh(e.stored_energy_wh);
    m->set_cost_cents(e.cost_cents);
    m->set_profit_cents(e.profit_cents);
  }

 private:
  const Names& names_;
  v1::Effect* out_;
};

}  // namespace

v1::Effect EncodeEffect(const Effect& effect, const Names& names) {
  v1::Effect message;
  std::visit(Encoder(names, &message), effect);
  return message;
}

v1::TimedEffect EncodeTimedEffect(const TimedEffect& effect, const Names& names) {
  v1::TimedEffect message;
  message.set_time_ms(ToMs(effect.time));
  std::visit(Encoder(names, message.mutable_effect()), effect.effect);
  return message;
}

}  // namespace skein::codec
