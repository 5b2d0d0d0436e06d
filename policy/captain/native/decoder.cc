#include "policy/captain/native/decoder.h"

#include <cmath>
#include <utility>

#include "policy/captain/features/schema.h"

namespace skein::policy::captain::native {
namespace {

std::size_t Width(const CaptainOptions& model) { return static_cast<std::size_t>(model.width); }
std::size_t Padded(const CaptainOptions& model) { return RoundedUp(Width(model), kPanel); }

// Kᵀ Q q of each head in columns of its own panels, divided by √(D/H).
Linear LookOf(const TensorReader& tensors) {
  const CaptainOptions& model = tensors.model();
  const auto heads = static_cast<std::size_t>(model.heads);
  const std::size_t head = Width(model) / heads;
  const double scale = 1 / std::sqrt(static_cast<double>(head));
  Dense weight(Width(model), heads * Padded(model));
  Dense bias(1, weight.columns());
  for (std::size_t h = 0; h < heads; ++h) {
    const Dense key =
        tensors.Weight("key").ColumnsFrom(h * head, head).Transposed().Times(scale);  // [D/H, D]
    weight.Place(0, h * Padded(model),
                 tensors.Weight("query").ColumnsFrom(h * head, head).Times(key));
    bias.Place(0, h * Padded(model), tensors.Bias("query").ColumnsFrom(h * head, head).Times(key));
  }
  return {weight, bias};
}

// O V of each head in rows of its own panels. The weights sum to 1, so V's bias is added once.
Linear SeeOf(const TensorReader& tensors) {
  const CaptainOptions& model = tensors.model();
  const auto heads = static_cast<std::size_t>(model.heads);
  const std::size_t head = Width(model) / heads;
  const Dense project = tensors.Weight("project");
  Dense weight(heads * Padded(model), Width(model));
  for (std::size_t h = 0; h < heads; ++h)
    weight.Place(h * Padded(model), 0,
                 tensors.Weight("value")
                     .ColumnsFrom(h * head, head)
                     .Times(project.RowsFrom(h * head, head)));
  return {weight, tensors.Bias("value").Times(project).Plus(tensors.Bias("project"))};
}

Linear PointOf(const TensorReader& tensors) {
  const CaptainOptions& model = tensors.model();
  const double scale = 1 / std::sqrt(static_cast<double>(model.width));
  Dense weight(Width(model), Padded(model) + Width(model));
  Dense bias(1, weight.columns());
  weight.Place(0, 0, tensors.Weight("pointer").Times(scale));
  bias.Place(0, 0, tensors.Bias("pointer").Times(scale));
  weight.Place(0, Padded(model), tensors.Weight("critic_hidden"));
  bias.Place(0, Padded(model), tensors.Bias("critic_hidden"));
  return {weight, bias};
}

std::vector<PackedMatrix> ContextOf(const TensorReader& tensors) {
  const std::size_t width = Width(tensors.model());
  const Dense weight = tensors.Weight("context");
  std::vector<PackedMatrix> parts;
  for (std::size_t row = 0; row < 4 * width; row += width)
    parts.emplace_back(weight.RowsFrom(row, width));
  parts.emplace_back(weight.RowsFrom(4 * width, kFeatureCount<ContextRow>));
  return parts;
}

}  // namespace

Decoder::Decoder(const TensorReader& tensors)
    : heads_(static_cast<std::size_t>(tensors.model().heads)),
      clip_(tensors.model().logit_clip),
      context_(ContextOf(tensors)),
      context_bias_(MatrixOf(tensors.Bias("context"))),
      look_(LookOf(tensors)),
      see_(SeeOf(tensors)),
      norm_(tensors, "attention_norm"),
      point_(PointOf(tensors)),
      critic_(MatrixOf(tensors.Values("critic_out.weight"))),
      critic_bias_(static_cast<float>(tensors.Bias("critic_out").at(0, 0))) {}

const float* Decoder::Run(const Kernels& kernels, const Surroundings& around,
                          const Matrix& destinations) {
  Ask(kernels, around);
  Attend(kernels, destinations);
  Apply(kernels, point_, std::as_const(query_).rows(), 1, &point_row_);
  const std::size_t count = destinations.row_count();
  const std::size_t width = destinations.stride();
  logits_.Resize(1, count);
  kernels.dots(destinations.rows(), count, width, point_row_.data(), logits_.data());
  kernels.squash(logits_.data(), logits_.stride(), clip_);
  float* const hidden = point_row_.data() + width;
  kernels.relu(hidden, width);
  kernels.dots({hidden, width}, 1, width, critic_.data(), &value_);
  value_ += critic_bias_;
  return logits_.data();
}

void Decoder::Ask(const Kernels& kernels, const Surroundings& around) {
  query_.Resize(1, context_bias_.stride());
  query_.FillRows(context_bias_);
  const ConstRows parts[] = {around.self, around.here, around.aircraft_mean, around.vertiport_mean,
                             around.context};
  for (std::size_t k = 0; k < context_.size(); ++k)
    kernels.multiply_add(parts[k], 1, context_[k].panels(), query_.rows());
  kernels.relu(query_.data(), query_.stride());
}

void Decoder::Attend(const Kernels& kernels, const Matrix& destinations) {
  const std::size_t count = destinations.row_count();
  const std::size_t width = destinations.stride();
  Apply(kernels, look_, std::as_const(query_).rows(), 1, &looking_);
  weights_.Resize(heads_, count);
  for (std::size_t h = 0; h < heads_; ++h) {
    kernels.dots(destinations.rows(), count, width, looking_.data() + h * width, weights_.row(h));
    kernels.softmax(weights_.row(h), count);
  }
  seen_.Resize(heads_, width);
  seen_.Clear();
  kernels.multiply_add(std::as_const(weights_).rows(), heads_, destinations.AsPanels(),
                       seen_.rows());
  Apply(kernels, see_, {seen_.data(), heads_ * width}, 1, &added_);
  kernels.add_normalise(query_.rows(), std::as_const(added_).rows(), 1, norm_.norm());
}

}  // namespace skein::policy::captain::native
