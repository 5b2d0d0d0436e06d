#include "server/network/views.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/codec/observation_codec.h"
#include "proto/codec/resource_name.h"

namespace skein::server {
namespace {

using sim::AircraftState;
using sim::TripStatus;

v1::AircraftStatus MakeAircraft(const LiveNetwork& network, AircraftId id) {
  const sim::World& world = network.world();
  const AircraftState& aircraft = world.state().at(id);
  const std::int64_t charge_wh = world.ChargeWh(id);
  v1::AircraftStatus status;
  status.set_name(network.names().Of(id));
  status.set_phase(codec::EncodePhase(aircraft.phase));
  status.set_vertiport(network.names().Of(aircraft.vertiport));
  status.set_destination(network.names().Of(aircraft.destination));
  status.set_target(network.names().Of(aircraft.target));
  status.set_charge_wh(charge_wh);
  status.set_state_of_charge(static_cast<double>(charge_wh) /
                             static_cast<double>(world.network().battery_wh));
  status.set_passengers(aircraft.passengers);
  for (int k = 0; k < aircraft.boarded_count; ++k)
    status.add_boarded_trips(aircraft.boarded[static_cast<std::size_t>(k)].value);
  const bool moving = aircraft.phase == AircraftPhase::kCommitted || aircraft.airborne();
  if (moving && aircraft.take_off != kNever) status.set_take_off_ms(ToMs(aircraft.take_off));
  if (moving && aircraft.landing != kNever) status.set_landing_ms(ToMs(aircraft.landing));
  if (aircraft.phase == AircraftPhase::kTurnaround) status.set_ready_ms(ToMs(aircraft.ready_at));
  if (aircraft.phase == AircraftPhase::kReady && aircraft.hold_until != kNever)
    status.set_ready_ms(ToMs(aircraft.hold_until));
  status.set_open(aircraft.open);
  status.set_charging(aircraft.charging);
  status.set_failed(aircraft.failed);
  status.set_grounded(aircraft.grounded);
  return status;
}

v1::VertiportStatus MakeVertiport(const LiveNetwork& network, VertiportId id) {
  const Vertiport& described = network.world().network().scenario().vertiports[id.index()];
  const sim::VertiportState& at = network.world().state().at(id);
  v1::VertiportStatus status;
  status.set_name(described.name);
  status.set_stands(std::max(0, described.stands - at.stands_out));
  status.set_contingency_stands(described.contingency_stands);
  status.set_on_ground(at.on_ground);
  status.set_inbound(at.inbound);
  status.set_chargers(std::max(0, described.chargers - at.chargers_out - at.chargers_closed));
  status.set_charging(static_cast<int>(at.charging.size()));
  status.set_charger_queue(static_cast<int>(at.charger_queue.size()));
  status.set_pads(std::max(0, described.pads - at.pads_closed - at.blocked_pads));
  status.set_blocked_pads(at.blocked_pads);
  status.set_waiting_passengers(at.waiting_passengers);
  status.set_closed(at.closed > 0);
  status.set_stands_out_of_order(at.stands_out);
  status.set_chargers_out_of_order(at.chargers_out);
  return status;
}

void SetState(v1::TripState state, v1::TripReason reason, const char* sentence, v1::Trip* trip) {
  trip->set_state(state);
  trip->set_reason(reason);
  trip->set_sentence(sentence);
}

void SetState(TripStatus status, v1::Trip* trip) {
  switch (status) {
    case TripStatus::kWaiting:
      return SetState(v1::TRIP_STATE_WAITING, v1::TRIP_REASON_UNSPECIFIED, "", trip);
    case TripStatus::kBoarded:
      return SetState(v1::TRIP_STATE_ASSIGNED, v1::TRIP_REASON_UNSPECIFIED, "", trip);
    case TripStatus::kAirborne:
      return SetState(v1::TRIP_STATE_AIRBORNE, v1::TRIP_REASON_UNSPECIFIED, "", trip);
    case TripStatus::kServed:
      return SetState(v1::TRIP_STATE_SERVED, v1::TRIP_REASON_UNSPECIFIED, "", trip);
    case TripStatus::kDiverted:
      return SetState(v1::TRIP_STATE_DIVERTED, v1::TRIP_REASON_DIVERTED,
                      "the flight could not land at its destination; the fare was refunded", trip);
    case TripStatus::kExpired:
      return SetState(v1::TRIP_STATE_LOST, v1::TRIP_REASON_EXPIRED,
                      "no aircraft could take off in time", trip);
    case TripStatus::kCancelled:
      return SetState(v1::TRIP_STATE_CANCELLED, v1::TRIP_REASON_CANCELLED, "the party cancelled",
                      trip);
    case TripStatus::kClosingTime:
      return SetState(v1::TRIP_STATE_LOST, v1::TRIP_REASON_CLOSING_TIME,
                      "the network closed for the day", trip);
  }
}

TripStatus StatusOf(TripOutcome outcome) {
  switch (outcome) {
    case TripOutcome::kServed: return TripStatus::kServed;
    case TripOutcome::kDiverted: return TripStatus::kDiverted;
    case TripOutcome::kExpired: return TripStatus::kExpired;
    case TripOutcome::kCancelled: return TripStatus::kCancelled;
    case TripOutcome::kClosingTime: return TripStatus::kClosingTime;
  }
  return TripStatus::kServed;
}

}  // namespace

v1::Fleet MakeFleet(const LiveNetwork& network) {
  const sim::WorldState& state = network.world().state();
  v1::Fleet fleet;
  fleet.set_network(codec::NetworkName(network.record().id));
  fleet.set_time_ms(ToMs(state.now));
  fleet.set_journal_sequence(network.host().sequence());
  for (std::size_t k = 0; k < state.aircraft.size(); ++k) {
    if (state.aircraft[k].phase == AircraftPhase::kRemoved) continue;
    *fleet.add_aircraft() = MakeAircraft(network, AircraftId{static_cast<std::int32_t>(k)});
  }
  std::int32_t waiting = 0;
  for (std::size_t k = 0; k < state.vertiports.size(); ++k) {
    *fleet.add_vertiports() = MakeVertiport(network, VertiportId{static_cast<std::int32_t>(k)});
    waiting += state.vertiports[k].waiting_passengers;
  }
  fleet.set_profit_usd(static_cast<double>(state.today.profit_cents()) / 100);
  fleet.set_waiting_passengers(waiting);
  return fleet;
}

std::optional<v1::Trip> MakeTrip(const LiveNetwork& network, TripId id) {
  const sim::Trip* found = network.world().FindTrip(id);
  if (found == nullptr) return std::nullopt;
  v1::Trip trip;
  trip.set_id(id.value);
  trip.set_origin(network.names().Of(found->origin));
  trip.set_destination(network.names().Of(found->destination));
  trip.set_passengers(found->passengers);
  trip.set_earliest_ms(ToMs(found->earliest));
  trip.set_latest_ms(ToMs(found->latest));
  trip.set_fare_cents_per_passenger(found->fare_cents_per_passenger);
  SetState(found->status, &trip);
  const bool carried =
      found->status == TripStatus::kBoarded || found->status == TripStatus::kAirborne;
  const bool flown = found->status == TripStatus::kServed || found->status == TripStatus::kDiverted;
  if (carried || flown) trip.set_aircraft(network.names().Of(found->aircraft));
  if (carried) {
    const AircraftState& aircraft = network.world().state().at(found->aircraft);
    if (aircraft.take_off != kNever) trip.set_take_off_ms(ToMs(aircraft.take_off));
    if (aircraft.landing != kNever) trip.set_landing_ms(ToMs(aircraft.landing));
  }
  return trip;
}

v1::Trip EndedTrip(v1::Trip trip, TripOutcome outcome) {
  SetState(StatusOf(outcome), &trip);
  return trip;
}

bool HasEnded(const v1::Trip& trip) {
  return trip.state() != v1::TRIP_STATE_WAITING && trip.state() != v1::TRIP_STATE_ASSIGNED &&
         trip.state() != v1::TRIP_STATE_AIRBORNE;
}

v1::Network MakeNetwork(const storage::NetworkRecord& record, const LiveNetwork* network,
                        v1::NetworkState state, const std::string& quarantine_reason,
                        bool want_digest) {
  v1::Network message;
  message.set_name(codec::NetworkName(record.id));
  message.set_scenario_hash(codec::HexDigest(record.scenario_hash));
  message.set_rules_version(record.rules_version);
  const bool system = record.clock == "SYSTEM";
  message.set_clock(system ? v1::CLOCK_MODE_SYSTEM : v1::CLOCK_MODE_EXTERNAL);
  message.set_day_start_unix_ms(record.day_start_unix_ms);
  message.set_policy(record.policy);
  message.set_policy_seed(record.policy_seed);
  message.set_auto_dispatch(record.auto_dispatch);
  message.set_state(state);
  message.set_quarantine_reason(quarantine_reason);
  if (network == nullptr) return message;
  message.set_scenario(network->world().network().scenario().name);
  message.set_journal_sequence(network->host().sequence());
  message.set_decision_count(network->world().state().decision_count);
  *message.mutable_progress() = network->Progress(want_digest);
  return message;
}

std::string Doing(const LiveNetwork& network, AircraftId id) {
  const AircraftState& aircraft = network.world().state().at(id);
  const std::string& at = network.names().Of(aircraft.vertiport);
  const std::string& to = network.names().Of(aircraft.destination);
  switch (aircraft.phase) {
    case AircraftPhase::kReady:
      if (aircraft.open) return absl::StrCat("waits for a decision at ", at);
      if (aircraft.hold_until == kNever)
        return absl::StrCat("stands at ", at, " while the network is closed");
      return absl::StrCat("holds at ", at, " until ", ToMs(aircraft.hold_until), " ms");
    case AircraftPhase::kTurnaround:
      return absl::StrCat("is in turnaround at ", at, " until ", ToMs(aircraft.ready_at), " ms");
    case AircraftPhase::kCommitted:
      return absl::StrCat("is committed to fly from ", at, " to ", to, " at ",
                          ToMs(aircraft.take_off), " ms");
    case AircraftPhase::kEnRoute: return absl::StrCat("is on its way to ", to);
    case AircraftPhase::kHolding: return absl::StrCat("holds in the air before ", to);
    case AircraftPhase::kDiverting:
      return absl::StrCat("diverts to ", network.names().Of(aircraft.target));
    case AircraftPhase::kBlockingPad: return absl::StrCat("blocks a pad at ", at);
    case AircraftPhase::kOutOfService: return absl::StrCat("is out of service at ", at);
    case AircraftPhase::kRemoved: return "was removed from the fleet";
  }
  return "is unknown";
}

}  // namespace skein::server
