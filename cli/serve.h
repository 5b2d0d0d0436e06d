#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Exit code of a server that takes no new connections any more; whoever runs it starts it again.
inline constexpr int kDeadListener = 70;

// Adds `skein serve`: the service.
void AddServe(CLI::App& app, int* exit_code);

}  // namespace skein::cli
