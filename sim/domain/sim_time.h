#pragma once

#include <chrono>
#include <cstdint>

namespace skein {

// Integer milliseconds.
using SimDuration = std::chrono::duration<std::int64_t, std::milli>;

// The clock of a network: it has no now(); only events move it.
// Its epoch is the scenario's dayStart, a local midnight.
struct SimClock {
  using rep = SimDuration::rep;
  using period = SimDuration::period;
  using duration = SimDuration;
  using time_point = std::chrono::time_point<SimClock, SimDuration>;
  static constexpr bool is_steady = false;
};
using SimTime = SimClock::time_point;

// "Never": later than every time that occurs.
inline constexpr SimTime kNever{SimDuration{std::int64_t{1} << 60}};
inline constexpr SimDuration kDay{std::int64_t{24} * 3600 * 1000};
inline constexpr SimDuration kHour{std::int64_t{3600} * 1000};
inline constexpr SimDuration kMinute{std::int64_t{60} * 1000};

constexpr std::int64_t ToMs(SimTime time) { return time.time_since_epoch().count(); }
constexpr SimTime TimeFromMs(std::int64_t ms) { return SimTime{SimDuration{ms}}; }

}  // namespace skein
