#pragma once

#include <cstdint>

#include "sim/domain/sim_time.h"

namespace skein::cli {

// A trace counts whole seconds, rounded down.
inline std::int32_t ToTraceS(SimTime time) { return static_cast<std::int32_t>(ToMs(time) / 1000); }

}  // namespace skein::cli
