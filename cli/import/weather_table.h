#pragma once

#include <string>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/status.h"

namespace skein::importer {

// Reads hourly weather (columns utc_time, vis_sm, ceiling_ft; an empty ceiling is unlimited) as
// days of the zone's local time, summer time included.
//
// A local hour that occurs twice keeps its first report. A day that lacks one hour (the spring
// change, the ends of the table) takes the report of the hour before it, or after it at midnight; a
// day that lacks more is left out.
// Errors: those of CsvTable; INVALID_ARGUMENT for a bad row; FAILED_PRECONDITION, if this machine
//         does not know the time zone (Debian package tzdata).
absl::StatusOr<std::vector<WeatherDay>> ReadWeather(const std::string& path,
                                                    const std::string& time_zone);

}  // namespace skein::importer
