#include "policy/captain/torch/parameters.h"

#include <torch/torch.h>

#include <cstring>

namespace skein::policy::captain {

Tensor ToTensor(const std::string& name, const torch::Tensor& from) {
  const torch::Tensor values = from.detach().to(torch::kFloat32).contiguous();
  Tensor to{name, values.sizes().vec(), {}};
  to.values.assign(values.data_ptr<float>(), values.data_ptr<float>() + values.numel());
  return to;
}

torch::Tensor FromTensor(const Tensor& from) {
  torch::Tensor to = torch::empty(from.shape);
  std::memcpy(to.data_ptr<float>(), from.values.data(), from.values.size() * sizeof(float));
  return to;
}

std::vector<Tensor> ParametersOf(const CaptainNetworkImpl& network) {
  std::vector<Tensor> tensors;
  for (const auto& parameter : network.named_parameters())
    tensors.push_back(ToTensor(parameter.key(), parameter.value()));
  return tensors;
}

absl::StatusOr<CaptainNetwork> MakeNetwork(const Checkpoint& checkpoint) {
  CaptainNetwork network(checkpoint.model);
  const torch::NoGradGuard no_gradient;
  for (auto& parameter : network->named_parameters()) {
    const Tensor* const from = checkpoint.Find(parameter.key());
    if (from == nullptr)
      return absl::FailedPreconditionError(
          absl::StrCat("the checkpoint has no tensor ", parameter.key()));
    if (torch::IntArrayRef(from->shape) != parameter.value().sizes())
      return absl::FailedPreconditionError(
          absl::StrCat("tensor ", parameter.key(), " of the checkpoint has another shape"));
    parameter.value().copy_(FromTensor(*from));
  }
  return network;
}

void EvaluateBatch(CaptainNetworkImpl& network, std::span<const Features* const> batch,
                   std::span<Evaluation> out) {
  const torch::InferenceMode inference;
  const PolicyOutput output = network.forward(MakeBatch(batch));
  const auto width = static_cast<std::size_t>(output.logits.size(1));
  const torch::Tensor logits = output.logits.contiguous();
  for (std::size_t b = 0; b < batch.size(); ++b) {
    const float* const row = logits.data_ptr<float>() + b * width;
    out[b].logits.assign(row, row + batch[b]->vertiports.size());
    out[b].value = output.value.data_ptr<float>()[b];
  }
}

}  // namespace skein::policy::captain
