#include "policy/captain/torch/graph_encoder.h"

#include <torch/torch.h>

#include <vector>

namespace skein::policy::captain {
namespace {

constexpr double kFeatureBound = 2;

torch::nn::LayerNorm MakeNorm(std::int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}));
}

// Â from the weights of the places and how many nodes live at each. A place without neighbours,
// that is a padded one, stays without.
torch::Tensor Normalise(const torch::Tensor& proximity, const torch::Tensor& degree) {
  const torch::Tensor scale =
      torch::where(degree > 0, degree.clamp_min(1e-6).rsqrt(), torch::zeros_like(degree));
  return proximity * scale.unsqueeze(-1) * scale.unsqueeze(-2);
}

}  // namespace

PlaceGraph VertiportGraph(const torch::Tensor& proximity) {
  return {Normalise(proximity, proximity.sum(-1)), {}};
}

PlaceGraph AircraftGraph(const torch::Tensor& proximity, const torch::Tensor& membership) {
  const torch::Tensor nodes = membership.sum(1, true);              // [B, 1, V]
  const torch::Tensor degree = nodes.matmul(proximity).squeeze(1);  // [B, V]
  return {Normalise(proximity, degree), membership};
}

torch::Tensor ApplyLaplacian(const PlaceGraph& graph, const torch::Tensor& x) {
  if (!graph.membership.defined()) return x - graph.adjacency.matmul(x);
  const torch::Tensor places = graph.membership.transpose(1, 2).matmul(x);  // [B, V, D]
  return x - graph.membership.matmul(graph.adjacency.matmul(places));
}

GraphCapsuleImpl::GraphCapsuleImpl(const CaptainOptions& options) : options_(options) {
  const int out = options.width / options.capsules;
  for (int p = 0; p < options.capsules; ++p)
    capsules_->push_back(torch::nn::Linear(options.width * (options.hops + 1), out));
  register_module("capsules", capsules_);
  norm_ = register_module("norm", MakeNorm(options.width));
}

torch::Tensor GraphCapsuleImpl::forward(const torch::Tensor& x, const PlaceGraph& graph) {
  const torch::Tensor bounded = x.clamp(-kFeatureBound, kFeatureBound);  // [B, N, D]
  std::vector<torch::Tensor> powers{bounded};
  while (static_cast<int>(powers.size()) < options_.capsules)
    powers.push_back(powers.back() * bounded);
  std::vector<torch::Tensor> hops{torch::cat(powers, -1)};  // [B, N, P·D]
  for (int k = 0; k < options_.hops; ++k) hops.push_back(ApplyLaplacian(graph, hops.back()));
  std::vector<torch::Tensor> capsules;
  for (int p = 0; p < options_.capsules; ++p) {
    std::vector<torch::Tensor> moments;
    for (const torch::Tensor& hop : hops)
      moments.push_back(hop.narrow(-1, p * options_.width, options_.width));
    capsules.push_back(capsules_[static_cast<std::size_t>(p)]->as<torch::nn::Linear>()->forward(
        torch::cat(moments, -1)));  // [B, N, D/P]
  }
  return norm_(x + torch::relu(torch::cat(capsules, -1)));
}

GraphEncoderImpl::GraphEncoderImpl(int features, const CaptainOptions& options)
    : options_(options) {
  embed_ = register_module("embed", torch::nn::Linear(features, options.width));
  norm_ = register_module("norm", MakeNorm(options.width));
  for (int k = 0; k < options.layers; ++k) {
    if (options.no_graph) {
      layers_->push_back(torch::nn::Linear(options.width, options.width));
    } else {
      layers_->push_back(GraphCapsule(options));
    }
  }
  register_module("layers", layers_);
}

torch::Tensor GraphEncoderImpl::forward(const torch::Tensor& x, const PlaceGraph& graph) {
  torch::Tensor nodes = norm_(embed_(x));  // [B, N, D]
  for (const auto& layer : *layers_) {
    if (options_.no_graph) {
      nodes = torch::relu(layer->as<torch::nn::Linear>()->forward(nodes));
    } else {
      nodes = layer->as<GraphCapsule>()->forward(nodes, graph);
    }
  }
  return nodes;
}

}  // namespace skein::policy::captain
