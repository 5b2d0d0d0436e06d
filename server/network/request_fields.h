#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/network/live_network.h"
#include "sim/domain/event.h"
#include "sim/domain/sim_time.h"

// What several use cases read from their requests.
namespace skein::server {

// The page size that a list request means. Errors: INVALID_ARGUMENT, unless it is 0 or [1, 1000].
absl::StatusOr<int> PageSize(std::int32_t page_size);

// The number in a page token; `first` if the token is empty.
// Errors: INVALID_ARGUMENT, if it is none of ours.
absl::StatusOr<std::int64_t> PageStart(const std::string& page_token, std::int64_t first);

// When a request's event happens: at its optional field timeMs, else now.
// Errors: INVALID_ARGUMENT, if it is out of range.
template <class Request>
absl::StatusOr<SimTime> TimeOf(const LiveNetwork& network, const Request& request);
absl::StatusOr<SimTime> CheckedTime(const LiveNetwork& network, std::optional<std::int64_t> ms);

// Applies an operator's event. Errors name the fields of the request, in which those of the event
// have the path `path` (such as "tripRequested.") less.
absl::Status ApplyOperatorEvent(LiveNetwork& network, SimTime time, EventPayload payload,
                                const std::string& path);

template <class Request>
absl::StatusOr<SimTime> TimeOf(const LiveNetwork& network, const Request& request) {
  return CheckedTime(network,
                     request.has_time_ms() ? std::make_optional(request.time_ms()) : std::nullopt);
}

}  // namespace skein::server
