#include "proto/codec/resource_name.h"

#include "absl/strings/str_format.h"

#include "proto/codec/field_checker.h"

namespace skein::codec {
namespace {

const std::string kNetworks = "networks/";

}  // namespace

std::string NetworkName(const std::string& id) { return kNetworks + id; }

absl::StatusOr<std::string> ParseNetworkName(const std::string& field, const std::string& name) {
  if (name.compare(0, kNetworks.size(), kNetworks) == 0) {
    std::string id = name.substr(kNetworks.size());
    if (IsId(id)) return id;
  }
  return absl::InvalidArgumentError(
      absl::StrCat(field, " = ", Quoted(name),
                   ", want networks/ and 1 to 64 of the characters A-Z a-z 0-9 _ . -"));
}

std::string HexDigest(std::uint64_t digest) { return absl::StrFormat("%016x", digest); }

absl::StatusOr<std::uint64_t> ParseHexDigest(const std::string& field, const std::string& text) {
  constexpr std::size_t kDigits = 16;
  static const std::string kAlphabet = "0123456789abcdef";
  std::uint64_t digest = 0;
  bool good = text.size() == kDigits;
  for (std::size_t k = 0; good && k < kDigits; ++k) {
    const std::size_t digit = kAlphabet.find(text[k]);
    good = digit != std::string::npos;
    digest = digest << 4 | (digit & 0xF);
  }
  if (good) return digest;
  return absl::InvalidArgumentError(
      absl::StrCat(field, " = ", Quoted(text), ", want 16 hexadecimal digits in lower case"));
}

}  // namespace skein::codec
