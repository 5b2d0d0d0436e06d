#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein drift`: how far days are from those that the policy captain was trained on.
void AddDrift(CLI::App& app, int* exit_code);

}  // namespace skein::cli
