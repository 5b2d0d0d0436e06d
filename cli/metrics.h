#pragma once

#include "CLI/CLI.hpp"

namespace skein::cli {

// Adds `skein metrics`: what the metrics page of `skein serve` shows, as docs/metrics.md.
void AddMetrics(CLI::App& app, int* exit_code);

}  // namespace skein::cli
