#pragma once

#include <cstdint>
#include <string>

#include "sim/domain/status.h"

// Spellings that several messages share: resource names and digests.
namespace skein::codec {

// "networks/{id}".
std::string NetworkName(const std::string& id);

// The id in a resource name of a network.
// Errors: INVALID_ARGUMENT naming `field`, unless it is "networks/" and an id.
absl::StatusOr<std::string> ParseNetworkName(const std::string& field, const std::string& name);

// 16 lower-case hexadecimal digits.
std::string HexDigest(std::uint64_t digest);

// Errors: INVALID_ARGUMENT naming `field`, unless `text` is what HexDigest gives.
absl::StatusOr<std::uint64_t> ParseHexDigest(const std::string& field, const std::string& text);

}  // namespace skein::codec
