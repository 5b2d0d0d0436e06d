#pragma once

#include <array>
#include <string>
#include <string_view>

#include "storage/fleet_store.h"

// Hashes that show damage and tampering. All are SHA-256.
namespace skein::storage {

using Hash = std::array<unsigned char, 32>;

// What the first record of a journal is chained to.
inline constexpr Hash kChainStart{};

Hash Sha256(std::string_view bytes);

// The hash as its 32 bytes.
std::string ToBytes(const Hash& hash);

// Hash of a record that follows one with the hash `previous`.
Hash ChainHash(const Hash& previous, std::string_view network, const JournalRecord& record);

// Hash that goes with a stored snapshot.
Hash SnapshotHash(std::string_view network, const SnapshotRecord& snapshot);

}  // namespace skein::storage
