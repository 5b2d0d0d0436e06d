#include "policy/captain/features/features.h"

#include <xxhash.h>

#include <span>

namespace skein::policy::captain {
namespace {

// Rows are floats and nothing between them.
template <class Block>
std::uint64_t Chain(const Block& block, std::uint64_t before) {
  const auto bytes = std::as_bytes(std::span(block));
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), before);
}

}  // namespace

std::uint64_t Hash(const Features& features) {
  const std::int32_t indices[] = {features.here, features.self};
  std::uint64_t hash = Chain(indices, 0);
  hash = Chain(features.vertiports, hash);
  hash = Chain(features.aircraft, hash);
  hash = Chain(features.aircraft_at, hash);
  hash = Chain(features.edges, hash);
  hash = Chain(features.series, hash);
  hash = Chain(std::span(&features.context, 1), hash);
  hash = Chain(features.proximity, hash);
  return Chain(features.action_mask, hash);
}

}  // namespace skein::policy::captain
