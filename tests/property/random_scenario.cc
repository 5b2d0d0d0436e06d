#include "tests/property/random_scenario.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

#include "sim/domain/check.h"
#include "sim/domain/scenario_validate.h"
#include "tests/property/dice.h"

namespace skein::testing {
namespace {

constexpr int kMostVertiports = 20;
constexpr int kMostAircraft = 120;

SimDuration Minutes(double minutes) {
  return SimDuration{static_cast<std::int64_t>(minutes * static_cast<double>(kMinute.count()))};
}

void DrawVertiports(Dice& dice, bool tight, int aircraft, Scenario& s) {
  const int most = std::min(kMostVertiports, 2 + aircraft);
  const int count = dice.Chance(0.2) ? dice.Int(2, 3) : dice.Int(2, most);
  const int usable = aircraft + (tight ? dice.Int(1, 4) : count * dice.Int(2, 8));
  for (int k = 0; k < count; ++k) {
    Vertiport& v = s.vertiports.emplace_back();
    v.name = absl::StrCat("V", k);
    v.stands = usable / count + (k < usable % count ? 1 : 0);
    v.contingency_stands = dice.Chance(0.3) ? dice.Int(1, 2) : 0;
    v.stands = std::max(v.stands, 1) + v.contingency_stands;
    const bool vertistop = k > 0 && dice.Chance(0.25);
    v.chargers = vertistop ? 0 : dice.Int(1, tight ? 2 : std::max(2, v.stands));
    v.pads = tight ? dice.Int(1, 2) : dice.Int(2, 5);
    v.expected_delay = Minutes(dice.Between(0, 6));
  }
}

void DrawCorridors(Dice& dice, Scenario& s) {
  const auto count = static_cast<int>(s.vertiports.size());
  const double side_m = dice.Between(15'000, 60'000);
  for (Vertiport& v : s.vertiports) {
    v.x_m = static_cast<std::int64_t>(dice.Between(0, side_m));
    v.y_m = static_cast<std::int64_t>(dice.Between(0, side_m));
  }
  const double density = dice.Chance(0.5) ? 1.0 : dice.Between(0.2, 1);
  const double closure = dice.Chance(0.5) ? 0 : dice.Between(0, 0.5);
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < count; ++j) {
      if (i == j) continue;
      const bool ring = j == (i + 1) % count || i == (j + 1) % count;
      if (!ring && !dice.Chance(density)) continue;
      const Vertiport& a = s.vertiports[static_cast<std::size_t>(i)];
      const Vertiport& b = s.vertiports[static_cast<std::size_t>(j)];
      const auto dx = static_cast<double>(a.x_m - b.x_m);
      const auto dy = static_cast<double>(a.y_m - b.y_m);
      const double metres = std::max(3000.0, std::sqrt(dx * dx + dy * dy));
      s.corridors.push_back({VertiportId{i}, VertiportId{j},
                             static_cast<std::int64_t>(metres * dice.Between(1, 1.2)),
                             dice.Int(1, 2), closure});
    }
  }
}

void DrawAircraft(Dice& dice, int count, Scenario& s) {
  s.aircraft_type = {"drawn",
                     dice.Int(1, 8),
                     dice.Int(60'000, 150'000),
                     dice.Between(30, 70),
                     dice.Between(600, 1500),
                     Minutes(dice.Between(0, 4)),
                     dice.Chance(0.15) ? 0 : dice.Int(20'000, 150'000)};
  std::vector<int> left;
  for (const Vertiport& v : s.vertiports) left.push_back(v.stands - v.contingency_stands);
  const double failure = dice.Chance(0.3) ? 0 : dice.Between(0, 0.05);
  for (int k = 0; k < count; ++k) {
    auto at = static_cast<std::size_t>(dice.Below(s.vertiports.size()));
    while (left[at] == 0) at = (at + 1) % left.size();
    --left[at];
    s.aircraft.push_back({absl::StrCat("N", k), VertiportId{static_cast<std::int32_t>(at)},
                          dice.Chance(0.7) ? 1 : dice.Between(0.3, 1), failure});
  }
}

