#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// skein store: what an operator does to a store as a whole.
void AddStore(CLI::App& app, int* exit_code);

}  // namespace skein::cli
