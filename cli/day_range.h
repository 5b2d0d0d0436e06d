#pragma once

#include <cstdint>

#include "sim/domain/status.h"

namespace skein::cli {

inline constexpr int kMaxDays = 1'000'000;
// The first seed that is for final evaluations and not for training or tuning.
inline constexpr std::uint64_t kFirstFinalSeed = 1'000'000;

// The days that a command plays: the first has this seed, each next day the next one.
struct DayRange {
  std::uint64_t first_seed = kFirstFinalSeed;
  int days = 1;
};

// The largest first seed that leaves seeds for all days. Requires: days > 0.
std::uint64_t LastFirstSeed(int days);

// Errors: INVALID_ARGUMENT, if the seeds would run past 2^64. Requires: range.days > 0.
absl::Status CheckDayRange(const DayRange& range);

}  // namespace skein::cli
