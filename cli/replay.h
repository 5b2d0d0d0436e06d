#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein replay`: a network's journal, from its first event.
void AddReplay(CLI::App& app, int* exit_code);

}  // namespace skein::cli
