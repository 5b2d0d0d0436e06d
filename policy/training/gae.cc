#include "policy/training/gae.h"

#include <cmath>

#include "sim/domain/check.h"

namespace skein::policy {
namespace {

double Decay(double elapsed_s, double half_life_s) {
  return half_life_s > 0 ? std::exp2(-elapsed_s / half_life_s) : 1;
}

}  // namespace

std::vector<Advantage> ComputeGae(std::span<const Transition> steps, const GaeOptions& options) {
  SKEIN_CHECK(steps.empty() || steps.back().ending != Ending::kNone, "the last step has an ending");
  std::vector<Advantage> advantages(steps.size());
  for (std::size_t t = steps.size(); t-- > 0;) {
    const Transition& step = steps[t];
    const double discount = Decay(step.elapsed_s, options.discount_half_life_s);
    double next_value = 0;
    double later = 0;
    switch (step.ending) {
      case Ending::kTerminated: break;
      case Ending::kTruncated: next_value = step.next_value; break;
      case Ending::kNone:
        next_value = steps[t + 1].value;
        later =
            discount * Decay(step.elapsed_s, options.gae_half_life_s) * advantages[t + 1].advantage;
        break;
    }
    const double advantage = step.reward + discount * next_value - step.value + later;
    advantages[t] = {advantage, advantage + step.value};
  }
  return advantages;
}

void Normalise(std::span<float> values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0;
  for (const float value : values) mean += static_cast<double>(value) / count;
  double square = 0;
  for (const float value : values) {
    const double off = static_cast<double>(value) - mean;
    square += off * off / count;
  }
  const double scale = 1 / (std::sqrt(square) + 1e-8);
  for (float& value : values)
    value = static_cast<float>((static_cast<double>(value) - mean) * scale);
}

}  // namespace skein::policy
