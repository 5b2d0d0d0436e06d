#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace skein::server {

// Longest message sent with an error, bytes; all metadata of an answer must fit into 8 KiB.
inline constexpr std::size_t kMaxErrorMessageBytes = 1024;

// The status as gRPC sends it: the same code, the message shortened to kMaxErrorMessageBytes. If it
// carries a reason (server/base/reason.h), the details are a google.rpc.Status with an ErrorInfo
// {reason, domain "skein"}, and with the metadata {"leader": ADDRESS} if it names one.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reason in such details; none if there is none.
std::optional<std::string> ReasonOfDetails(const std::string& details);
// The leader's address in such details; none if there is none.
std::optional<std::string> LeaderOfDetails(const std::string& details);

}  // namespace skein::server
