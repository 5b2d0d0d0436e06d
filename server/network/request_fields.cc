#include "server/network/request_fields.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "proto/codec/field_checker.h"

namespace skein::server {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;

}  // namespace

absl::StatusOr<int> PageSize(std::int32_t page_size) {
  if (page_size == 0) return kDefaultPageSize;
  if (page_size >= 1 && page_size <= kMaxPageSize) return page_size;
  return absl::InvalidArgumentError(
      absl::StrCat("pageSize = ", page_size, ", want [1, ", kMaxPageSize, "], or 0"));
}

absl::StatusOr<std::int64_t> PageStart(const std::string& page_token, std::int64_t first) {
  if (page_token.empty()) return first;
  std::int64_t start = 0;
  constexpr std::size_t kMostDigits = 19;
  if (page_token.size() <= kMostDigits && absl::SimpleAtoi(page_token, &start) && start >= 0)
    return start;
  return absl::InvalidArgumentError(absl::StrCat("pageToken = ", codec::Quoted(page_token),
                                                 ", want the nextPageToken of an answer"));
}

absl::StatusOr<SimTime> CheckedTime(const LiveNetwork& network, std::optional<std::int64_t> ms) {
  codec::FieldChecker check;
  if (ms.has_value()) check.Time("timeMs", *ms);
  if (!check.ok()) return check.status();
  return network.TimeOr(ms);
}

absl::Status ApplyOperatorEvent(LiveNetwork& network, SimTime time, EventPayload payload,
                                const std::string& path) {
  const absl::Status applied = network.Apply({time, std::move(payload)}, {kOperatorSource, 0});
  if (applied.ok()) return applied;
  const std::string event_path = absl::StrCat("event.", path);
  return absl::Status(applied.code(),
                      absl::StrReplaceAll(applied.message(), {{event_path, ""}, {"event.", ""}}));
}

}  // namespace skein::server
