#pragma once

#include <string>

#include "CLI/CLI.hpp"
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

}  // namespace skein::cli
