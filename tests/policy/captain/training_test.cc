#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/captain/captain_dispatcher.h"
#include "policy/captain/torch/torch_backend.h"
#include "policy/training/losses.h"
#include "tests/policy/captain/small_training.h"
#include "tests/policy/dispatcher_contract.h"

namespace skein::policy {
namespace {

// Three decisions over two actions. The old policy chose uniformly; advantages are already
// normalised: mean 0, mean square 1.
TEST(PpoLossTest, AgreesWithAHandComputedTable) {
  const float s = std::sqrt(1.5F);
  const torch::Tensor probability = torch::tensor({{0.75F, 0.25F}, {0.5F, 0.5F}, {0.25F, 0.75F}});
  const torch::Tensor value = torch::tensor({1.0F, 2.0F, 3.0F});
  const LossTargets targets{.action = torch::tensor({0, 0, 0}, torch::kInt64),
                            .log_prob = torch::full({3}, std::log(0.5F)),
                            .value = torch::tensor({1.0F, 1.0F, 1.0F}),
                            .advantage = torch::tensor({s, 0.0F, -s}),
                            .return_ = torch::tensor({2.0F, 2.0F, 2.0F})};

  const LossTerms terms = PpoLoss(probability.log(), value, targets, {});

  // Ratios 1.5, 1, 0.5. Surrogates min(1.5 s, 1.2 s) = 1.2 s; 0; min(−0.5 s, −0.8 s) = −0.8 s.
  EXPECT_NEAR(terms.policy.item<float>(), -(1.2F - 0.8F) * s / 3, 1e-6);
  // Values clipped to 1, 1.5, 1.5: squares max(1, 1), max(0, ¼), max(1, ¼).
  EXPECT_NEAR(terms.value.item<float>(), 0.5F * (1 + 0.25F + 1) / 3, 1e-6);
  // Entropies of (¾, ¼): 0.562335; of (½, ½): 0.693147.
  EXPECT_NEAR(terms.entropy.item<float>(), (2 * 0.562335F + 0.693147F) / 3, 1e-5);
  // (ρ − 1) − ln ρ: 0.094535, 0, 0.193147.
  EXPECT_NEAR(terms.approx_kl.item<float>(), (0.094535F + 0.193147F) / 3, 1e-5);
  EXPECT_NEAR(terms.clip_fraction.item<float>(), 2.0F / 3, 1e-6);
  EXPECT_NEAR(terms.total.item<float>(),
              terms.policy.item<float>() + 0.5F * terms.value.item<float>() -
                  0.01F * terms.entropy.item<float>(),
              1e-6);
}

TEST(DrawActionTest, ExploresAndNeverChoosesWhatIsIllegal) {
  const std::vector<float> logits = {0, captain::kIllegalLogit, std::log(3.0F)};
  int first = 0;
  for (int k = 0; k < 1000; ++k) {
    const Drawn drawn = DrawAction(logits, (k + 0.5) / 1000);
    ASSERT_NE(drawn.action, 1);
    first += drawn.action == 0 ? 1 : 0;
    EXPECT_NEAR(drawn.log_prob, std::log(drawn.action == 0 ? 0.25 : 0.75), 1e-6);
  }
  EXPECT_EQ(first, 250);
  EXPECT_EQ(BestAction(logits), 2);
}

// What the network thinks best is not what is always played: the predecessor's rollouts were
// arg-max.
TEST(RolloutTest, PlaysMoreThanTheBestAction) {
  const TrainingOptions options = SmallOptions();
  const auto learner = MakeLearner(options.model, 3, 1);
  Rollout rollout(options, SmallWorld());
  DaysPlayed played;

  const auto samples = rollout.CollectForReward(*learner, 0, &played);

  ASSERT_TRUE(samples.ok()) << samples.status();
  int best = 0;
  int choices = 0;
  for (const Sample& sample : *samples) {
    const captain::Features* const features = &sample.features;
    if (std::ranges::count(features->action_mask, 1) < 2) continue;
    captain::Evaluation said;
    learner->Evaluate({&features, 1}, {&said, 1});
    ++choices;
    best += sample.action == BestAction(said.logits) ? 1 : 0;
    EXPECT_LT(sample.log_prob, 0);
  }
  ASSERT_GT(choices, 30);
  EXPECT_LT(best, choices * 9 / 10);
  EXPECT_GT(best, 0);
}

std::string Train(const TrainingOptions& options, int stop_after, std::string* state,
                  std::vector<v1::TrainingProgress>* history) {
  std::string last;
  int iterations = 0;
  const TrainingHooks hooks{.on_progress =
                                [&](const auto& rows) {
                                  *history = rows;
                                  ++iterations;
                                  return absl::OkStatus();
                                },
                            .on_state =
                                [&](const captain::Checkpoint& checkpoint) {
                                  last = captain::EncodeCheckpoint(checkpoint);
                                  return absl::OkStatus();
                                },
                            .stop = [&] { return stop_after > 0 && iterations == stop_after; }};
  const TrainingOrigin origin{"a config", "a commit"};
  std::unique_ptr<Trainer> trainer;
  if (state->empty()) {
    trainer = *Trainer::Create(options, origin, SmallWorld());
  } else {
    const auto from = captain::DecodeCheckpoint(*state);
    EXPECT_TRUE(from.ok()) << from.status();
    trainer = *Trainer::Resume(options, origin, SmallWorld(), *from);
  }
  const absl::Status status = trainer->Run(hooks);
  EXPECT_TRUE(status.ok() || stop_after > 0) << status;
  *state = last;
  return last;
}

// Stopped after each iteration and resumed, training ends with the same bytes.
TEST(TrainerTest, ResumesBitByBit) {
  TrainingOptions options = SmallOptions();
  options.imitation.expert = "greedy";
  std::vector<v1::TrainingProgress> history;
  std::string none;
  const std::string whole = Train(options, 0, &none, &history);
  ASSERT_EQ(history.size(), 4);

  std::string state;
  for (int k = 0; k < 4; ++k) Train(options, 1, &state, &history);

  EXPECT_EQ(history.size(), 4);
  EXPECT_TRUE(state == whole);
}

TEST(TrainerTest, RefusesTheStateOfAnotherConfiguration) {
  TrainingOptions options = SmallOptions();
  std::vector<v1::TrainingProgress> history;
  std::string state;
  Train(options, 1, &state, &history);

  const auto resumed = Trainer::Resume(options, {"another config", ""}, SmallWorld(),
                                       *captain::DecodeCheckpoint(state));

  EXPECT_EQ(resumed.status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(LearnerTest, WarmsUpTheCriticWithoutTouchingThePolicy) {
  const auto learner = MakeLearner(captain::CaptainOptions{}, 3, 1);
  const auto network = captain::PaperNetwork(900'001, 5, 12);
  captain::FeatureExtractor extractor(network);
  const auto greedy = MakeGreedy(network);
  std::vector<Sample> samples;
  captain::ForEachPoint(network, 900'001, *greedy, 64, [&](const DecisionPoint& point) {
    extractor.Extract(point, &samples.emplace_back().features);
    samples.back().action = point.observation->vertiport.value;
    samples.back().return_ = 5;
  });
  std::vector<const Sample*> pointers;
  for (const Sample& sample : samples) pointers.push_back(&sample);
  const captain::Features* const first = &samples[0].features;
  captain::Evaluation before;
  captain::Evaluation after;
  learner->Evaluate({&first, 1}, {&before, 1});

  learner->LearnFromReward(pointers, {.target_kl = 100}, 1e-2, /*critic_only=*/true, 1);

  learner->Evaluate({&first, 1}, {&after, 1});
  EXPECT_EQ(after.logits, before.logits);
  EXPECT_GT(after.value, before.value);
}

// The smoke test: from random parameters and reward alone, profit on unseen days rises.
TEST(TrainerTest, LearnsFromReward) {
  TrainingOptions options = SmallOptions();
  options.sources[0].environments = 8;
  options.ppo.iterations = 16;
  options.ppo.steps = 128;
  options.ppo.minibatch = 128;
  options.ppo.learning_rate = 1e-3;
  options.selection.every_iterations = 15;
  std::vector<v1::TrainingProgress> history;
  std::string state;

  Train(options, 0, &state, &history);
  ASSERT_EQ(history.size(), 16);

  double before = 0;
  double after = 0;
  int days_before = 0;
  int days_after = 0;
  for (std::size_t k = 0; k < 16; ++k) {
    const v1::TrainingProgress& row = history[k];
    (k < 5 ? before : after) += k < 5 || k >= 11 ? row.mean_profit_usd() * row.days() : 0;
    (k < 5 ? days_before : days_after) += k < 5 || k >= 11 ? row.days() : 0;
  }
  ASSERT_GT(days_before, 0);
  ASSERT_GT(days_after, 0);
  EXPECT_GT(after / days_after, before / days_before);
  EXPECT_GT(history.back().selection_profit_usd(), history.back().baseline_profit_usd());
}

TEST(CaptainDispatcherTest, KeepsTheContract) {
  ExpectDispatcherContract([](auto network) {
    const auto learner = MakeLearner(captain::CaptainOptions{}, 3, 1);
    captain::Checkpoint checkpoint;
    checkpoint.tensors = learner->Tensors(false);
    return captain::MakeCaptain(network, *captain::MakeTorchBackend(checkpoint));
  });
}

}  // namespace
}  // namespace skein::policy
