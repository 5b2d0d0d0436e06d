#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>
#include <torch/nn/pimpl.h>

#include "policy/captain/model_options.h"
#include "policy/captain/torch/batch.h"
#include "policy/captain/torch/graph_encoder.h"
#include "policy/captain/torch/series_encoder.h"

namespace skein::policy::captain {

struct PolicyOutput {
  torch::Tensor logits;  // [B, V]; kIllegalLogit where illegal or padded
  torch::Tensor value;   // [B]
};

// The CapTAIN network. Any number of vertiports and aircraft; each row of a batch equals the row
// alone, up to rounding.
//
//   vertiports ─► GraphEncoder ─► H_v ─┬─► mean ──────────────┐
//   aircraft ───► GraphEncoder ─► H_a ─┼─► mean, self ────────┤
//   context ───────────────────────────┼──────────────────────┴─► query ─► attention ─► h ─► critic
//   series ─────► SeriesEncoder ─► Z ──┤                                       ▲         │
//   edges ─────────────────────────────┴─► destinations U ─────────────────────┘         │
//                                                └──────────► clip·tanh(W h · U_j / √D) ◄┘
//
// Source: Paul, Witter, Chowdhury 2024 as far as it is known; docs/policy.md has every equation and
// deviation.
class CaptainNetworkImpl : public torch::nn::Module {
 public:
  explicit CaptainNetworkImpl(const CaptainOptions& options);

  // Requires: each element has a legal action.
  PolicyOutput forward(const Batch& batch);

  const CaptainOptions& options() const { return options_; }

 private:
  // U: what the network knows of each action. [B, V, D]
  torch::Tensor Destinations(const Batch& batch, const torch::Tensor& vertiports,
                             const torch::Tensor& aircraft);
  // The deciding aircraft and its surroundings. [B, D]
  torch::Tensor Query(const Batch& batch, const torch::Tensor& vertiports,
                      const torch::Tensor& aircraft);
  // h: the query after it has looked at the destinations. [B, D]
  torch::Tensor Attend(const Batch& batch, const torch::Tensor& query,
                       const torch::Tensor& destinations);

  const CaptainOptions options_;
  GraphEncoder vertiport_encoder_{nullptr};
  GraphEncoder aircraft_encoder_{nullptr};
  SeriesEncoder series_encoder_{nullptr};
  torch::nn::Linear destination_hidden_{nullptr};
  torch::nn::Linear destination_out_{nullptr};
  torch::nn::LayerNorm destination_norm_{nullptr};
  torch::nn::Linear context_{nullptr};
  torch::nn::Linear query_{nullptr};
  torch::nn::Linear key_{nullptr};
  torch::nn::Linear value_{nullptr};
  torch::nn::Linear project_{nullptr};
  torch::nn::LayerNorm attention_norm_{nullptr};
  torch::nn::Linear pointer_{nullptr};
  torch::nn::Linear critic_hidden_{nullptr};
  torch::nn::Linear critic_out_{nullptr};
};
TORCH_MODULE(CaptainNetwork);

}  // namespace skein::policy::captain
