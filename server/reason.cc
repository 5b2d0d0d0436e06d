#include "server/reason.h"

#include <utility>

#include "absl/strings/cord.h"

namespace skein::server {
namespace {

constexpr const char* kPayloadUrl = "skein.v1/reason";

}  // namespace

absl::Status WithReason(absl::Status status, std::string_view reason) {
  status.SetPayload(kPayloadUrl, absl::Cord(std::string(reason)));
  return status;
}

std::optional<std::string> ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

}  // namespace skein::server
