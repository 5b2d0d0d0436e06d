#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein bound`: what no policy can exceed on a day.
void AddBound(CLI::App& app, int* exit_code);

}  // namespace skein::cli
