#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein train`: trains the policy captain. Its work is done by skein-torch.
void AddTrain(CLI::App& app, int* exit_code);

}  // namespace skein::cli
