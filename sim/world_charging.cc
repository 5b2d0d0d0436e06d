#include <algorithm>

#include "sim/world.h"

// Charger queues and charging sessions. Rules: docs/world.md, "Charging".
namespace skein::sim {

int World::ChargerCount(VertiportId vertiport) const {
  const VertiportState& at = state_.at(vertiport);
  return network_->scenario().vertiports[vertiport.index()].chargers - at.chargers_out -
         at.chargers_closed;
}

void World::JoinCharger(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  if (aircraft.charging || aircraft.queued) return;
  if (aircraft.charge_wh >= network_->charge_target_wh) return;
  if (network_->scenario().vertiports[aircraft.vertiport.index()].chargers == 0) return;
  aircraft.queued = true;
  state_.at(aircraft.vertiport).charger_queue.push_back(id);
  FillChargers(aircraft.vertiport);
}

void World::LeaveCharger(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  VertiportState& at = state_.at(aircraft.vertiport);
  if (aircraft.queued) {
    std::erase(at.charger_queue, id);
    aircraft.queued = false;
  } else if (aircraft.charging) {
    EndSession(id);
    FillChargers(aircraft.vertiport);
  }
}

void World::FillChargers(VertiportId vertiport) {
  VertiportState& at = state_.at(vertiport);
  while (!at.charger_queue.empty() &&
         static_cast<int>(at.charging.size()) < ChargerCount(vertiport)) {
    const AircraftId id = at.charger_queue.front();
    at.charger_queue.erase(at.charger_queue.begin());
    state_.at(id).queued = false;
    StartSession(id);
  }
}

// The last to start leave first and go back to the head of the queue.
void World::EvictChargers(VertiportId vertiport) {
  VertiportState& at = state_.at(vertiport);
  while (static_cast<int>(at.charging.size()) > std::max(ChargerCount(vertiport), 0)) {
    const AircraftId id = at.charging.back();
    EndSession(id);
    state_.at(id).queued = true;
    at.charger_queue.insert(at.charger_queue.begin(), id);
  }
}

void World::StartSession(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  aircraft.charging = true;
  aircraft.session_start = state_.now;
  aircraft.target_charge_at = state_.now + curve_.TimeTo(aircraft.charge_wh * kWattMsPerWh,
                                                         network_->charge_target_wh * kWattMsPerWh);
  state_.at(aircraft.vertiport).charging.push_back(id);
  AddTimer(aircraft.target_charge_at, TimerKind::kChargeTarget, id.value);
  Emit(ChargingStarted{id, aircraft.vertiport});
}

void World::EndSession(AircraftId id) {
  AircraftState& aircraft = state_.at(id);
  const std::int64_t start = aircraft.charge_wh;
  const std::int64_t after = ChargeWh(id);
  const std::int64_t cost =
      SessionCostCents(curve_, start * kWattMsPerWh, network_->charge_target_wh * kWattMsPerWh,
                       aircraft.session_start, state_.now, network_->energy_price);
  aircraft.charge_wh = after;
  aircraft.charging = false;
  aircraft.target_charge_at = kNever;
  std::erase(state_.at(aircraft.vertiport).charging, id);
  state_.today.energy_wh += after - start;
  state_.today.energy_cost_cents += cost;
  state_.profit_cents -= cost;
  Emit(ChargingEnded{id, after, after - start, cost});
}

std::int64_t World::ChargeWh(AircraftId id) const {
  const AircraftState& aircraft = state_.at(id);
  if (aircraft.charging) {
    return curve_.After(aircraft.charge_wh * kWattMsPerWh, state_.now - aircraft.session_start,
                        network_->charge_target_wh * kWattMsPerWh) /
           kWattMsPerWh;
  }
  if (!aircraft.airborne()) return aircraft.charge_wh;
  // In the air: linear along the leg, then holding. An estimate for telemetry and maps; the landing
  // books the exact figures.
  const SimTime arrival = aircraft.overhead_at;
  const SimTime leg_start = aircraft.diverted
                                ? arrival + network_->scenario().operations.movement -
                                      network_->link(aircraft.vertiport, aircraft.target).block
                                : aircraft.take_off;
  const std::int64_t span = std::max<std::int64_t>((arrival - leg_start).count(), 1);
  const std::int64_t flown = std::clamp<std::int64_t>((state_.now - leg_start).count(), 0, span);
  const SimTime hold_end = std::min(state_.now, aircraft.pad_in);  // kNever while it has no pad
  const std::int64_t held = std::max<std::int64_t>((hold_end - arrival).count(), 0);
  return std::max<std::int64_t>(
      0, aircraft.charge_wh - aircraft.leg_energy_wh * flown / span -
             network_->scenario().aircraft_type.hold_power_w * held / kWattMsPerWh);
}

std::int64_t World::StoredChargeWh() const {
  std::int64_t stored = 0;
  for (std::size_t k = 0; k < state_.aircraft.size(); ++k)
    if (state_.aircraft[k].phase != AircraftPhase::kRemoved)
      stored += ChargeWh(AircraftId{static_cast<std::int32_t>(k)});
  return stored;
}

}  // namespace skein::sim
