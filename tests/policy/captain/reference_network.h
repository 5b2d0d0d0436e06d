#pragma once

#include "policy/captain/backend.h"
#include "policy/captain/checkpoint/checkpoint.h"
#include "policy/captain/features/features.h"

namespace skein::policy::captain {

// The network of docs/policy.md in double precision, equation by equation and with nothing folded:
// what a backend is held against where there is no LibTorch. Slow.
Evaluation ReferenceEvaluation(const Checkpoint& checkpoint, const Features& features);

}  // namespace skein::policy::captain
