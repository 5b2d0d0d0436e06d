#include "policy/training/learner.h"

#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "policy/captain/torch/parameters.h"
#include "policy/training/losses.h"
#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

// Source: Kingma & Ba 2015, algorithm 1 and its defaults.
constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr double kImitationGradientNorm = 1;
constexpr char kFirstMoment[] = "adam.first.";
constexpr char kSecondMoment[] = "adam.second.";

// Samples in an order that is a function of the seed. Source: Fisher & Yates.
std::vector<const Sample*> Shuffled(std::span<const Sample* const> samples, std::uint64_t seed,
                                    std::uint32_t pass) {
  std::vector<const Sample*> order(samples.begin(), samples.end());
  for (std::size_t k = order.size(); k > 1; --k)
    std::swap(order[k - 1], order[DrawIndex(static_cast<std::uint32_t>(k), seed, Stream::kPolicy,
                                            static_cast<std::uint32_t>(k), pass)]);
  return order;
}

captain::Batch BatchOf(std::span<const Sample* const> samples) {
  std::vector<const captain::Features*> features;
  features.reserve(samples.size());
  for (const Sample* sample : samples) features.push_back(&sample->features);
  return captain::MakeBatch(features);
}

template <class Value>
torch::Tensor Column(std::span<const Sample* const> samples, Value Sample::*member) {
  std::vector<float> values;
  for (const Sample* sample : samples) values.push_back(static_cast<float>(sample->*member));
  return torch::tensor(values);
}

torch::Tensor Actions(std::span<const Sample* const> samples) {
  std::vector<std::int64_t> actions;
  for (const Sample* sample : samples) actions.push_back(sample->action);
  return torch::tensor(actions);
}

class TorchLearner final : public Learner {
 public:
  TorchLearner(captain::CaptainNetwork network, std::int64_t steps)
      : network_(std::move(network)), steps_(steps) {
    for (const auto& parameter : network_->named_parameters()) {
      names_.push_back(parameter.key());
      parameters_.push_back(parameter.value());
      first_.push_back(torch::zeros_like(parameter.value()));
      second_.push_back(torch::zeros_like(parameter.value()));
    }
  }

  // Takes the optimiser's moments from the checkpoint, if it has them.
  void RestoreMoments(const captain::Checkpoint& checkpoint) {
    for (std::size_t k = 0; k < names_.size(); ++k) {
      const captain::Tensor* const first = checkpoint.Find(kFirstMoment + names_[k]);
      const captain::Tensor* const second = checkpoint.Find(kSecondMoment + names_[k]);
      if (first == nullptr || second == nullptr) continue;
      first_[k].copy_(captain::FromTensor(*first));
      second_[k].copy_(captain::FromTensor(*second));
    }
  }

  void Evaluate(std::span<const captain::Features* const> batch,
                std::span<captain::Evaluation> out) override {
    captain::EvaluateBatch(*network_, batch, out);
  }

  LearningFigures LearnFromReward(std::span<const Sample* const> samples, const PpoOptions& options,
                                  double learning_rate, bool critic_only,
                                  std::uint64_t order_seed) override {
    const LossOptions loss{.clip_epsilon = options.clip_epsilon,
                           .value_clip = options.value_clip,
                           .value_coef = options.value_coef,
                           .entropy_coef = options.entropy_coef,
                           .critic_only = critic_only};
    LearningFigures figures;
    int count = 0;
    bool near = true;
    for (int epoch = 0; epoch < options.epochs && near; ++epoch) {
      const std::vector<const Sample*> order =
          Shuffled(samples, order_seed, static_cast<std::uint32_t>(epoch));
      for (std::size_t at = 0; at < order.size() && near;
           at += static_cast<std::size_t>(options.minibatch)) {
        const auto some = Part(order, at, options.minibatch);
        const LossTerms terms = RewardStep(some, loss, options.max_gradient_norm, learning_rate);
        figures.policy_loss += terms.policy.item<double>();
        figures.value_loss += terms.value.item<double>();
        figures.entropy += terms.entropy.item<double>();
        figures.clip_fraction += terms.clip_fraction.item<double>();
        figures.approx_kl += terms.approx_kl.item<double>();
        figures.sample_passes += static_cast<std::int64_t>(some.size());
        ++count;
        near = terms.approx_kl.item<double>() <= 1.5 * options.target_kl;
      }
    }
    for (double* figure : {&figures.policy_loss, &figures.value_loss, &figures.entropy,
                           &figures.clip_fraction, &figures.approx_kl})
      *figure /= std::max(1, count);
    return figures;
  }

