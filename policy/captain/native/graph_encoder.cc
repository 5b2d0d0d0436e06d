#include "policy/captain/native/graph_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace skein::policy::captain::native {
namespace {

constexpr float kFeatureBound = 2;

}  // namespace

void PlaceGraph::Build(std::span<const float> proximity, std::span<const std::int32_t> at,
                       std::size_t places) {
  at_ = at;
  count_.assign(places, 0);
  for (const std::int32_t place : at) ++count_[static_cast<std::size_t>(place)];
  share_.resize(places);
  scale_.resize(places);
  for (std::size_t i = 0; i < places; ++i) {
    share_[i] = 1 / std::max(count_[i], 1.0F);
    float degree = 0;
    for (std::size_t j = 0; j < places; ++j) degree += proximity[i * places + j] * count_[j];
    scale_[i] = degree > 0 ? 1 / std::sqrt(std::max(degree, 1e-6F)) : 0;
  }
  spread_.Resize(places, places);
  for (std::size_t i = 0; i < places; ++i)
    for (std::size_t j = 0; j < places; ++j)
      spread_.row(i)[j] = proximity[i * places + j] * scale_[i] * scale_[j] * count_[j];
}

GraphEncoder::Layer::Layer(const TensorReader& tensors, const std::string& name)
    : hops(static_cast<std::size_t>(tensors.model().hops)), norm(tensors, name + ".norm") {
  const auto width = static_cast<std::size_t>(tensors.model().width);
  const auto capsules = static_cast<std::size_t>(tensors.model().capsules);
  Dense all_bias(1, width);
  for (std::size_t p = 0; p < capsules; ++p) {
    const std::string capsule = absl::StrCat(name, ".capsules.", p);
    const std::size_t column = p * (width / capsules);
    all_bias.Place(0, column, tensors.Bias(capsule));
    const Dense weight = tensors.Weight(capsule);  // [(K + 1)·D, D / P]
    Dense sum = weight.RowsFrom(0, width);
    for (std::size_t k = 1; k <= hops.size(); ++k) {
      const Dense hop = weight.RowsFrom(k * width, width);
      sum = sum.Plus(hop);
      hops[k - 1].emplace_back(hop.Times(-1), column);
    }
    own.emplace_back(sum, column);
  }
  bias = MatrixOf(all_bias);
}

GraphEncoder::GraphEncoder(const TensorReader& tensors, const std::string& name)
    : powers_(static_cast<std::size_t>(tensors.model().capsules)),
      embed_(tensors, name + ".embed"),
      norm_(tensors, name + ".norm") {
  for (int k = 0; k < tensors.model().layers; ++k) {
    const std::string layer = absl::StrCat(name, ".layers.", k);
    if (tensors.model().no_graph)
      perceptrons_.emplace_back(tensors, layer);
    else
      layers_.emplace_back(tensors, layer);
  }
}

const Matrix& GraphEncoder::Run(const Kernels& kernels, ConstRows features,
                                const PlaceGraph& graph) {
  Apply(kernels, embed_, features, graph.nodes(), &nodes_);
  kernels.normalise(nodes_.rows(), graph.nodes(), norm_.norm());
  for (const Layer& layer : layers_) Convolve(kernels, layer, graph);
  for (const Linear& perceptron : perceptrons_) {
    Apply(kernels, perceptron, std::as_const(nodes_).rows(), graph.nodes(), &capsules_);
    kernels.relu(capsules_.data(), graph.nodes() * capsules_.stride());
    std::swap(nodes_, capsules_);
  }
  return nodes_;
}

void GraphEncoder::Convolve(const Kernels& kernels, const Layer& layer, const PlaceGraph& graph) {
  const std::size_t width = nodes_.stride();
  moments_.Resize(graph.nodes(), powers_ * width);
  kernels.clamped_powers(std::as_const(nodes_).rows(), graph.nodes(), width, powers_, kFeatureBound,
                         moments_.rows());
  capsules_.Resize(graph.nodes(), width);
  if (layer.hops.empty()) {
    capsules_.FillRows(layer.bias);
  } else {
    SeeNeighbours(kernels, layer, graph);
    for (std::size_t node = 0; node < graph.nodes(); ++node)
      std::copy_n(surroundings_.row(static_cast<std::size_t>(graph.at()[node])), width,
                  capsules_.row(node));
  }
  for (std::size_t p = 0; p < powers_; ++p)
    kernels.multiply_add(std::as_const(moments_).rows(p * width), graph.nodes(),
                         layer.own[p].panels(), capsules_.rows(layer.own[p].column()));
  kernels.add_relu_normalise(nodes_.rows(), std::as_const(capsules_).rows(), graph.nodes(),
                             layer.norm.norm());
}

void GraphEncoder::SeeNeighbours(const Kernels& kernels, const Layer& layer,
                                 const PlaceGraph& graph) {
  const std::size_t places = graph.places();
  const std::size_t width = nodes_.stride();
  means_.Resize(places, powers_ * width);
  missing_.Resize(places, powers_ * width);
  hop_.Resize(places, powers_ * width);
  surroundings_.Resize(places, width);
  kernels.sum_by_place(std::as_const(moments_).rows(), graph.nodes(), graph.at(), graph.share(),
                       places, means_.stride(), means_.rows());
  hop_.Clear();
  surroundings_.FillRows(layer.bias);
  for (const std::vector<PackedMatrix>& weights : layer.hops) {
    kernels.subtract(std::as_const(means_).rows(), std::as_const(hop_).rows(), places,
                     means_.stride(), missing_.rows());
    kernels.multiply_add(graph.spread().rows(), places, missing_.AsPanels(), hop_.rows());
    for (std::size_t p = 0; p < powers_; ++p)
      kernels.multiply_add(std::as_const(hop_).rows(p * width), places, weights[p].panels(),
                           surroundings_.rows(weights[p].column()));
  }
}

}  // namespace skein::policy::captain::native
