#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/network/controller_parts.h"
#include "skein/v1/network_service.pb.h"
#include "storage/fleet_store.h"

namespace skein::server {

// Whether the request makes sense before its scenario is looked at.
// Errors: INVALID_ARGUMENT with all faults.
absl::Status CheckNewNetwork(const v1::CreateNetworkRequest& request, const ControllerParts& parts);

// The network that the request describes, its scenario made, checked and encoded.
// Errors: INVALID_ARGUMENT with all faults of the scenario; those of the scenario source.
absl::StatusOr<storage::NetworkRecord> DescribeNewNetwork(const v1::CreateNetworkRequest& request,
                                                          const ControllerOptions& options,
                                                          const ControllerParts& parts);

}  // namespace skein::server
