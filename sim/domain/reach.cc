#include "sim/domain/reach.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace skein {
namespace {

// More than any battery holds, and far from overflow when added.
constexpr std::int64_t kUnreachable = std::numeric_limits<std::int64_t>::max() / 8;
constexpr double kMsPerHour = 3'600'000;

}  // namespace

std::int64_t RoundUp(double value) {
  const double nearest = std::floor(value + 0.5);
  if (std::abs(value - nearest) < 1e-6) return static_cast<std::int64_t>(nearest);
  return static_cast<std::int64_t>(std::ceil(value));
}

std::int64_t FlightEnergyWh(const AircraftType& type, std::int64_t distance_m) {
  return RoundUp(static_cast<double>(distance_m) * type.energy_wh_per_km / 1000);
}

std::int64_t ReserveWh(const Scenario& scenario) {
  return RoundUp(scenario.energy.reserve * static_cast<double>(scenario.aircraft_type.battery_wh));
}

std::int64_t AlternateReserveWh(const Scenario& scenario) {
  return RoundUp(scenario.energy.alternate_reserve *
                 static_cast<double>(scenario.aircraft_type.battery_wh));
}

std::int64_t AlternateHoldWh(const Scenario& scenario) {
  return RoundUp(static_cast<double>(scenario.aircraft_type.hold_power_w) *
                 static_cast<double>(scenario.energy.alternate_hold.count()) / kMsPerHour);
}

Reach::Reach(const Scenario& scenario)
    : count_(scenario.vertiports.size()), flyable_(count_ * count_, 0) {
  std::vector<std::int64_t> nearest(count_, kUnreachable);
  std::vector<std::int64_t> energy(scenario.corridors.size());
  for (std::size_t c = 0; c < scenario.corridors.size(); ++c) {
    const Corridor& corridor = scenario.corridors[c];
    energy[c] = FlightEnergyWh(scenario.aircraft_type, corridor.distance_m);
    std::int64_t& least = nearest[corridor.origin.index()];
    least = std::min(least, energy[c]);
  }
  // What must be left at landing on j if j has a charger: the reserve, and the alternate.
  std::vector<std::int64_t> needed(count_, ReserveWh(scenario));
  if (scenario.energy.alternate_required) {
    const std::int64_t overhead = AlternateHoldWh(scenario) + AlternateReserveWh(scenario);
    for (std::size_t j = 0; j < count_; ++j) needed[j] = std::max(needed[j], nearest[j] + overhead);
  }
  // From a vertistop a vertiport with chargers must stay in reach, under the same rules there.
  std::vector<std::int64_t> onward(count_, kUnreachable);
  for (std::size_t c = 0; c < scenario.corridors.size(); ++c) {
    const Corridor& corridor = scenario.corridors[c];
    if (scenario.vertiports[corridor.destination.index()].chargers == 0) continue;
    std::int64_t& least = onward[corridor.origin.index()];
    least = std::min(least, energy[c] + needed[corridor.destination.index()]);
  }
  for (std::size_t c = 0; c < scenario.corridors.size(); ++c) {
    const Corridor& corridor = scenario.corridors[c];
    const std::size_t j = corridor.destination.index();
    std::int64_t left = needed[j];
    if (scenario.vertiports[j].chargers == 0) left = std::max(left, onward[j]);
    flyable_[corridor.origin.index() * count_ + j] =
        scenario.aircraft_type.battery_wh - energy[c] >= left ? 1 : 0;
  }
}

int Reach::flyable_pairs() const {
  return static_cast<int>(std::count(flyable_.begin(), flyable_.end(), 1));
}

std::vector<bool> Reach::Search(bool forward) const {
  std::vector<bool> found(count_, false);
  if (count_ == 0) return found;
  std::vector<std::size_t> open = {0};
  found[0] = true;
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (std::size_t next = 0; next < count_; ++next) {
      const std::size_t pair = forward ? at * count_ + next : next * count_ + at;
      if (found[next] || flyable_[pair] == 0) continue;
      found[next] = true;
      open.push_back(next);
    }
  }
  return found;
}

std::vector<bool> Reach::ReachedFromFirst() const { return Search(true); }
std::vector<bool> Reach::ReachingFirst() const { return Search(false); }

bool Reach::StronglyConnected() const {
  const auto all = [](const std::vector<bool>& found) {
    return std::find(found.begin(), found.end(), false) == found.end();
  };
  return all(ReachedFromFirst()) && all(ReachingFirst());
}

}  // namespace skein
