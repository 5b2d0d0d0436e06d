#pragma once

#include "proto/codec/names.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/observation.h"
#include "sim/domain/status.h"
#include "skein/v1/fleet.pb.h"
#include "skein/v1/observation.pb.h"
#include "skein/v1/policy_endpoint.pb.h"

namespace skein::codec {

v1::AircraftPhase EncodePhase(AircraftPhase phase);

// Times that are not known (kNever) are left out.
//
// Requires: the names know all ids.
v1::Observation EncodeObservation(const Observation& observation, const Names& names);

// Decodes the answer of a policy endpoint. Whether the action is legal is for the caller to check.
// Errors: INVALID_ARGUMENT with the paths of all faults, which begin with `root`: an unknown
//         destination, numbers that are not finite, scores that are neither empty nor [V].
absl::StatusOr<Choice> DecodeChoice(const v1::EndpointChoice& message, const Names& names,
                                    const char* root = "choice");

}  // namespace skein::codec
