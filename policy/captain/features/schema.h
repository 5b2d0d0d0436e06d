#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which numbers the network sees, in which order. Each list below is the only place where a feature
// is named: it makes the fields of a row, their names and the schema's hash.
//
// Units: times in hours, charge in batteries, distances in ranges (battery ÷ energy per distance),
// money in full flights (seats × mean fare of the scenario's forecast). "squashed" is ⁴√(1 + x) − 1
// of a count of aircraft, or of passengers ÷ seats; "share" is a fraction.
namespace skein::policy::captain {

// The series have this many steps of this length, from now on.
inline constexpr int kSeriesSteps = 8;
inline constexpr int kSeriesStepMinutes = 30;

#define SKEIN_CAPTAIN_VERTIPORT_FEATURES(X)                                    \
  X(here, "1 for the aircraft's own vertiport")                                \
  X(offset_x, "east of the own vertiport")                                     \
  X(offset_y, "north of the own vertiport")                                    \
  X(vertistop, "1 if it has no chargers")                                      \
  X(closed, "1 if it is closed now")                                           \
  X(ground_share, "aircraft on the ground, share of the stands")               \
  X(inbound_share, "aircraft inbound, share of the stands")                    \
  X(stands, "stands, squashed")                                                \
  X(charger_share, "chargers, share of the stands")                            \
  X(charging_share, "chargers in use, share of the chargers")                  \
  X(charger_queue, "aircraft in the charger queue, squashed")                  \
  X(charger_wait, "until the next charger is free, at most 1")                 \
  X(expected_delay, "mean take-off delay")                                     \
  X(waiting, "passengers that wait, squashed")                                 \
  X(ready_now, "aircraft that could leave now, squashed")                      \
  X(ready_30_min, "aircraft that could leave within 30 minutes, squashed")     \
  X(ready_60_min, "aircraft that could leave within 60 minutes, squashed")     \
  X(demand_out_30_min, "forecast passengers from here, squashed")              \
  X(demand_out_60_min, "forecast passengers from here, squashed")              \
  X(demand_out_120_min, "forecast passengers from here, squashed")             \
  X(demand_in_60_min, "forecast passengers to here, squashed")                 \
  X(shortage_60_min,                                                           \
    "waiting and forecast passengers less the seats ready within 60 minutes, " \
    "share of their sum")                                                      \
  X(prospect, "best profit per hour of a flight from here now")

#define SKEIN_CAPTAIN_AIRCRAFT_FEATURES(X)                                 \
  X(self, "1 for the deciding aircraft")                                   \
  X(offset_x, "east of the own vertiport, of where it stands or flies to") \
  X(offset_y, "north of the own vertiport")                                \
  X(here, "1 if it stands at or flies to the own vertiport")               \
  X(charge, "state of charge; of a flight, at landing")                    \
  X(ready_in, "until it could leave again, at most 2")                     \
  X(ready, "1 if on a stand, turned around, uncommitted")                  \
  X(turnaround, "1 in turnaround")                                         \
  X(committed, "1 if committed, not taken off")                            \
  X(airborne, "1 in the air")                                              \
  X(out_of_service, "1 if out of service or without a stand")              \
  X(failure_probability, "per landing, in percent")

#define SKEIN_CAPTAIN_EDGE_FEATURES(X)                                                      \
  X(hold, "1 for the own vertiport: the action hold")                                       \
  X(legal, "1 if the guard allows it")                                                      \
  X(refused_stand, "1 if refused under G1")                                                 \
  X(refused_energy, "1 if refused under G3")                                                \
  X(refused_route, "1 if refused under G4")                                                 \
  X(refused_other, "1 if refused under another rule")                                       \
  X(block_time, "take-off to on-stand")                                                     \
  X(cycle_time, "from now until it could leave again; of hold, the hold")                   \
  X(take_off_wait, "until the earliest slot")                                               \
  X(energy_share, "energy of the flight")                                                   \
  X(charge_after, "state of charge at landing")                                             \
  X(closure_probability, "of the corridor on this day")                                     \
  X(boarding, "passengers that would board, share of the seats")                            \
  X(waiting, "passengers of the pair that wait, squashed")                                  \
  X(left_behind, "those who would not fit, squashed")                                       \
  X(expiring, "those whose window ends before a hold would, squashed")                      \
  X(patience_left, "of the first to give up, share of the patience")                        \
  X(arrivals_hold, "forecast passengers of the pair during a hold, squashed")               \
  X(fare, "fare of the pair now, times seats")                                              \
  X(margin, "fare less operating cost, times seats")                                        \
  X(profit, "expected profit of the flight")                                                \
  X(profit_per_hour, "of the cycle")                                                        \
  X(profit_lead, "profit per hour less the best of the others")                             \
  X(stand_margin, "free stands, share of the stands")                                       \
  X(free_stands, "free stands, squashed")                                                   \
  X(charger_margin, "chargers less those in use, queued or inbound, share of the chargers") \
  X(rivals, "other aircraft that could leave there by then, squashed")                      \
  X(demand, "passengers to be found there then, squashed")                                  \
  X(demand_per_rival, "the same, shared with the rivals, squashed")                         \
  X(prospect, "best profit per hour of the next flight from there")                         \
  X(prospect_contested, "the same after the rivals had their share")                        \
  X(two_flights, "profit per hour of this flight and the next, contested")                  \
  X(two_flights_lead, "two_flights less the best of the others")                            \
  X(return_waiting, "passengers that wait for the way back, squashed")                      \
  X(time_left, "from then to closing time, at most 3")

#define SKEIN_CAPTAIN_CONTEXT_FEATURES(X)                                          \
  X(day_share, "of the opening hours that have passed")                            \
  X(day_share_squared, "the square of it")                                         \
  X(time_left, "until closing time, at most 3")                                    \
  X(charge, "state of charge of the aircraft")                                     \
  X(legal_share, "legal flights, share of the vertiports")                         \
  X(rivals_now, "other aircraft that could leave here now, squashed")              \
  X(rivals_30_min, "within 30 minutes, squashed")                                  \
  X(waiting_here, "passengers that wait here, squashed")                           \
  X(waiting_per_aircraft, "passengers that wait anywhere, per aircraft, squashed") \
  X(demand_60_min, "forecast passengers anywhere, per aircraft, squashed")         \
  X(demand_rest, "forecast passengers until closing, per aircraft, squashed")      \
  X(ready_share, "aircraft that could leave now, share of the fleet")              \
  X(ready_60_min_share, "within 60 minutes, share of the fleet")                   \
  X(out_of_service_share, "share of the fleet")                                    \
  X(charge_mean, "mean state of charge of the fleet")                              \
  X(aircraft_per_vertiport, "squashed")                                            \
  X(vertiports, "squashed")                                                        \
  X(energy_price, "of a full battery now")                                         \
  X(expected_delay, "mean take-off delay here")                                    \
  X(hold_time, "length of a hold")                                                 \
  X(patience, "of passengers")                                                     \
  X(best_profit_per_hour, "of the legal flights; 0 if none earns money")           \
  X(best_two_flights, "of the legal actions")

#define SKEIN_CAPTAIN_SERIES_FEATURES(X)                                         \
  X(demand_pair, "forecast passengers from here to there in the step, squashed") \
  X(demand_out, "from there to anywhere, squashed")                              \
  X(demand_in, "from anywhere to there, squashed")                               \
  X(fare_pair, "fare from here to there, times seats")                           \
  X(fare_out, "fare out of there, mean by demand, times seats")                  \
  X(fare_in, "fare into there, mean by demand, times seats")                     \
  X(open, "share of the step before closing time")

#define SKEIN_CAPTAIN_FIELD(name, meaning) float name = 0;

// One row each; standard layout, floats only.
struct VertiportRow {
  SKEIN_CAPTAIN_VERTIPORT_FEATURES(SKEIN_CAPTAIN_FIELD)
};
struct AircraftRow {
  SKEIN_CAPTAIN_AIRCRAFT_FEATURES(SKEIN_CAPTAIN_FIELD)
};
// What an action promises: a flight to that vertiport or, for the own one, hold.
struct EdgeRow {
  SKEIN_CAPTAIN_EDGE_FEATURES(SKEIN_CAPTAIN_FIELD)
};
struct ContextRow {
  SKEIN_CAPTAIN_CONTEXT_FEATURES(SKEIN_CAPTAIN_FIELD)
};
struct SeriesRow {
  SKEIN_CAPTAIN_SERIES_FEATURES(SKEIN_CAPTAIN_FIELD)
};

#undef SKEIN_CAPTAIN_FIELD

template <class Row>
inline constexpr int kFeatureCount = static_cast<int>(sizeof(Row) / sizeof(float));

struct FeatureDescription {
  std::string_view name;
  std::string_view meaning;
};

// A named block of the schema, such as "edges" with one description per column.
struct FeatureBlock {
  std::string_view name;
  std::string_view shape;  // such as "[V, F]"
  std::span<const FeatureDescription> features;
};

// All blocks, in order.
std::span<const FeatureBlock> FeatureSchema();

// 64 bits over the names of blocks and features in order and the steps of the series; a checkpoint
// carries it. Raise kFeatureRevision when a feature keeps its name and changes its value.
inline constexpr int kFeatureRevision = 1;
std::uint64_t FeatureSchemaHash();

}  // namespace skein::policy::captain
