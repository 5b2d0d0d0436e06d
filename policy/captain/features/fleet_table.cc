#include "policy/captain/features/fleet_table.h"

#include <algorithm>

namespace skein::policy::captain {
namespace {

double HoursUntil(SimTime time, SimTime now) {
  if (time >= kNever) return FleetTable::kNotSoon;
  return std::max(0.0, static_cast<double>((time - now).count())) /
         static_cast<double>(kHour.count());
}

// When it could take off again: after the leg that it is on or committed to, and the turnaround.
double ReadyIn(const sim::Network& network, const AircraftObservation& row,
               const sim::AircraftState& state, SimTime now) {
  const SimDuration turnaround = network.scenario().operations.turnaround;
  const auto after = [&](SimTime landing) {
    return landing >= kNever ? FleetTable::kNotSoon : HoursUntil(landing + turnaround, now);
  };
  switch (row.phase) {
    case AircraftPhase::kReady:
    case AircraftPhase::kTurnaround: return HoursUntil(row.next_event, now);
    case AircraftPhase::kCommitted:
    case AircraftPhase::kEnRoute:
    case AircraftPhase::kDiverting: return after(state.landing);
    case AircraftPhase::kHolding: return after(row.next_event);
    default: return FleetTable::kNotSoon;
  }
}

std::int64_t ChargeAtLanding(const sim::Network& network, const AircraftObservation& row,
                             const sim::AircraftState& state) {
  if (row.phase == AircraftPhase::kCommitted)
    return row.charge_wh - network.link(state.vertiport, state.destination).energy_wh;
  if (state.airborne()) return state.charge_wh - state.leg_energy_wh;
  return row.charge_wh;
}

}  // namespace

void FleetTable::Update(const sim::Network& network, const Observation& seen,
                        const sim::WorldState& state) {
  const std::size_t count = seen.vertiports.size();
  rows_.clear();
  begin_.assign(count + 1, 0);
  for (std::size_t k = 0; k < seen.aircraft_rows.size(); ++k) {
    const AircraftObservation& row = seen.aircraft_rows[k];
    if (row.phase == AircraftPhase::kRemoved) continue;
    const sim::AircraftState& aircraft = state.aircraft[k];
    rows_.push_back({static_cast<std::int32_t>(k), row.vertiport.value,
                     ReadyIn(network, row, aircraft, seen.now),
                     std::max<std::int64_t>(0, ChargeAtLanding(network, row, aircraft))});
    if (rows_.back().aircraft != seen.aircraft.value) ++begin_[row.vertiport.index() + 1];
  }
  for (std::size_t j = 0; j < count; ++j) begin_[j + 1] += begin_[j];
  ready_.resize(begin_[count]);
  // Counting sort: begin_ moves to the end of each group and is moved back afterwards.
  for (const Row& row : rows_)
    if (row.aircraft != seen.aircraft.value)
      ready_[begin_[static_cast<std::size_t>(row.at)]++] = row.ready_in_h;
  for (std::size_t j = count; j > 0; --j) begin_[j] = begin_[j - 1];
  begin_[0] = 0;
}

int FleetTable::Rivals(std::size_t j, double within_h) const {
  int rivals = 0;
  for (std::size_t k = begin_[j]; k < begin_[j + 1]; ++k) rivals += ready_[k] <= within_h ? 1 : 0;
  return rivals;
}

}  // namespace skein::policy::captain
