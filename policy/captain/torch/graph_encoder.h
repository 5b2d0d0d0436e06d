#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/nn/pimpl.h>

#include <vector>

#include "policy/captain/model_options.h"

namespace skein::policy::captain {

// A weighted graph over nodes that live at places, as a normalised adjacency of the places:
// A_ij = w(place_i, place_j), Â = D^-1/2 A D^-1/2. Without membership every place is one node.
struct PlaceGraph {
  torch::Tensor adjacency;   // [B, V, V] normalised
  torch::Tensor membership;  // [B, N, V], or undefined
  torch::Tensor nodes;       // [B, V, 1] how many nodes live at each place, or undefined
};

// The graph of the vertiports themselves, and that of the aircraft by the vertiport where each
// stands or flies to. Cost of the latter: O(N·D + V²·D); an N×N matrix never exists.
PlaceGraph VertiportGraph(const torch::Tensor& proximity);
PlaceGraph AircraftGraph(const torch::Tensor& proximity, const torch::Tensor& membership);

// Powers of the Laplacian L = I − Â leave x as it is but for what a node's place is given:
// L^k x = x − S z_k, with S the membership. Returns z_1 … z_K.
// Shapes: x [B, N, D] → K times [B, V, D]
std::vector<torch::Tensor> HopsOfPlaces(const PlaceGraph& graph, const torch::Tensor& x, int hops);

// One graph-capsule convolution:
//
//   F = clamp(x, ±2);  g_p = W_p [F^p, L F^p, …, L^K F^p];  x' = LayerNorm(x + relu [g_1 … g_P])
//
// Shapes: x [B, N, D] → [B, N, D]
// Source: Verma & Zhang 2018, "Graph capsule convolutional neural networks" (moments as capsules);
//         docs/policy.md has the deviations.
class GraphCapsuleImpl : public torch::nn::Module {
 public:
  explicit GraphCapsuleImpl(const CaptainOptions& options);
  torch::Tensor forward(const torch::Tensor& x, const PlaceGraph& graph);

 private:
  // g_p, of F^p and its hops, multiplied out: (Σ_k W_pk) F^p − S Σ_k W_pk z_k, so that the nodes'
  // part is a product of width D, whatever K is.
  torch::Tensor Capsule(int p, const torch::Tensor& power, const std::vector<torch::Tensor>& hops,
                        const PlaceGraph& graph);

  const CaptainOptions options_;
  torch::nn::ModuleList capsules_;
  torch::nn::LayerNorm norm_{nullptr};
};
TORCH_MODULE(GraphCapsule);

// Embeds node features and applies the layers; with no_graph, a perceptron per node instead.
// Shapes: x [B, N, F] → [B, N, D]
class GraphEncoderImpl : public torch::nn::Module {
 public:
  GraphEncoderImpl(int features, const CaptainOptions& options);
  torch::Tensor forward(const torch::Tensor& x, const PlaceGraph& graph);

 private:
  const CaptainOptions options_;
  torch::nn::Linear embed_{nullptr};
  torch::nn::LayerNorm norm_{nullptr};
  torch::nn::ModuleList layers_;
};
TORCH_MODULE(GraphEncoder);

}  // namespace skein::policy::captain
