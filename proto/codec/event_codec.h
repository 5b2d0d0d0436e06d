#pragma once

#include "proto/codec/names.h"
#include "sim/domain/event.h"
#include "sim/domain/status.h"
#include "skein/v1/event.pb.h"

namespace skein::codec {

// Requires: the names know all ids in the event.
v1::Event EncodeEvent(const ExternalEvent& event, const Names& names);

// Whether the event suits the state of a network is for World::Check to say.
// Errors: INVALID_ARGUMENT with the paths of all faults, which begin with `root`.
absl::StatusOr<ExternalEvent> DecodeEvent(const v1::Event& message, const Names& names,
                                          const char* root = "event");

v1::Advisory EncodeAdvisory(const Advisory& advisory, const Names& names);
// Errors: INVALID_ARGUMENT with the paths of all faults, which begin with `root`.
absl::StatusOr<Advisory> DecodeAdvisory(const v1::Advisory& message, const Names& names,
                                        const char* root = "advisory");

}  // namespace skein::codec
