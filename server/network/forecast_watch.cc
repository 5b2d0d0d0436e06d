#include "server/network/forecast_watch.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace skein::server {
namespace {

SimTime BeginOf(const sim::World& world, std::int64_t day, int index) {
  const Scenario& scenario = world.network().scenario();
  return scenario.operations.open_time + day * kDay + index * scenario.demand.interval;
}

}  // namespace

ForecastWatch::ForecastWatch(const sim::World& world) {
  next_.day = ToMs(world.now()) / kDay.count();
  while (BeginOf(world, next_.day, next_.index) < world.now()) {
    if (++next_.index < world.network().interval_count()) continue;
    next_ = {next_.day + 1, 0};
    break;
  }
  next_end_ = EndOf(world, next_);
}

// The last interval of a day ends with it.
SimTime ForecastWatch::EndOf(const sim::World& world, const Interval& interval) {
  const SimTime close = world.network().scenario().operations.close_time + interval.day * kDay;
  return std::min(BeginOf(world, interval.day, interval.index + 1), close);
}

void ForecastWatch::Advance(const sim::World& world, ForecastScore* score) {
  while (world.now() >= next_end_) {
    Score(world, next_, score);
    if (++next_.index == world.network().interval_count()) next_ = {next_.day + 1, 0};
    next_end_ = EndOf(world, next_);
  }
}

void ForecastWatch::Score(const sim::World& world, const Interval& interval, ForecastScore* score) {
  const sim::WorldState& state = world.state();
  const auto vertiports = static_cast<std::size_t>(world.network().vertiport_count());
  const auto intervals = static_cast<std::size_t>(world.network().interval_count());
  const SimTime begin = BeginOf(world, interval.day, interval.index);
  const SimTime end = EndOf(world, interval);
  std::vector<double> came(vertiports);
  for (const sim::Trip& trip : state.trips)
    if (trip.earliest >= begin && trip.earliest < end) ++came[trip.origin.index()];
  const double hours = std::chrono::duration<double>(end - begin) / std::chrono::hours(1);
  const auto index = static_cast<std::size_t>(interval.index);
  for (std::size_t i = 0; i < vertiports; ++i) {
    double expected = 0;
    for (std::size_t j = 0; j < vertiports; ++j)
      expected += world.forecast()[(i * vertiports + j) * intervals + index] * hours;
    score->requests += came[i];
    score->forecast += expected;
    score->error += std::abs(came[i] - expected);
  }
}

}  // namespace skein::server
