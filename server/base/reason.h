#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

// Machine-readable reasons that errors carry beside their code; the edge turns them into ErrorInfo.
namespace skein::server {

// Another request body under a request id that was used before.
inline constexpr std::string_view kRequestIdReused = "REQUEST_ID_REUSED";
// The number of an event is not the next one of its source.
inline constexpr std::string_view kSourceSequenceGap = "SOURCE_SEQUENCE_GAP";
// The aircraft wants no decision now.
inline constexpr std::string_view kNoDecisionPoint = "NO_DECISION_POINT";
// The journal of the network could not be replayed.
inline constexpr std::string_view kNetworkQuarantined = "NETWORK_QUARANTINED";
// Too many requests wait for the network.
inline constexpr std::string_view kQueueFull = "QUEUE_FULL";
// The store could not commit; the request may or may not have taken effect.
inline constexpr std::string_view kCommitFailed = "COMMIT_FAILED";
// Another server writes; the error names it, if it is known.
inline constexpr std::string_view kNotLeader = "NOT_LEADER";
// The server is shutting down.
inline constexpr std::string_view kDraining = "DRAINING";

// `status` with a reason. Requires: it is an error.
absl::Status WithReason(absl::Status status, std::string_view reason);

// The reason that a status carries, if any.
std::optional<std::string> ReasonOf(const absl::Status& status);

// `status` with the address of the server to ask instead. Requires: it is an error with a reason.
absl::Status WithLeader(absl::Status status, std::string_view address);

// The address that a status carries, if any.
std::optional<std::string> LeaderOf(const absl::Status& status);

}  // namespace skein::server
