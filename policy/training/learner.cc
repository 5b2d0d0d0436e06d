#include "policy/training/learner.h"

#include <torch/torch.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "policy/captain/torch/parameters.h"
#include "policy/evaluation/parallel_jobs.h"
#include "policy/training/gae.h"
#include "policy/training/losses.h"
#include "sim/domain/check.h"
#include "sim/domain/draw.h"

namespace skein::policy {
namespace {

// Source: Kingma & Ba 2015, algorithm 1 and its defaults.
constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr double kImitationGradientNorm = 1;
constexpr std::size_t kShard = 32;  // samples
constexpr double LearningFigures::*kFigures[] = {
    &LearningFigures::policy_loss,   &LearningFigures::value_loss,
    &LearningFigures::entropy,       &LearningFigures::approx_kl,
    &LearningFigures::clip_fraction, &LearningFigures::imitation_loss,
    &LearningFigures::agreement};
constexpr char kFirstMoment[] = "adam.first.";
constexpr char kSecondMoment[] = "adam.second.";

// The samples from `at` on, `size` of them if there are so many.
std::span<const Sample*> Part(std::vector<const Sample*>& order, std::size_t at, int size) {
  return {order.data() + at, std::min(static_cast<std::size_t>(size), order.size() - at)};
}

// Samples in minibatches, drawn as a function of the seed (source: Fisher & Yates). Within each
// they stand by size, so that a shard has little padding.
std::vector<const Sample*> Shuffled(std::span<const Sample* const> samples, int minibatch,
                                    std::uint64_t seed, std::uint32_t pass) {
  std::vector<const Sample*> order(samples.begin(), samples.end());
  for (std::size_t k = order.size(); k > 1; --k)
    std::swap(order[k - 1], order[DrawIndex(static_cast<std::uint32_t>(k), seed, Stream::kPolicy,
                                            static_cast<std::uint32_t>(k), pass)]);
  const auto size_of = [](const Sample* sample) {
    return std::pair(sample->features.vertiport_count(), sample->features.aircraft_count());
  };
  for (std::size_t at = 0; at < order.size(); at += static_cast<std::size_t>(minibatch))
    std::ranges::stable_sort(Part(order, at, minibatch), {}, size_of);
  return order;
}

captain::Batch BatchOf(std::span<const Sample* const> samples) {
  std::vector<const captain::Features*> features;
  features.reserve(samples.size());
  for (const Sample* sample : samples) features.push_back(&sample->features);
  return captain::MakeBatch(features);
}

torch::Tensor Column(std::span<const Sample* const> samples, float Sample::*member) {
  std::vector<float> values;
  for (const Sample* sample : samples) values.push_back(sample->*member);
  return torch::tensor(values);
}

torch::Tensor Actions(std::span<const Sample* const> samples) {
  std::vector<std::int64_t> actions;
  for (const Sample* sample : samples) actions.push_back(sample->action);
  return torch::tensor(actions);
}

std::vector<float> NormalisedAdvantages(std::span<const Sample* const> samples) {
  std::vector<float> advantages;
  for (const Sample* sample : samples) advantages.push_back(sample->advantage);
  Normalise(advantages);
  return advantages;
}

class TorchLearner final : public Learner {
 public:
  TorchLearner(captain::CaptainNetwork network, std::int64_t steps, int threads)
      : network_(std::move(network)), threads_(threads), steps_(steps) {
    at::set_num_threads(1);  // threads are for shards and environments, not within an operation
    for (const auto& parameter : network_->named_parameters()) {
      all_.push_back(names_.size());
      names_.push_back(parameter.key());
      parameters_.push_back(parameter.value());
      first_.push_back(torch::zeros_like(parameter.value()));
      second_.push_back(torch::zeros_like(parameter.value()));
    }
  }

