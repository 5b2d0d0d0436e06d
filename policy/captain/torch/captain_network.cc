#include "policy/captain/torch/captain_network.h"

#include <torch/torch.h>

#include <cmath>

#include "policy/captain/backend.h"
#include "policy/captain/torch/small_product.h"
#include "sim/domain/check.h"

namespace skein::policy::captain {
namespace {

// Row `index[b]` of each element. Shapes: rows [B, N, D], index [B] → [B, D]
torch::Tensor RowOf(const torch::Tensor& rows, const torch::Tensor& index) {
  return rows.gather(1, index.view({-1, 1, 1}).expand({-1, 1, rows.size(2)})).squeeze(1);
}

// Mean over the rows that are present. Shapes: rows [B, N, D], present [B, N] → [B, D]
torch::Tensor MeanOf(const torch::Tensor& rows, const torch::Tensor& present) {
  const torch::Tensor sum = SmallProduct(present.unsqueeze(1), rows).squeeze(1);
  return sum / present.sum(1, true).clamp_min(1);
}

// Mean over the aircraft of each vertiport, zero where there is none.
// Shapes: aircraft [B, A, D], membership [B, A, V] → [B, V, D]
torch::Tensor MeanByVertiport(const torch::Tensor& aircraft, const torch::Tensor& membership) {
  const torch::Tensor sum = SmallProduct(membership.transpose(1, 2), aircraft);
  return sum / membership.sum(1).clamp_min(1).unsqueeze(-1);
}

torch::nn::LayerNorm MakeNorm(std::int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}));
}

// Edges without what they promise: the ablation.
torch::Tensor HoldAndLegalOnly(const torch::Tensor& edges) {
  torch::Tensor kept = torch::zeros_like(edges);
  constexpr int kHoldAndLegal = 2;  // the first two columns of EdgeRow
  kept.narrow(-1, 0, kHoldAndLegal).copy_(edges.narrow(-1, 0, kHoldAndLegal));
  return kept;
}

}  // namespace

CaptainNetworkImpl::CaptainNetworkImpl(const CaptainOptions& options) : options_(options) {
  const int width = options.width;
  vertiport_encoder_ =
      register_module("vertiport_encoder", GraphEncoder(kFeatureCount<VertiportRow>, options));
  aircraft_encoder_ =
      register_module("aircraft_encoder", GraphEncoder(kFeatureCount<AircraftRow>, options));
  if (!options.no_series)
    series_encoder_ = register_module("series_encoder", SeriesEncoder(options));
  const int destination = 2 * width + options.series_width + kFeatureCount<EdgeRow>;
  destination_hidden_ =
      register_module("destination_hidden", torch::nn::Linear(destination, width));
  destination_out_ = register_module("destination_out", torch::nn::Linear(width, width));
  destination_norm_ = register_module("destination_norm", MakeNorm(width));
  context_ =
      register_module("context", torch::nn::Linear(4 * width + kFeatureCount<ContextRow>, width));
  query_ = register_module("query", torch::nn::Linear(width, width));
  // A bias of the keys would cancel in the softmax.
  key_ =
      register_module("key", torch::nn::Linear(torch::nn::LinearOptions(width, width).bias(false)));
  value_ = register_module("value", torch::nn::Linear(width, width));
  project_ = register_module("project", torch::nn::Linear(width, width));
  attention_norm_ = register_module("attention_norm", MakeNorm(width));
  pointer_ = register_module("pointer", torch::nn::Linear(width, width));
  critic_hidden_ = register_module("critic_hidden", torch::nn::Linear(width, width));
  critic_out_ = register_module("critic_out", torch::nn::Linear(width, 1));
}

torch::Tensor CaptainNetworkImpl::Destinations(const Batch& batch, const torch::Tensor& vertiports,
                                               const torch::Tensor& aircraft) {
  const torch::Tensor series =
      options_.no_series
          ? torch::zeros({vertiports.size(0), vertiports.size(1), options_.series_width})
          : series_encoder_(batch.series);
  const torch::Tensor edges = options_.no_edges ? HoldAndLegalOnly(batch.edges) : batch.edges;
  const torch::Tensor known =
      torch::cat({vertiports, MeanByVertiport(aircraft, batch.membership), series, edges}, -1);
  return destination_norm_(destination_out_(torch::relu(destination_hidden_(known))));
}

torch::Tensor CaptainNetworkImpl::Query(const Batch& batch, const torch::Tensor& vertiports,
                                        const torch::Tensor& aircraft) {
  return torch::relu(
      context_(torch::cat({RowOf(aircraft, batch.self), RowOf(vertiports, batch.here),
                           MeanOf(aircraft, batch.aircraft_present),
                           MeanOf(vertiports, batch.vertiport_present), batch.context},
                          -1)));
}

torch::Tensor CaptainNetworkImpl::Attend(const Batch& batch, const torch::Tensor& query,
                                         const torch::Tensor& destinations) {
  const std::int64_t count = destinations.size(0);
  const std::int64_t vertiports = destinations.size(1);
  const std::int64_t head = options_.width / options_.heads;
  const auto heads_of = [&](const torch::Tensor& rows) {  // [B·H, N, D/H]
    return rows.view({count, -1, options_.heads, head}).transpose(1, 2).flatten(0, 1);
  };
  const torch::Tensor scores =
      SmallProduct(heads_of(query_(query) * (1 / std::sqrt(static_cast<double>(head)))),
                   heads_of(key_(destinations)).transpose(1, 2));  // [B·H, 1, V]
  const torch::Tensor padding_mask = (batch.vertiport_present == 0).view({count, 1, vertiports});
  const torch::Tensor weights = torch::softmax(
      scores.view({count, -1, vertiports}).masked_fill(padding_mask, kIllegalLogit), -1);
  const torch::Tensor seen =
      SmallProduct(weights.view({-1, 1, vertiports}), heads_of(value_(destinations)))
          .view({count, -1});
  return attention_norm_(query + project_(seen));  // [B, D]
}

PolicyOutput CaptainNetworkImpl::forward(const Batch& batch) {
  SKEIN_CHECK(batch.edges.dim() == 3 && batch.edges.size(2) == kFeatureCount<EdgeRow>,
              "edges are [B, V, F_e]");
  const torch::Tensor vertiports =
      vertiport_encoder_(batch.vertiports, VertiportGraph(batch.proximity));  // [B, V, D]
  const torch::Tensor aircraft = aircraft_encoder_(
      batch.aircraft, AircraftGraph(batch.proximity, batch.membership));  // [B, A, D]
  const torch::Tensor destinations = Destinations(batch, vertiports, aircraft);
  const torch::Tensor query = Query(batch, vertiports, aircraft);
  const torch::Tensor h = Attend(batch, query, destinations);
  const torch::Tensor match = (destinations * pointer_(h).unsqueeze(1)).sum(-1);
  const torch::Tensor logits =
      options_.logit_clip *
      torch::tanh(match * (1 / std::sqrt(static_cast<double>(options_.width))));  // [B, V]
  return {logits.masked_fill(batch.action_mask.logical_not(), kIllegalLogit),
          critic_out_(torch::relu(critic_hidden_(h))).squeeze(-1)};
}

}  // namespace skein::policy::captain
