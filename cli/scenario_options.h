#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "cli/day_range.h"
#include "cli/scenario_source.h"

namespace skein::cli {

// --vertiports and --aircraft, the sizes of `paper`.
struct SizeOptions {
  CLI::Option* vertiports;
  CLI::Option* aircraft;
};
SizeOptions AddSizeOptions(CLI::App& command, ScenarioOptions* sizes);

// --telemetry: how often aircraft report.
void AddTelemetryOption(CLI::App& command, ScenarioOptions* options);

// --scenario, of commands that play days.
CLI::Option* AddScenarioOption(CLI::App& command, std::string* scenario);

// Whether the text is a whole number in [0, 2^64). CLI11 takes larger ones for the largest.
CLI::Validator IsSeed();

// --seed and --days, of commands that play several days. What is parsed wants CheckDayRange.
void AddDayRange(CLI::App& command, DayRange* range);

// --threads, of commands that play days at the same time.
void AddThreadsOption(CLI::App& command, int* threads);

}  // namespace skein::cli
