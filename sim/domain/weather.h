#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/domain/scenario.h"

namespace skein {

// Whether the weather of a local hour, [0, 24), is below either minimum.
inline bool IsBelow(const WeatherDay& day, std::int64_t hour, int minimum_ceiling_ft,
                    double minimum_visibility_sm) {
  const auto k = static_cast<std::size_t>(hour);
  const int ceiling_ft = day.ceiling_ft[k];  // negative: unlimited
  return (ceiling_ft >= 0 && ceiling_ft < minimum_ceiling_ft) ||
         day.visibility_sm[k] < minimum_visibility_sm;
}

// Whether the station is in fog in a local hour of the day.
inline bool InFog(const Weather& weather, const WeatherDay& day, std::int64_t hour) {
  return IsBelow(day, hour, weather.fog_ceiling_ft, weather.fog_visibility_sm);
}

}  // namespace skein
