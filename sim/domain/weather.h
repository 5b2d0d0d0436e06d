#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/domain/scenario.h"

namespace skein {

// Whether the weather is below either minimum. A negative ceiling is unlimited.
inline bool IsBelow(int ceiling_ft, double visibility_sm, int minimum_ceiling_ft,
                    double minimum_visibility_sm) {
  return (ceiling_ft >= 0 && ceiling_ft < minimum_ceiling_ft) ||
         visibility_sm < minimum_visibility_sm;
}

// Whether the station is in fog in a local hour, [0, 24), of the day.
inline bool InFog(const Weather& weather, const WeatherDay& day, std::int64_t hour) {
  const auto k = static_cast<std::size_t>(hour);
  return IsBelow(day.ceiling_ft[k], day.visibility_sm[k], weather.fog_ceiling_ft,
                 weather.fog_visibility_sm);
}

}  // namespace skein
