#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "policy/registry.h"
#include "sim/domain/status.h"

// What the learned policy is made with by the commands that can play it.
namespace skein::cli {

inline constexpr char kDefaultBackend[] = "native";

// The backend called "native", which is the fastest that this machine can run; "native-LEVEL", as
// "native-v3", which is that one and no other; or "torch", which only skein-torch has. And the
// checkpoint that is shipped: beside the program, in ../share/skein from it, or in the source tree
// from which it was built.
// Errors: INVALID_ARGUMENT, with the backends there are. That no checkpoint is found is an error
//         of the policy "captain" alone.
absl::StatusOr<policy::CaptainParts> CaptainPartsOf(const std::string& backend);

// Adds --backend.
CLI::Option* AddBackendOption(CLI::App& command, std::string* backend);

}  // namespace skein::cli
