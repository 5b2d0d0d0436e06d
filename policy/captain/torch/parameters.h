#pragma once

#include <torch/types.h>

#include <span>
#include <string>
#include <vector>

#include "policy/captain/backend.h"
#include "policy/captain/checkpoint/checkpoint.h"
#include "policy/captain/torch/captain_network.h"

namespace skein::policy::captain {

// A tensor of numbers as values, and back.
Tensor ToTensor(const std::string& name, const torch::Tensor& from);
torch::Tensor FromTensor(const Tensor& from);

// All parameters of the network, by name, in the order of registration.
std::vector<Tensor> ParametersOf(const CaptainNetworkImpl& network);

// A network with the parameters of a checkpoint.
// Errors: FAILED_PRECONDITION, if one is missing or of another shape.
absl::StatusOr<CaptainNetwork> MakeNetwork(const Checkpoint& checkpoint);

// Evaluates the batch without gradients; see Backend::Evaluate.
void EvaluateBatch(CaptainNetworkImpl& network, std::span<const Features* const> batch,
                   std::span<Evaluation> out);

}  // namespace skein::policy::captain
