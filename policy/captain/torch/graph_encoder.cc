#include "policy/captain/torch/graph_encoder.h"

#include <torch/torch.h>

#include <vector>

#include "policy/captain/torch/small_product.h"

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
  return {Normalise(proximity, proximity.sum(-1)), {}, {}};
}

PlaceGraph AircraftGraph(const torch::Tensor& proximity, const torch::Tensor& membership) {
  const torch::Tensor nodes = membership.sum(1, true);                     // [B, 1, V]
  const torch::Tensor degree = SmallProduct(nodes, proximity).squeeze(1);  // [B, V]
  return {Normalise(proximity, degree), membership, nodes.transpose(1, 2)};
}

std::vector<torch::Tensor> HopsOfPlaces(const PlaceGraph& graph, const torch::Tensor& x, int hops) {
  const bool shared = graph.membership.defined();
  const torch::Tensor places =
      shared ? SmallProduct(graph.membership.transpose(1, 2), x) : x;  // Sᵀ x [B, V, D]
  std::vector<torch::Tensor> result;
  // L^k x = L^{k−1} x − S Â Sᵀ L^{k−1} x, and Sᵀ S counts the nodes of each place.
  for (int k = 0; k < hops; ++k) {
    if (k == 0) {
      result.push_back(SmallProduct(graph.adjacency, places));
    } else {
      const torch::Tensor& before = result.back();
      const torch::Tensor taken = shared ? graph.nodes * before : before;
      result.push_back(before + SmallProduct(graph.adjacency, places - taken));
    }
  }
  return result;
}

GraphCapsuleImpl::GraphCapsuleImpl(const CaptainOptions& options) : options_(options) {
  const int out = options.width / options.capsules;
  for (int p = 0; p < options.capsules; ++p)
    capsules_->push_back(torch::nn::Linear(options.width * (options.hops + 1), out));
  register_module("capsules", capsules_);
  norm_ = register_module("norm", MakeNorm(options.width));
}

torch::Tensor GraphCapsuleImpl::Capsule(int p, const torch::Tensor& power,
                                        const std::vector<torch::Tensor>& hops,
                                        const PlaceGraph& graph) {
  const int width = options_.width;
  const auto& linear = *capsules_[static_cast<std::size_t>(p)]->as<torch::nn::Linear>();
  const torch::Tensor weights = linear.weight.view({-1, options_.hops + 1, width});  // W_pk
  const torch::Tensor own = torch::linear(power, weights.sum(1), linear.bias);
  if (hops.empty()) return own;
  std::vector<torch::Tensor> parts;
  for (const torch::Tensor& hop : hops) parts.push_back(hop.narrow(-1, p * width, width));
  const torch::Tensor given =
      torch::linear(torch::cat(parts, -1), linear.weight.narrow(1, width, options_.hops * width));
  return own - (graph.membership.defined() ? SmallProduct(graph.membership, given) : given);
}

torch::Tensor GraphCapsuleImpl::forward(const torch::Tensor& x, const PlaceGraph& graph) {
  const torch::Tensor bounded = x.clamp(-kFeatureBound, kFeatureBound);  // [B, N, D]
  std::vector<torch::Tensor> powers{bounded};
  while (static_cast<int>(powers.size()) < options_.capsules)
    powers.push_back(powers.back() * bounded);
  const std::vector<torch::Tensor> hops =
      HopsOfPlaces(graph, torch::cat(powers, -1), options_.hops);  // [B, V, P·D]
  std::vector<torch::Tensor> capsules;
  for (int p = 0; p < options_.capsules; ++p)
    capsules.push_back(Capsule(p, powers[static_cast<std::size_t>(p)], hops, graph));
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
