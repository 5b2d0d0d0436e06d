#pragma once

#include <string>

#include "CLI/CLI.hpp"

namespace skein::cli {

struct TrainOptions {
  std::string config;
  std::string out;
  bool resume = false;
};

// Adds `train`. `argv` is what the program was called with.
void AddTrain(CLI::App& app, char** argv, int* exit_code);

}  // namespace skein::cli
