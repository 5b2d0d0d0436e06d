#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "policy/captain/checkpoint/checkpoint.h"
#include "policy/captain/features/features.h"
#include "sim/domain/status.h"

namespace skein::policy::captain {

// What the network says of one decision. Reused from call to call.
struct Evaluation {
  std::vector<float> logits;  // [V]; kIllegalLogit where the action is illegal
  float value = 0;            // profit to come, in units of kValueScale below
};

// Rewards and values are money in full flights (features/schema.h) per aircraft, times this, which
// keeps them of order 1. Divided by a constant of the network, the best policy stays the best.
inline constexpr double kValueScale = 4;

// So low that the softmax gives exactly 0, and finite, so that the entropy is, too.
inline constexpr float kIllegalLogit = -1e9F;

// A loaded network, ready to be asked.
//
// Threads: compatible.
class Backend {
 public:
  virtual ~Backend() = default;

  // Evaluates every element of the batch; out[i] belongs to batch[i]. Sizes may differ within the
  // batch, and an element's result does not depend on its company beyond rounding.
  // Requires: the batch is not empty, out is as long, and each has a legal action.
  // Errors:   INTERNAL, if the library fails.
  virtual absl::Status Evaluate(std::span<const Features* const> batch,
                                std::span<Evaluation> out) = 0;

  // What it computes with and what built that, as "native-v3 gcc-12.2.0": equal words, equal bits.
  virtual std::string name() const = 0;
};

// Makes a backend of a checkpoint. Errors: FAILED_PRECONDITION, if the tensors of the checkpoint
// are not those of its model.
using BackendFactory =
    std::function<absl::StatusOr<std::unique_ptr<Backend>>(const Checkpoint& checkpoint)>;

}  // namespace skein::policy::captain
