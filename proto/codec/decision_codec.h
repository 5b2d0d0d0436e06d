#pragma once

#include "proto/codec/names.h"
#include "sim/domain/decision.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/observation.h"
#include "sim/domain/status.h"
#include "skein/v1/decision.pb.h"

namespace skein::codec {

v1::GuardRule EncodeGuardRule(GuardRule rule);
v1::Refusal EncodeRefusal(Refusal refusal);
// Errors: INVALID_ARGUMENT, if it is none of ours.
absl::StatusOr<Refusal> DecodeRefusal(v1::Refusal refusal);

// Requires: the names know the aircraft and the destination.
v1::Decision EncodeDecision(const Decision& decision, const Names& names);
// Errors: INVALID_ARGUMENT with the paths of all faults, which begin with `root`.
absl::StatusOr<Decision> DecodeDecision(const v1::Decision& message, const Names& names,
                                        const char* root = "decision");

v1::Verdict EncodeVerdict(const Verdict& verdict);
// Errors: INVALID_ARGUMENT with the paths of all faults, which begin with `root`.
absl::StatusOr<Verdict> DecodeVerdict(const v1::Verdict& message, const char* root = "verdict");

// Fills in what explains a decision: number, time, vertiport, probability, value, expected profit
// and one row per destination. Numbers of the policy that are not finite are left out. The rest of
// the record (decision, verdict, who decided, digest) is the caller's.
//
// Requires: the choice's scores are empty or [V].
void EncodeExplanation(const Observation& observation, const Choice& choice, const Names& names,
                       v1::DecisionRecord* record);

}  // namespace skein::codec
