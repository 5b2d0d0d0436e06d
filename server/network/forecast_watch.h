#pragma once

#include "server/metrics/network_sample.h"
#include "sim/world.h"

namespace skein::server {

// Compares the demand forecast with the trip requests that came, one forecast interval at a time,
// when the interval has ended. A request belongs to the interval of its earliest departure.
//
// Threads: compatible.
class ForecastWatch {
 public:
  // Begins with the next whole interval.
  explicit ForecastWatch(const sim::World& world);

  // Adds the intervals that ended since the last call.
  void Advance(const sim::World& world, ForecastScore* score);

 private:
  // A forecast interval of a local day.
  struct Interval {
    std::int64_t day = 0;
    int index = 0;
  };

  static SimTime EndOf(const sim::World& world, const Interval& interval);
  static void Score(const sim::World& world, const Interval& interval, ForecastScore* score);

  Interval next_;
  SimTime next_end_{};
};

}  // namespace skein::server
