#pragma once

#include <cstdint>

#include "sim/domain/scenario.h"

namespace skein::testing {

// A valid scenario whose every size, rate and option is drawn: 2 to 20 vertiports, 1 to 120
// aircraft, a third of them so tight that stands, pads, chargers and energy bind.
Scenario RandomScenario(std::uint64_t seed);

}  // namespace skein::testing
