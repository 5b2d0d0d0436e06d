#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein drive`: a simulated day that a server dispatches.
void AddDrive(CLI::App& app, int* exit_code);

}  // namespace skein::cli
