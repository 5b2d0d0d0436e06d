#include "storage/hash_chain.h"

#include <openssl/sha.h>

#include <cstdint>

namespace skein::storage {
namespace {

// Appends `value` as eight bytes, little end first.
void PutFixed(std::uint64_t value, std::string* out) {
  for (int k = 0; k < 8; ++k) out->push_back(static_cast<char>((value >> (8 * k)) & 0xff));
}

// Appends the length and the bytes, so that no two lists of strings look alike.
void PutBytes(std::string_view bytes, std::string* out) {
  PutFixed(bytes.size(), out);
  out->append(bytes);
}

template <class T>
void PutOptional(const std::optional<T>& value, std::string* out) {
  out->push_back(value.has_value() ? '\1' : '\0');
  PutFixed(value.has_value() ? static_cast<std::uint64_t>(*value) : 0, out);
}

}  // namespace

Hash Sha256(std::string_view bytes) {
  Hash hash;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data());
  return hash;
}

std::string ToBytes(const Hash& hash) { return std::string(hash.begin(), hash.end()); }

Hash ChainHash(const Hash& previous, std::string_view network, const JournalRecord& record) {
  std::string bytes = ToBytes(previous);
  bytes.reserve(bytes.size() + network.size() + record.payload.size() + 64);
  PutBytes(network, &bytes);
  PutFixed(static_cast<std::uint64_t>(record.sequence), &bytes);
  PutFixed(static_cast<std::uint64_t>(record.time_ms), &bytes);
  PutFixed(static_cast<std::uint64_t>(record.kind), &bytes);
  PutOptional(record.subject, &bytes);
  PutOptional(record.number, &bytes);
  PutOptional(record.digest, &bytes);
  PutBytes(record.payload, &bytes);
  return Sha256(bytes);
}

Hash SnapshotHash(std::string_view network, const SnapshotRecord& snapshot) {
  std::string bytes;
  PutBytes(network, &bytes);
  PutFixed(static_cast<std::uint64_t>(snapshot.sequence), &bytes);
  PutBytes(snapshot.payload, &bytes);
  return Sha256(bytes);
}

}  // namespace skein::storage
