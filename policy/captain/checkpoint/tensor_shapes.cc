#include "policy/captain/checkpoint/tensor_shapes.h"

#include <utility>

#include "policy/captain/features/schema.h"

namespace skein::policy::captain {
namespace {

class ShapeList {
 public:
  explicit ShapeList(const CaptainOptions& options) : options_(options) {}

  void Add(std::string name, std::vector<std::int64_t> shape) {
    shapes_.push_back({std::move(name), std::move(shape)});
  }
  void Linear(const std::string& name, int in, int out, bool bias = true) {
    Add(name + ".weight", {out, in});
    if (bias) Add(name + ".bias", {out});
  }
  void Norm(const std::string& name, int width) {
    Add(name + ".weight", {width});
    Add(name + ".bias", {width});
  }

  void GraphEncoder(const std::string& name, int features) {
    const int width = options_.width;
    Linear(name + ".embed", features, width);
    Norm(name + ".norm", width);
    for (int k = 0; k < options_.layers; ++k) {
      const std::string layer = absl::StrCat(name, ".layers.", k);
      if (options_.no_graph) {
        Linear(layer, width, width);
        continue;
      }
      for (int p = 0; p < options_.capsules; ++p)
        Linear(absl::StrCat(layer, ".capsules.", p), width * (options_.hops + 1),
               width / options_.capsules);
      Norm(layer + ".norm", width);
    }
  }

  void SeriesEncoder(const std::string& name) {
    const int width = options_.series_width;
    Add(name + ".position", {kSeriesSteps, width});
    Linear(name + ".embed", kFeatureCount<SeriesRow>, width);
    for (int k = 0; k < options_.series_layers; ++k) {
      const std::string layer = absl::StrCat(name, ".layers.", k);
      Linear(layer + ".query_key_value", width, 3 * width);
      Linear(layer + ".project", width, width);
      Norm(layer + ".attention_norm", width);
      Linear(layer + ".expand", width, 2 * width);
      Linear(layer + ".contract", 2 * width, width);
      Norm(layer + ".perceptron_norm", width);
    }
  }

  std::vector<TensorShape> Take() { return std::move(shapes_); }

 private:
  const CaptainOptions& options_;
  std::vector<TensorShape> shapes_;
};

}  // namespace

std::vector<TensorShape> TensorShapes(const CaptainOptions& options) {
  const int width = options.width;
  ShapeList list(options);
  list.GraphEncoder("vertiport_encoder", kFeatureCount<VertiportRow>);
  list.GraphEncoder("aircraft_encoder", kFeatureCount<AircraftRow>);
  if (!options.no_series) list.SeriesEncoder("series_encoder");
  list.Linear("destination_hidden", 2 * width + options.series_width + kFeatureCount<EdgeRow>,
              width);
  list.Linear("destination_out", width, width);
  list.Norm("destination_norm", width);
  list.Linear("context", 4 * width + kFeatureCount<ContextRow>, width);
  list.Linear("query", width, width);
  list.Linear("key", width, width, false);
  list.Linear("value", width, width);
  list.Linear("project", width, width);
  list.Norm("attention_norm", width);
  list.Linear("pointer", width, width);
  list.Linear("critic_hidden", width, width);
  list.Linear("critic_out", width, 1);
  return list.Take();
}

absl::Status CheckTensors(const Checkpoint& checkpoint) {
  for (const TensorShape& want : TensorShapes(checkpoint.model)) {
    const Tensor* const tensor = checkpoint.Find(want.name);
    if (tensor == nullptr)
      return absl::FailedPreconditionError(
          absl::StrCat("the checkpoint has no tensor ", want.name));
    if (tensor->shape != want.shape)
      return absl::FailedPreconditionError(
          absl::StrCat("tensor ", want.name, " of the checkpoint has another shape"));
  }
  return absl::OkStatus();
}

}  // namespace skein::policy::captain
