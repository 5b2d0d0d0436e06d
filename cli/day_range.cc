#include "cli/day_range.h"

#include <limits>

namespace skein::cli {

std::uint64_t LastFirstSeed(int days) {
  return std::numeric_limits<std::uint64_t>::max() - static_cast<unsigned>(days - 1);
}

absl::Status CheckDayRange(const DayRange& range) {
  const std::uint64_t last = LastFirstSeed(range.days);
  if (range.first_seed <= last) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("seed = ", range.first_seed, ", want at most ",
                                                 last, " for ", range.days, " days"));
}

}  // namespace skein::cli
