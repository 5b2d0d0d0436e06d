#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein simulate`: days in this process.
void AddSimulate(CLI::App& app, int* exit_code);

}  // namespace skein::cli
