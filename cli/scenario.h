#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein scenario show`, `skein scenario import` and `skein validate`.
void AddScenario(CLI::App& app, int* exit_code);

}  // namespace skein::cli
