#include "policy/captain/native/network.h"

#include <algorithm>
#include <utility>

namespace skein::policy::captain::native {
namespace {

template <class Row>
ConstRows RowsOf(const Row* rows) {
  return {reinterpret_cast<const float*>(rows), kFeatureCount<Row>};
}

// The rows of `destination_hidden` that multiply one of its inputs.
PackedMatrix DestinationPart(const TensorReader& tensors, std::size_t first, std::size_t count) {
  return PackedMatrix(tensors.Weight("destination_hidden").RowsFrom(first, count));
}

std::size_t Width(const Checkpoint& checkpoint) {
  return static_cast<std::size_t>(checkpoint.model.width);
}
std::size_t SeriesWidth(const Checkpoint& checkpoint) {
  return static_cast<std::size_t>(checkpoint.model.series_width);
}

// Without edge features, only the first two columns: hold and legal.
std::size_t EdgeFeatures(const CaptainOptions& model) {
  constexpr std::size_t kHoldAndLegal = 2;
  return model.no_edges ? kHoldAndLegal : std::size_t{kFeatureCount<EdgeRow>};
}

}  // namespace

Network::Network(const Checkpoint& checkpoint, const Kernels& kernels)
    : kernels_(kernels),
      vertiport_encoder_(TensorReader(checkpoint), "vertiport_encoder"),
      aircraft_encoder_(TensorReader(checkpoint), "aircraft_encoder"),
      destination_bias_(MatrixOf(TensorReader(checkpoint).Bias("destination_hidden"))),
      destination_vertiport_(DestinationPart(TensorReader(checkpoint), 0, Width(checkpoint))),
      destination_aircraft_(
          DestinationPart(TensorReader(checkpoint), Width(checkpoint), Width(checkpoint))),
      destination_edge_(DestinationPart(TensorReader(checkpoint),
                                        2 * Width(checkpoint) + SeriesWidth(checkpoint),
                                        EdgeFeatures(checkpoint.model))),
      destination_out_(TensorReader(checkpoint), "destination_out"),
      destination_norm_(TensorReader(checkpoint), "destination_norm"),
      decoder_(TensorReader(checkpoint)) {
  if (checkpoint.model.no_series) return;
  const TensorReader tensors(checkpoint);
  series_encoder_.emplace(tensors, "series_encoder");
  destination_series_ = DestinationPart(tensors, 2 * Width(checkpoint), SeriesWidth(checkpoint));
}

void Network::Evaluate(const Features& features, Evaluation* out) {
  const std::size_t count = features.vertiports.size();
  while (every_vertiport_.size() < count)
    every_vertiport_.push_back(static_cast<std::int32_t>(every_vertiport_.size()));
  vertiport_graph_.Build(features.proximity, {every_vertiport_.data(), count}, count);
  aircraft_graph_.Build(features.proximity, features.aircraft_at, count);
  const Matrix& vertiports =
      vertiport_encoder_.Run(kernels_, RowsOf(features.vertiports.data()), vertiport_graph_);
  const Matrix& aircraft =
      aircraft_encoder_.Run(kernels_, RowsOf(features.aircraft.data()), aircraft_graph_);
  aircraft_by_place_.Resize(count, vertiports.stride());
  kernels_.sum_by_place(aircraft.rows(), features.aircraft.size(), features.aircraft_at.data(),
                        aircraft_graph_.share(), count, aircraft.stride(),
                        aircraft_by_place_.rows());
  FillDestinations(features, vertiports);
  FillMeans(vertiports);
  const std::size_t stride = vertiports.stride();
  const float* const logits =
      decoder_.Run(kernels_,
                   {.self = {aircraft.row(static_cast<std::size_t>(features.self)), stride},
                    .here = {vertiports.row(static_cast<std::size_t>(features.here)), stride},
                    .aircraft_mean = {means_.row(0), stride},
                    .vertiport_mean = {means_.row(1), stride},
                    .context = RowsOf(&features.context)},
                   destinations_);
  out->logits.resize(count);
  for (std::size_t j = 0; j < count; ++j)
    out->logits[j] = features.action_mask[j] != 0 ? logits[j] : kIllegalLogit;
  out->value = decoder_.value();
}

void Network::FillDestinations(const Features& features, const Matrix& vertiports) {
  const std::size_t count = features.vertiports.size();
  hidden_.Resize(count, destination_bias_.stride());
  hidden_.FillRows(destination_bias_);
  const auto add = [&](ConstRows rows, const PackedMatrix& weight) {
    kernels_.multiply_add(rows, count, weight.panels(), hidden_.rows());
  };
  add(vertiports.rows(), destination_vertiport_);
  add(std::as_const(aircraft_by_place_).rows(), destination_aircraft_);
  if (series_encoder_)
    add(series_encoder_->Run(kernels_, RowsOf(features.series.data()), count).rows(),
        *destination_series_);
  add(RowsOf(features.edges.data()), destination_edge_);
  kernels_.relu(hidden_.data(), count * hidden_.stride());
  Apply(kernels_, destination_out_, std::as_const(hidden_).rows(), count, &destinations_);
  kernels_.normalise(destinations_.rows(), count, destination_norm_.norm());
}

void Network::FillMeans(const Matrix& vertiports) {
  const std::size_t count = vertiports.row_count();
  const auto aircraft = static_cast<float>(aircraft_graph_.nodes());
  shares_.Resize(2, count);
  for (std::size_t v = 0; v < count; ++v) {
    shares_.row(0)[v] = aircraft_graph_.count()[v] / std::max(aircraft, 1.0F);
    shares_.row(1)[v] = 1 / static_cast<float>(count);
  }
  means_.Resize(2, vertiports.stride());
  means_.Clear();
  kernels_.multiply_add({shares_.row(0), shares_.stride()}, 1, aircraft_by_place_.AsPanels(),
                        {means_.row(0), means_.stride()});
  kernels_.multiply_add({shares_.row(1), shares_.stride()}, 1, vertiports.AsPanels(),
                        {means_.row(1), means_.stride()});
}

}  // namespace skein::policy::captain::native
