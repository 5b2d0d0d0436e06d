#include "policy/captain/torch/series_encoder.h"

#include <torch/torch.h>

#include <cmath>

#include "policy/captain/features/schema.h"
#include "policy/captain/torch/small_product.h"

namespace skein::policy::captain {
namespace {

// Where the learned positions start. Source: Vaswani et al. 2017, section 3.5.
torch::Tensor Sinusoids(int width) {
  torch::Tensor table = torch::zeros({kSeriesSteps, width});
  auto rows = table.accessor<float, 2>();
  for (int t = 0; t < kSeriesSteps; ++t) {
    for (int k = 0; k < width; ++k) {
      const double angle = t / std::pow(10'000.0, static_cast<double>(k / 2 * 2) / width);
      rows[t][k] = static_cast<float>(k % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  return table;
}

torch::nn::LayerNorm MakeNorm(std::int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}));
}

}  // namespace

TransformerLayerImpl::TransformerLayerImpl(int width, int heads) : heads_(heads) {
  query_key_value_ = register_module("query_key_value", torch::nn::Linear(width, 3 * width));
  project_ = register_module("project", torch::nn::Linear(width, width));
  attention_norm_ = register_module("attention_norm", MakeNorm(width));
  expand_ = register_module("expand", torch::nn::Linear(width, 2 * width));
  contract_ = register_module("contract", torch::nn::Linear(2 * width, width));
  perceptron_norm_ = register_module("perceptron_norm", MakeNorm(width));
}

torch::Tensor TransformerLayerImpl::forward(const torch::Tensor& x) {
  const std::int64_t count = x.size(0);
  const std::int64_t time = x.size(1);
  const std::int64_t width = x.size(2);
  const torch::Tensor qkv = query_key_value_(x)  // [N, T, 3·D]
                                .view({count, time, 3, heads_, width / heads_})
                                .permute({2, 0, 3, 1, 4})
                                .reshape({3, count * heads_, time, width / heads_});
  const torch::Tensor query = qkv[0] * (1 / std::sqrt(static_cast<double>(width / heads_)));
  const torch::Tensor weights =
      torch::softmax(SmallProduct(query, qkv[1].transpose(1, 2)), -1);  // [N·H, T, T]
  const torch::Tensor attended = SmallProduct(weights, qkv[2])
                                     .view({count, heads_, time, width / heads_})
                                     .transpose(1, 2)
                                     .reshape({count, time, width});  // [N, T, D]
  const torch::Tensor mixed = attention_norm_(x + project_(attended));
  return perceptron_norm_(mixed + contract_(torch::relu(expand_(mixed))));
}

SeriesEncoderImpl::SeriesEncoderImpl(const CaptainOptions& options) {
  embed_ =
      register_module("embed", torch::nn::Linear(kFeatureCount<SeriesRow>, options.series_width));
  position_ = register_parameter("position", Sinusoids(options.series_width));
  for (int k = 0; k < options.series_layers; ++k)
    layers_->push_back(TransformerLayer(options.series_width, options.series_heads));
  register_module("layers", layers_);
}

torch::Tensor SeriesEncoderImpl::forward(const torch::Tensor& series) {
  torch::Tensor tokens = embed_(series.flatten(0, 1)) + position_;  // [B·V, T, D_s]
  for (const auto& layer : *layers_) tokens = layer->as<TransformerLayer>()->forward(tokens);
  return tokens.mean(1).view({series.size(0), series.size(1), -1});  // [B, V, D_s]
}

}  // namespace skein::policy::captain
