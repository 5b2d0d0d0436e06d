#pragma once

#include "sim/domain/scenario.h"

namespace skein {

// A network small enough for hand calculation: A, B and the vertistop C, 20, 25 and 30 km apart
// (A–B 20, A–C 25, B–C 30), two aircraft at A and one at B; 100 kWh, 1 kWh/km, 50 m/s; open from
// 06:00 to 08:00, one request per hour and pair.
inline Scenario Triangle() {
  Scenario s;
  s.name = "triangle";
  s.time_zone = "Etc/UTC";
  for (const char* const name : {"A", "B", "C"}) {
    Vertiport& v = s.vertiports.emplace_back();
    v.name = name;
    v.stands = 3;
    v.chargers = v.name == "C" ? 0 : 2;
    v.pads = 1;
    v.expected_delay = 2 * kMinute;
  }
  const int distance_km[3][3] = {{0, 20, 25}, {20, 0, 30}, {25, 30, 0}};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      if (i != j)
        s.corridors.push_back({VertiportId{i}, VertiportId{j}, distance_km[i][j] * 1000, 1, 0});
    }
  }
  s.aircraft = {
      {"N1", VertiportId{0}, 1, 0}, {"N2", VertiportId{0}, 1, 0}, {"N3", VertiportId{1}, 0.5, 0}};
  s.aircraft_type = {"test", 4, 100'000, 50, 1000, 2 * kMinute, 36'000};
  s.energy = {0.1, true, 0.1, SimDuration{0}};
  s.charging.curve = {{0, 100'000}, {0.8, 50'000}};
  s.operations.open_time = SimTime{6 * kHour};
  s.operations.close_time = SimTime{8 * kHour};
  s.operations.turnaround = 8 * kMinute;
  s.operations.hold = 15 * kMinute;
  s.operations.max_take_off_wait = 30 * kMinute;
  s.operations.movement = kMinute;
  s.operations.headway = kMinute;
  s.operations.movement_tolerance = kMinute;
  s.fare.base_usd = 5;
  s.fare.per_mile_usd = 1;
  s.cost.energy_usd_per_kwh.assign(24, 0.2);
  s.demand.requests_per_hour.assign(3 * 3 * 2, 1);
  for (const std::size_t diagonal : {0U, 1U, 8U, 9U, 16U, 17U})
    s.demand.requests_per_hour[diagonal] = 0;
  s.demand.party_size_share = {0.5, 0.5};
  s.demand.patience = 40 * kMinute;
  s.disturbance.delay_sigma = kMinute;
  s.disturbance.delay_max = 30 * kMinute;
  s.disturbance.repair_mean = 2 * kHour;
  s.disturbance.repair_sigma = 0.5;
  s.disturbance.closure_min = kHour;
  s.disturbance.closure_max = 3 * kHour;
  return s;
}

}  // namespace skein