void DrawRules(Dice& dice, bool tight, Scenario& s) {
  s.energy.reserve = dice.Between(0.05, 0.2);
  s.energy.alternate_required = dice.Chance(0.7);
  s.energy.alternate_reserve = s.energy.reserve * dice.Between(0.5, 1);
  s.energy.alternate_hold = dice.Chance(0.5) ? SimDuration{} : Minutes(dice.Between(1, 10));
  s.charging.charge_target = dice.Chance(0.5) ? 1 : dice.Between(0.7, 1);
  const int power = dice.Int(40'000, 200'000);
  s.charging.curve = {{0, power}, {dice.Between(0.5, 0.8), power / 2}, {0.9, power / 5}};

  OperatingRules& o = s.operations;
  o.open_time = SimTime{} + Minutes(dice.Int(0, 14) * 60);
  o.close_time = o.open_time + Minutes(dice.Between(2, 10) * 60);
  o.turnaround = Minutes(dice.Between(0, 12));
  o.hold = Minutes(dice.Between(3, 20));
  o.max_take_off_wait = Minutes(tight ? dice.Between(0, 12) : dice.Between(5, 45));
  o.movement = Minutes(dice.Between(0.3, tight ? 4 : 2));
  s.aircraft_type.block_overhead += o.movement;  // no flight is shorter than its landing movement
  o.headway = dice.Chance(0.1) ? SimDuration{} : Minutes(dice.Between(0.5, 5));
  o.movement_tolerance = Minutes(dice.Between(0.2, 3));
  o.wake_on_change = dice.Chance(0.25);
  if (dice.Chance(0.5)) {
    o.telemetry_period = Minutes(dice.Between(4, 20));
    o.telemetry_max_age = dice.Chance(0.8) ? o.telemetry_period * dice.Int(1, 3) : SimDuration{};
  }
  s.fare.base_usd = dice.Between(0, 20);
  s.fare.per_mile_usd = dice.Between(0, 3);
  s.fare.surge = dice.Chance(0.5);
  s.cost.per_passenger_mile_usd = dice.Between(0, 1);
  s.cost.per_flight_hour_usd = dice.Chance(0.5) ? 0 : dice.Between(0, 200);
  s.cost.per_landing_usd = dice.Chance(0.5) ? 0 : dice.Between(0, 30);
  for (int hour = 0; hour < 24; ++hour)
    s.cost.energy_usd_per_kwh.push_back(dice.Between(0.05, 0.5));
}

void DrawDay(Dice& dice, Scenario& s) {
  s.demand.interval = dice.Chance(0.5) ? kHour : kHour / 2;
  const std::size_t count = s.vertiports.size();
  const auto intervals = static_cast<std::size_t>(
      (s.operations.close_time - s.operations.open_time + s.demand.interval - SimDuration{1}) /
      s.demand.interval);
  s.demand.requests_per_hour.assign(count * count * intervals, 0);
  const double per_corridor = dice.Between(0.5, 6) * static_cast<double>(s.aircraft.size()) /
                              static_cast<double>(s.corridors.size());
  for (const Corridor& c : s.corridors) {
    const std::size_t pair = c.origin.index() * count + c.destination.index();
    for (std::size_t k = 0; k < intervals; ++k)
      s.demand.requests_per_hour[pair * intervals + k] = per_corridor * dice.Between(0, 2);
  }
  s.demand.intensity_sigma = dice.Between(0, 0.5);
  const int parties = std::min(4, s.aircraft_type.seats);
  s.demand.party_size_share.assign(static_cast<std::size_t>(parties), 1.0 / parties);
  s.demand.patience = Minutes(dice.Between(5, 60));
  if (dice.Chance(0.5)) {
    s.demand.advance_booking_share = dice.Between(0.1, 1);
    s.demand.advance_booking_max = Minutes(dice.Between(10, 120));
  }
  s.disturbance.delay_sigma = dice.Chance(0.3) ? SimDuration{} : Minutes(dice.Between(0, 6));
  s.disturbance.delay_max = Minutes(dice.Between(5, 30));
  s.disturbance.repair_mean = Minutes(dice.Between(10, 120));
  s.disturbance.repair_sigma = dice.Between(0, 1);
  s.disturbance.closure_min = Minutes(dice.Between(10, 60));
  s.disturbance.closure_max = s.disturbance.closure_min + Minutes(dice.Between(0, 90));
}

}  // namespace

Scenario RandomScenario(std::uint64_t seed) {
  constexpr std::uint64_t kTries = 1000;
  for (std::uint64_t attempt = 0; attempt < kTries; ++attempt) {
    Dice dice(seed * kTries + attempt);
    const bool tight = dice.Chance(0.3);
    const int aircraft = dice.Chance(0.3) ? dice.Int(1, 8) : dice.Int(1, kMostAircraft);
    Scenario s;
    s.name = absl::StrCat("drawn-", seed);
    s.time_zone = "Etc/UTC";
    DrawVertiports(dice, tight, aircraft, s);
    DrawCorridors(dice, s);
    DrawAircraft(dice, aircraft, s);
    DrawRules(dice, tight, s);
    DrawDay(dice, s);
    if (Validate(s).empty()) return s;
  }
  SKEIN_CHECK(false, "no valid scenario was drawn");
}

}  // namespace skein::testing