  // Of the parameters, those of the critic alone: no logit depends on them.
  std::vector<std::size_t> CriticParameters() const {
    std::vector<std::size_t> indices;
    for (const std::size_t k : all_)
      if (names_[k].rfind("critic_", 0) == 0) indices.push_back(k);
    return indices;
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
    const std::vector<std::size_t> moving = critic_only ? CriticParameters() : all_;
    LearningFigures sum;
    bool near = true;
    for (int epoch = 0; epoch < options.epochs && near; ++epoch) {
      std::vector<const Sample*> order =
          Shuffled(samples, options.minibatch, order_seed, static_cast<std::uint32_t>(epoch));
      for (std::size_t at = 0; at < order.size() && near;
           at += static_cast<std::size_t>(options.minibatch)) {
        const auto some = Part(order, at, options.minibatch);
        const std::vector<float> advantages = NormalisedAdvantages(some);
        const LearningFigures figures =
            Step(some, moving, options.max_gradient_norm, learning_rate,
                 [&](std::span<const Sample* const> shard, std::size_t begin) {
                   return RewardShard(shard, {advantages.data() + begin, shard.size()}, loss);
                 });
        Accumulate(figures, static_cast<double>(some.size()), &sum);
        sum.sample_passes += static_cast<std::int64_t>(some.size());
        near = figures.approx_kl <= 1.5 * options.target_kl;
      }
    }
    return Mean(sum);
  }

