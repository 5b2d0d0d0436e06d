#pragma once

#include <cstdint>
#include <optional>

#include "sim/domain/day_summary.h"
#include "skein/v1/report.pb.h"

namespace skein::codec {

// What a day's report says besides the day's figures.
struct DayReportContext {
  std::int64_t battery_wh = 1;  // of one aircraft; above 0
  std::uint64_t seed = 0;
  std::optional<std::uint64_t> digest;
  double wall_s = 0;
};

// The figures in the units of people. Counts beyond int32 are reported as its largest value.
v1::DayReport EncodeDayReport(const DaySummary& day, const DayReportContext& context);

}  // namespace skein::codec
