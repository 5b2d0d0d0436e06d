#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/domain/day_summary.h"
#include "sim/domain/decision.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/event.h"
#include "sim/domain/observation.h"

namespace skein::server {

inline constexpr std::size_t kGuardRuleCount = 10;  // kNone included
inline constexpr std::size_t kAircraftPhaseCount = 9;
inline constexpr std::size_t kAdvisoryKindCount = 4;

// kAbsent: its creation did not become durable. kFollowing: another server writes it.
enum class NetworkState { kAbsent, kActive, kFollowing, kRecovering, kQuarantined };
inline constexpr std::size_t kNetworkStateCount = 5;

// One vertiport as it stands. What is out of order or closed is not counted as there.
struct VertiportSample {
  int stands = 0;
  int stands_occupied = 0;
  int stands_reserved = 0;  // for aircraft on their way, alternates of diversions included
  int chargers = 0;
  int chargers_in_use = 0;
  int charger_queue = 0;
  int pads = 0;
  int pads_in_use = 0;  // by movements and by aircraft without a stand
  int pad_queue = 0;    // aircraft committed to leave that have not taken off
  int waiting_passengers = 0;
  int closed = 0;  // 1 while a closure is in force
};

// How good the demand forecast was, summed over origins and over forecast intervals that ended.
struct ForecastScore {
  double requests = 0;  // that came
  double forecast = 0;  // that the forecast in force at the end of the interval expected
  double error = 0;     // |came − expected|, origin by origin
};

// What a network did and where it stands, at most a few times per second.
struct NetworkSample {
  std::string network;
  NetworkState state = NetworkState::kAbsent;
  std::int64_t requests_waiting = 0;  // for the network's sequencer

  std::int64_t journal_sequence = 0;
  std::int64_t journal_lag = 0;  // records that were new when a standby last looked

  // Of an active network.
  std::int64_t time_ms = 0;  // network time
  std::int64_t open_points = 0;
  std::int64_t oldest_point_ms = 0;  // for how long the first of them has been open
  std::array<std::int64_t, kAircraftPhaseCount> aircraft{};  // by AircraftPhase
  std::int64_t stale_aircraft = 0;     // whose telemetry is too old for the guard
  std::int64_t stranded_aircraft = 0;  // that cannot leave where they are
  std::int64_t waiting_passengers = 0;
  std::array<std::int64_t, kAdvisoryKindCount> closures_in_force{};  // by AdvisoryKind
  std::array<std::int64_t, kAdvisoryKindCount> closures_to_come{};
  std::vector<VertiportSample> vertiports;
  std::vector<std::string> vertiport_names;
  std::int64_t profit_cents = 0;     // since the network began
  DaySummary today;                  // the day that runs
  double lowest_margin_ratio = 0;    // state of charge at landing over the reserve, of today
  bool landed_today = false;         // lowest_margin_ratio says something
  std::optional<PolicyDrift> drift;  // of its policy

  // Since the sample before.
  DaySummary growth;                                       // of what can only grow
  ForecastScore forecast;                                  //
  std::array<std::int64_t, kGuardRuleCount> refusals{};    // by GuardRule
  std::array<std::int64_t, kGuardRuleCount> excursions{};  // by GuardRule
};

}  // namespace skein::server
