#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein health`: whether a server serves, for health checks of containers and for scripts.
void AddHealth(CLI::App& app, int* exit_code);

}  // namespace skein::cli