  LearningFigures LearnFromExpert(std::span<const Sample* const> samples,
                                  const ImitationOptions& options, double learning_rate,
                                  std::uint64_t order_seed) override {
    LearningFigures figures;
    int count = 0;
    const std::vector<const Sample*> order = Shuffled(samples, order_seed, 0);
    for (std::size_t at = 0; at < order.size(); at += static_cast<std::size_t>(options.minibatch)) {
      const auto some = Part(order, at, options.minibatch);
      const torch::Tensor labels = Actions(some);
      const torch::Tensor logits = network_(BatchOf(some)).logits;
      const torch::Tensor loss = ImitationLoss(logits, labels);
      Step(loss, kImitationGradientNorm, learning_rate);
      figures.imitation_loss += loss.item<double>();
      figures.agreement += (logits.argmax(-1) == labels).to(torch::kFloat32).mean().item<double>();
      figures.sample_passes += static_cast<std::int64_t>(some.size());
      ++count;
    }
    figures.imitation_loss /= std::max(1, count);
    figures.agreement /= std::max(1, count);
    return figures;
  }

  std::vector<captain::Tensor> Tensors(bool with_optimiser) const override {
    std::vector<captain::Tensor> tensors = captain::ParametersOf(*network_);
    for (std::size_t k = 0; with_optimiser && k < names_.size(); ++k) {
      tensors.push_back(captain::ToTensor(kFirstMoment + names_[k], first_[k]));
      tensors.push_back(captain::ToTensor(kSecondMoment + names_[k], second_[k]));
    }
    return tensors;
  }
  std::int64_t gradient_steps() const override { return steps_; }
  std::vector<std::pair<std::string, std::string>> Libraries() const override {
    return {{"libtorch", TORCH_VERSION}, {"gcc", __VERSION__}};
  }

 private:
  static std::span<const Sample* const> Part(const std::vector<const Sample*>& order,
                                             std::size_t at, int size) {
    return {order.data() + at, std::min(static_cast<std::size_t>(size), order.size() - at)};
  }

  LossTerms RewardStep(std::span<const Sample* const> some, const LossOptions& options,
                       double gradient_norm, double learning_rate) {
    const captain::PolicyOutput output = network_(BatchOf(some));
    const LossTargets targets{.action = Actions(some),
                              .log_prob = Column(some, &Sample::log_prob),
                              .value = Column(some, &Sample::value),
                              .advantage = Column(some, &Sample::advantage),
                              .return_ = Column(some, &Sample::return_)};
    LossTerms terms = PpoLoss(output.logits, output.value, targets, options);
    Step(terms.total, gradient_norm, learning_rate);
    return terms;
  }

  // One step of Adam along the gradient of the loss.
  void Step(const torch::Tensor& loss, double gradient_norm, double learning_rate) {
    for (torch::Tensor& parameter : parameters_) parameter.mutable_grad() = torch::Tensor();
    loss.backward();
    const torch::NoGradGuard no_gradient;
    double square = 0;
    for (const torch::Tensor& parameter : parameters_)
      if (parameter.grad().defined()) square += parameter.grad().pow(2).sum().item<double>();
    const double cut = std::min(1.0, gradient_norm / (std::sqrt(square) + 1e-12));
    ++steps_;
    const double correction1 = 1 - std::pow(kBeta1, static_cast<double>(steps_));
    const double correction2 = 1 - std::pow(kBeta2, static_cast<double>(steps_));
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      if (!parameters_[k].grad().defined()) continue;
      const torch::Tensor gradient = parameters_[k].grad() * cut;
      first_[k].mul_(kBeta1).add_(gradient, 1 - kBeta1);
      second_[k].mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
      const torch::Tensor size = (second_[k] / correction2).sqrt_().add_(kEpsilon);
      parameters_[k].addcdiv_(first_[k], size, -learning_rate / correction1);
    }
  }

  captain::CaptainNetwork network_;
  std::int64_t steps_;
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> first_;  // Adam's moments, one per parameter
  std::vector<torch::Tensor> second_;
};

}  // namespace

std::unique_ptr<Learner> MakeLearner(const captain::CaptainOptions& model, std::uint64_t seed,
                                     int threads) {
  at::set_num_threads(threads);
  torch::manual_seed(seed);
  return std::make_unique<TorchLearner>(captain::CaptainNetwork(model), 0);
}

absl::StatusOr<std::unique_ptr<Learner>> MakeLearner(const captain::Checkpoint& checkpoint,
                                                     std::int64_t gradient_steps, int threads) {
  at::set_num_threads(threads);
  SKEIN_ASSIGN_OR_RETURN(captain::CaptainNetwork network, captain::MakeNetwork(checkpoint));
  auto learner = std::make_unique<TorchLearner>(std::move(network), gradient_steps);
  learner->RestoreMoments(checkpoint);
  return std::unique_ptr<Learner>(std::move(learner));
}

}  // namespace skein::policy
