#pragma once

#include <string>

#include "sim/domain/status.h"

namespace skein::importer {

// Largest table that is read.
inline constexpr std::size_t kMaxTableBytes = std::size_t{64} << 20;

// The content of a file.
// Errors: NOT_FOUND; INVALID_ARGUMENT, if it is no file or larger than kMaxTableBytes.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace skein::importer
