#include "server/base/reason.h"

#include <utility>

#include "absl/strings/cord.h"

namespace skein::server {
namespace {

constexpr const char* kPayloadUrl = "skein.v1/reason";
constexpr const char* kLeaderUrl = "skein.v1/leader";

std::optional<std::string> PayloadOf(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

}  // namespace

absl::Status WithReason(absl::Status status, std::string_view reason) {
  status.SetPayload(kPayloadUrl, absl::Cord(std::string(reason)));
  return status;
}

std::optional<std::string> ReasonOf(const absl::Status& status) {
  return PayloadOf(status, kPayloadUrl);
}

absl::Status WithLeader(absl::Status status, std::string_view address) {
  status.SetPayload(kLeaderUrl, absl::Cord(std::string(address)));
  return status;
}

std::optional<std::string> LeaderOf(const absl::Status& status) {
  return PayloadOf(status, kLeaderUrl);
}

}  // namespace skein::server
