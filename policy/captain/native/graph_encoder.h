#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "policy/captain/native/weights.h"

namespace skein::policy::captain::native {

// A weighted graph over nodes that live at places, such as aircraft at vertiports. With S the
// membership of nodes in places and n the nodes of each place, its normalised adjacency is S Ŵ Sᵀ.
class PlaceGraph {
 public:
  // Shapes: proximity [V·V], at [N] place of each node
  void Build(std::span<const float> proximity, std::span<const std::int32_t> at,
             std::size_t places);

  std::size_t places() const { return share_.size(); }
  std::size_t nodes() const { return at_.size(); }
  const std::int32_t* at() const { return at_.data(); }
  const float* share() const { return share_.data(); }  // [V] 1 / n; 1 where there is none
  const float* count() const { return count_.data(); }  // [V] n
  // [V, V] Ŵ diag(n): what a mean per place gives to each place.
  const Matrix& spread() const { return spread_; }

 private:
  std::span<const std::int32_t> at_;
  std::vector<float> count_;
  std::vector<float> share_;
  std::vector<float> scale_;
  Matrix spread_;
};

// Embeds node features and applies the graph-capsule layers; see docs/policy.md, "Network".
//
// The moments need no product per node and hop: with F̄ the mean of F at each place,
//
//   L^k F = F − S Z_k,  Z_0 = 0,  Z_{k+1} = Z_k + Ŵ diag(n) (F̄ − Z_k)
//
// so that Σ_k W_k L^k F = (Σ_k W_k) F − S Σ_k W_k Z_k: one product per node and one per place and
// hop, which is where the sum over a node's capsules starts.
class GraphEncoder {
 public:
  GraphEncoder(const TensorReader& tensors, const std::string& name);

  // Shapes: features [N, F] → [N, D], valid until the next call
  const Matrix& Run(const Kernels& kernels, ConstRows features, const PlaceGraph& graph);

 private:
  struct Layer {
    Layer(const TensorReader& tensors, const std::string& name);
    Matrix bias;
    std::vector<PackedMatrix> own;                // [P] Σ_k W_pk
    std::vector<std::vector<PackedMatrix>> hops;  // [K][P] −W_pk, k from 1
    NormWeights norm;
  };

  void Convolve(const Kernels& kernels, const Layer& layer, const PlaceGraph& graph);
  // What the neighbourhood of each place adds to the capsules of its nodes, and the bias. [V, D]
  void SeeNeighbours(const Kernels& kernels, const Layer& layer, const PlaceGraph& graph);

  const std::size_t powers_;
  const Linear embed_;
  const NormWeights norm_;
  std::vector<Layer> layers_;
  std::vector<Linear> perceptrons_;  // instead of layers with no_graph
  Matrix nodes_;                     // [N, D] x
  Matrix capsules_;                  // [N, D] before the residual
  Matrix moments_;                   // [N, P·D] F ‖ … ‖ F^P
  Matrix means_;                     // [V, P·D] F̄
  Matrix missing_;                   // [V, P·D] F̄ − Z
  Matrix hop_;                       // [V, P·D] Z
  Matrix surroundings_;              // [V, D]
};

}  // namespace skein::policy::captain::native
