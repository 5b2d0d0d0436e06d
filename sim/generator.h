#pragma once

#include <cstdint>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

namespace skein::sim {

inline constexpr int kMinPaperVertiports = 3;

struct PaperOptions {
  int vertiports = 8;  // [kMinPaperVertiports, kMaxVertiports]
  int aircraft = 40;   // [1, kMaxAircraft]
};

// The synthetic benchmark of docs/world.md, "paper". Pure: a function of the seed and options.
// Errors: INVALID_ARGUMENT, if a size is out of range or no legal network of that size was found.
absl::StatusOr<Scenario> GeneratePaper(std::uint64_t seed, const PaperOptions& options = {});

}  // namespace skein::sim
