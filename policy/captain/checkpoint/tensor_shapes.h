#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/captain/checkpoint/checkpoint.h"

namespace skein::policy::captain {

struct TensorShape {
  std::string name;
  std::vector<std::int64_t> shape;

  friend bool operator==(const TensorShape&, const TensorShape&) = default;
};

// The tensors of a model, with their names in LibTorch: "x.weight" is [out, in].
// Requires: Validate finds no fault with the options.
std::vector<TensorShape> TensorShapes(const CaptainOptions& options);

// Errors: FAILED_PRECONDITION, if the checkpoint lacks a tensor of its model or has it in another
//         shape. Further tensors are allowed.
absl::Status CheckTensors(const Checkpoint& checkpoint);

}  // namespace skein::policy::captain
