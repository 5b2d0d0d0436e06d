#include "policy/captain/native/series_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policy/captain/features/schema.h"

namespace skein::policy::captain::native {
namespace {

static_assert(kSteps == kSeriesSteps);

constexpr std::size_t kBlock = 8;  // vertiports at a time
constexpr std::size_t kQueryKeyValue = 3;

std::size_t HeadStride(const CaptainOptions& model) {
  return RoundedUp(static_cast<std::size_t>(model.series_width / model.series_heads), kPanel / 2);
}

// Columns of queries, keys and values with each head in columns of its own stride, and the queries
// scaled. Shapes: [rows, 3·D_s] → [rows, 3·H·head_stride]
Dense SpreadHeads(const Dense& packed, const CaptainOptions& model) {
  const auto heads = static_cast<std::size_t>(model.series_heads);
  const std::size_t head = packed.columns() / kQueryKeyValue / heads;
  Dense spread(packed.rows(), kQueryKeyValue * heads * HeadStride(model));
  for (std::size_t part = 0; part < kQueryKeyValue * heads; ++part) {
    const double scale = part < heads ? 1 / std::sqrt(static_cast<double>(head)) : 1;
    spread.Place(0, part * HeadStride(model), packed.ColumnsFrom(part * head, head).Times(scale));
  }
  return spread;
}

// The rows of the output projection where SpreadHeads puts the heads.
Dense SpreadRows(const Dense& weight, const CaptainOptions& model) {
  const auto heads = static_cast<std::size_t>(model.series_heads);
  const std::size_t head = weight.rows() / heads;
  Dense spread(heads * HeadStride(model), weight.columns());
  for (std::size_t h = 0; h < heads; ++h)
    spread.Place(h * HeadStride(model), 0, weight.RowsFrom(h * head, head));
  return spread;
}

// The bias of tokens by step: positions, and that of the embedding. [T, D_s]
Dense Positions(const TensorReader& tensors, const std::string& name) {
  Dense rows = tensors.Values(name + ".position");
  const Dense bias = tensors.Bias(name + ".embed");
  for (std::size_t t = 0; t < rows.rows(); ++t)
    for (std::size_t c = 0; c < rows.columns(); ++c) rows.at(t, c) += bias.at(0, c);
  return rows;
}

Linear FirstQueryKeyValue(const TensorReader& tensors, const std::string& name) {
  const std::string layer = name + ".layers.0.query_key_value";
  const Dense weight = tensors.Weight(layer);
  Dense bias = Positions(tensors, name).Times(weight);
  const Dense of_layer = tensors.Bias(layer);
  for (std::size_t t = 0; t < bias.rows(); ++t)
    for (std::size_t c = 0; c < bias.columns(); ++c) bias.at(t, c) += of_layer.at(0, c);
  return {SpreadHeads(tensors.Weight(name + ".embed").Times(weight), tensors.model()),
          SpreadHeads(bias, tensors.model())};
}

}  // namespace

SeriesEncoder::SeriesEncoder(const TensorReader& tensors, const std::string& name)
    : heads_(static_cast<std::size_t>(tensors.model().series_heads)),
      head_stride_(HeadStride(tensors.model())),
      embed_(tensors.Weight(name + ".embed"), Positions(tensors, name)),
      step_share_(MatrixOf([] {
        Dense shares(1, kSteps);
        for (std::size_t t = 0; t < kSteps; ++t) shares.at(0, t) = 1.0 / kSteps;
        return shares;
      }())) {
  const CaptainOptions& model = tensors.model();
  for (int k = 0; k < model.series_layers; ++k) {
    const std::string layer = absl::StrCat(name, ".layers.", k);
    const std::string qkv = layer + ".query_key_value";
    layers_.push_back({k == 0 ? FirstQueryKeyValue(tensors, name)
                              : Linear(SpreadHeads(tensors.Weight(qkv), model),
                                       SpreadHeads(tensors.Bias(qkv), model)),
                       Linear(SpreadRows(tensors.Weight(layer + ".project"), model),
                              tensors.Bias(layer + ".project")),
                       NormWeights(tensors, layer + ".attention_norm"),
                       Linear(tensors, layer + ".expand"), Linear(tensors, layer + ".contract"),
                       NormWeights(tensors, layer + ".perceptron_norm")});
  }
}

const Matrix& SeriesEncoder::Run(const Kernels& kernels, ConstRows series, std::size_t vertiports) {
  means_.Resize(vertiports, embed_.bias.stride());
  means_.Clear();
  for (std::size_t first = 0; first < vertiports; first += kBlock) {
    const ConstRows block{series.data + first * kSteps * series.stride, series.stride};
    Encode(kernels, block, std::min(kBlock, vertiports - first),
           {means_.row(first), means_.stride()});
  }
  return means_;
}

void SeriesEncoder::Encode(const Kernels& kernels, ConstRows series, std::size_t vertiports,
                           Rows means) {
  const std::size_t count = vertiports * kSteps;
  Apply(kernels, embed_, series, count, &tokens_);
  attended_.Resize(count, heads_ * head_stride_);
  ConstRows from = series;
  for (const Layer& layer : layers_) {
    Apply(kernels, layer.query_key_value, from, count, &query_key_value_);
    kernels.attend(std::as_const(query_key_value_).rows(), vertiports, heads_, head_stride_,
                   attended_.rows());
    Apply(kernels, layer.project, std::as_const(attended_).rows(), count, &added_);
    kernels.add_normalise(tokens_.rows(), std::as_const(added_).rows(), count,
                          layer.attention_norm.norm());
    from = std::as_const(tokens_).rows();
    Apply(kernels, layer.expand, from, count, &hidden_);
    kernels.relu(hidden_.data(), count * hidden_.stride());
    Apply(kernels, layer.contract, std::as_const(hidden_).rows(), count, &added_);
    kernels.add_normalise(tokens_.rows(), std::as_const(added_).rows(), count,
                          layer.perceptron_norm.norm());
  }
  for (std::size_t v = 0; v < vertiports; ++v) {
    Panels steps = tokens_.AsPanels();
    steps.data = tokens_.row(v * kSteps);
    steps.depth = kSteps;
    kernels.multiply_add(step_share_.rows(), 1, steps,
                         {means.data + v * means.stride, means.stride});
  }
}

}  // namespace skein::policy::captain::native