  LearningFigures LearnFromExpert(std::span<const Sample* const> samples,
                                  const ImitationOptions& options, double learning_rate,
                                  std::uint64_t order_seed) override {
    LearningFigures sum;
    std::vector<const Sample*> order = Shuffled(samples, options.minibatch, order_seed, 0);
    for (std::size_t at = 0; at < order.size(); at += static_cast<std::size_t>(options.minibatch)) {
      const auto some = Part(order, at, options.minibatch);
      const LearningFigures figures = Step(
          some, all_, kImitationGradientNorm, learning_rate,
          [this](std::span<const Sample* const> shard, std::size_t) { return ExpertShard(shard); });
      Accumulate(figures, static_cast<double>(some.size()), &sum);
      sum.sample_passes += static_cast<std::int64_t>(some.size());
    }
    return Mean(sum);
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
  // A shard's mean loss, which has a gradient, and its figures.
  struct ShardLoss {
    torch::Tensor loss;
    LearningFigures figures;
  };

  ShardLoss RewardShard(std::span<const Sample* const> shard, std::span<const float> advantages,
                        const LossOptions& options) {
    const captain::PolicyOutput output = network_->forward(BatchOf(shard));
    const LossTargets targets{
        .action = Actions(shard),
        .log_prob = Column(shard, &Sample::log_prob),
        .value = Column(shard, &Sample::value),
        .advantage = torch::tensor(std::vector<float>(advantages.begin(), advantages.end())),
        .return_ = Column(shard, &Sample::return_)};
    const LossTerms terms = PpoLoss(output.logits, output.value, targets, options);
    return {terms.total,
            {.policy_loss = terms.policy.item<double>(),
             .value_loss = terms.value.item<double>(),
             .entropy = terms.entropy.item<double>(),
             .approx_kl = terms.approx_kl.item<double>(),
             .clip_fraction = terms.clip_fraction.item<double>()}};
  }

  ShardLoss ExpertShard(std::span<const Sample* const> shard) {
    const torch::Tensor labels = Actions(shard);
    const torch::Tensor logits = network_->forward(BatchOf(shard)).logits;
    const torch::Tensor loss = ImitationLoss(logits, labels);
    return {loss,
            {.imitation_loss = loss.item<double>(),
             .agreement = (logits.argmax(-1) == labels).to(torch::kFloat32).mean().item<double>()}};
  }

  // One step of the optimiser along the gradient of the minibatch's mean loss; only the parameters
  // `moving`, by index, move. Shards of a fixed size go to the threads and are added up in order:
  // the result is the same on any number of threads, and a shard's activations stay in the cache.
  template <class Loss>
  LearningFigures Step(std::span<const Sample* const> minibatch,
                       const std::vector<std::size_t>& moving, double gradient_norm,
                       double learning_rate, const Loss& loss_of) {
    std::vector<torch::Tensor> wanted;
    for (const std::size_t k : moving) wanted.push_back(parameters_[k]);
    const std::size_t count = (minibatch.size() + kShard - 1) / kShard;
    std::vector<std::vector<torch::Tensor>> gradients(count);
    std::vector<LearningFigures> figures(count);
    const auto share = [&](std::size_t shard) {
      return static_cast<double>(std::min(kShard, minibatch.size() - shard * kShard)) /
             static_cast<double>(minibatch.size());
    };
    const absl::Status done = RunInParallel(count, threads_, [&](std::size_t shard) {
      const std::size_t begin = shard * kShard;
      const auto part = minibatch.subspan(begin, std::min(kShard, minibatch.size() - begin));
      const ShardLoss result = loss_of(part, begin);
      figures[shard] = result.figures;
      gradients[shard] = torch::autograd::grad({result.loss * share(shard)}, wanted, {}, false,
                                               false, /*allow_unused=*/true);
      return absl::OkStatus();
    });
    SKEIN_CHECK(done.ok(), "a shard of a minibatch cannot fail");
    LearningFigures mean;
    for (std::size_t shard = 0; shard < count; ++shard) {
      Accumulate(figures[shard], share(shard), &mean);
      if (shard == 0) continue;
      for (std::size_t k = 0; k < wanted.size(); ++k)
        if (gradients[shard][k].defined()) gradients[0][k] += gradients[shard][k];
    }
    Descend(moving, gradients[0], gradient_norm, learning_rate);
    return mean;
  }

  // Adam. gradients[n] is that of parameter moving[n].
  void Descend(const std::vector<std::size_t>& moving, const std::vector<torch::Tensor>& gradients,
               double gradient_norm, double learning_rate) {
    const torch::NoGradGuard no_gradient;
    double square = 0;
    for (const torch::Tensor& gradient : gradients)
      if (gradient.defined()) square += gradient.pow(2).sum().item<double>();
    const double cut = std::min(1.0, gradient_norm / (std::sqrt(square) + 1e-12));
    ++steps_;
    const double correction1 = 1 - std::pow(kBeta1, static_cast<double>(steps_));
    const double correction2 = 1 - std::pow(kBeta2, static_cast<double>(steps_));
    for (std::size_t n = 0; n < moving.size(); ++n) {
      if (!gradients[n].defined()) continue;  // not in this loss, such as the critic in imitation
      const std::size_t k = moving[n];
      const torch::Tensor gradient = gradients[n] * cut;
      first_[k].mul_(kBeta1).add_(gradient, 1 - kBeta1);
      second_[k].mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
      const torch::Tensor size = (second_[k] / correction2).sqrt_().add_(kEpsilon);
      parameters_[k].addcdiv_(first_[k], size, -learning_rate / correction1);
    }
  }

  static void Accumulate(const LearningFigures& figures, double weight, LearningFigures* sum) {
    for (const auto member : kFigures) sum->*member += weight * figures.*member;
  }
  static LearningFigures Mean(LearningFigures sum) {
    const auto weight = static_cast<double>(std::max<std::int64_t>(1, sum.sample_passes));
    for (const auto member : kFigures) sum.*member /= weight;
    return sum;
  }

  captain::CaptainNetwork network_;
  const int threads_;
  std::int64_t steps_;
  std::vector<std::size_t> all_;  // indices of all parameters
  std::vector<std::string> names_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> first_;  // Adam's moments, one per parameter
  std::vector<torch::Tensor> second_;
};

}  // namespace

std::unique_ptr<Learner> MakeLearner(const captain::CaptainOptions& model, std::uint64_t seed,
                                     int threads) {
  torch::manual_seed(seed);
  return std::make_unique<TorchLearner>(captain::CaptainNetwork(model), 0, threads);
}

absl::StatusOr<std::unique_ptr<Learner>> MakeLearner(const captain::Checkpoint& checkpoint,
                                                     std::int64_t gradient_steps, int threads) {
  SKEIN_ASSIGN_OR_RETURN(captain::CaptainNetwork network, captain::MakeNetwork(checkpoint));
  auto learner = std::make_unique<TorchLearner>(std::move(network), gradient_steps, threads);
  learner->RestoreMoments(checkpoint);
  return std::unique_ptr<Learner>(std::move(learner));
}

}  // namespace skein::policy
