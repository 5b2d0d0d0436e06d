#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/nn/pimpl.h>

#include "policy/captain/model_options.h"

namespace skein::policy::captain {

// One layer of a transformer encoder: self-attention over time, then a perceptron of twice the
// width, each with a residual and a LayerNorm after it.
// Shapes: x [N, T, D] → [N, T, D]
// Source: Vaswani et al. 2017, section 3.
class TransformerLayerImpl : public torch::nn::Module {
 public:
  TransformerLayerImpl(int width, int heads);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  const int heads_;
  torch::nn::Linear query_key_value_{nullptr};
  torch::nn::Linear project_{nullptr};
  torch::nn::LayerNorm attention_norm_{nullptr};
  torch::nn::Linear expand_{nullptr};
  torch::nn::Linear contract_{nullptr};
  torch::nn::LayerNorm perceptron_norm_{nullptr};
};
TORCH_MODULE(TransformerLayer);

// Encodes what demand and fares will be at each vertiport: tokens over time, a learned position
// added to each, transformer layers, the mean over time.
// Shapes: series [B, V, T, F] → [B, V, D_s]
class SeriesEncoderImpl : public torch::nn::Module {
 public:
  explicit SeriesEncoderImpl(const CaptainOptions& options);
  torch::Tensor forward(const torch::Tensor& series);

 private:
  torch::nn::Linear embed_{nullptr};
  torch::Tensor position_;  // [T, D_s]
  torch::nn::ModuleList layers_;
};
TORCH_MODULE(SeriesEncoder);

}  // namespace skein::policy::captain
