#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein evaluate`: policies on the same days, with intervals.
void AddEvaluate(CLI::App& app, int* exit_code);

}  // namespace skein::cli
