#include <torch/torch.h>

#include <algorithm>
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/captain/features/extractor.h"
#include "policy/captain/torch/captain_network.h"
#include "policy/captain/torch/parameters.h"
#include "policy/captain/torch/torch_backend.h"
#include "tests/policy/captain/some_points.h"

namespace skein::policy::captain {
namespace {

std::vector<Features> SomeFeatures(int vertiports, int aircraft, int count, int every = 37) {
  const auto network = PaperNetwork(900'010, vertiports, aircraft);
  FeatureExtractor extractor(network);
  const auto random = MakeRandom(3);
  std::vector<Features> all;
  int seen = 0;
  ForEachPoint(network, 900'010, *random, count * every, [&](const DecisionPoint& point) {
    if (seen++ % every == 0) extractor.Extract(point, &all.emplace_back());
  });
  EXPECT_EQ(all.size(), static_cast<std::size_t>(count));
  return all;
}

std::vector<const Features*> Pointers(const std::vector<Features>& all) {
  std::vector<const Features*> pointers;
  for (const Features& one : all) pointers.push_back(&one);
  return pointers;
}

CaptainNetwork SeededNetwork(const CaptainOptions& options = {}) {
  torch::manual_seed(7);
  return CaptainNetwork(options);
}

TEST(CaptainNetworkTest, GivesOneLogitPerVertiportAndOneValue) {
  CaptainNetwork network = SeededNetwork();
  for (const auto& [vertiports, aircraft] : {std::pair{3, 3}, {8, 40}, {16, 80}}) {
    const std::vector<Features> features = SomeFeatures(vertiports, aircraft, 5, 3);

    const PolicyOutput output = network(MakeBatch(Pointers(features)));

    EXPECT_EQ(output.logits.sizes(), torch::IntArrayRef({5, vertiports}));
    EXPECT_EQ(output.value.sizes(), torch::IntArrayRef({5}));
    EXPECT_TRUE(output.logits.isfinite().all().item<bool>());
  }
}

TEST(CaptainNetworkTest, GivesIllegalActionsNoProbabilityAndAFiniteEntropy) {
  CaptainNetwork network = SeededNetwork();
  const Batch batch = MakeBatch(Pointers(SomeFeatures(8, 40, 20)));

  const torch::Tensor log_probability = torch::log_softmax(network(batch).logits, -1);

  const torch::Tensor probability = log_probability.exp();
  const torch::Tensor illegal = batch.action_mask.logical_not();
  ASSERT_GT(illegal.sum().item<std::int64_t>(), 10);
  EXPECT_EQ(probability.masked_select(illegal).abs().max().item<float>(), 0);
  EXPECT_GT(probability.masked_select(batch.action_mask).min().item<float>(), 0);
  EXPECT_TRUE((probability * log_probability).sum(-1).isfinite().all().item<bool>());
}

// One batch of mixed sizes, padded, gives each element what it gets alone.
TEST(CaptainNetworkTest, GivesABatchWhatItGivesItsElements) {
  CaptainNetwork network = SeededNetwork();
  std::vector<Features> mixed = SomeFeatures(8, 40, 6);
  for (const auto& [vertiports, aircraft] : {std::pair{3, 5}, {12, 20}})
    for (Features& one : SomeFeatures(vertiports, aircraft, 4, 5)) mixed.push_back(one);

  const PolicyOutput together = network(MakeBatch(Pointers(mixed)));

  for (std::size_t k = 0; k < mixed.size(); ++k) {
    const Features* const one = &mixed[k];
    const PolicyOutput alone = network(MakeBatch({&one, 1}));
    const auto row = static_cast<std::int64_t>(k);
    const torch::Tensor logits = together.logits[row].narrow(0, 0, one->vertiport_count());
    EXPECT_LT((logits - alone.logits[0]).abs().max().item<float>(), 2e-5F);
    EXPECT_NEAR(together.value[row].item<float>(), alone.value[0].item<float>(), 2e-5F);
  }
}

// `order[k]` is where row k goes.
template <class Row>
std::vector<Row> Reordered(const std::vector<Row>& rows, const std::vector<std::size_t>& order,
                           std::size_t each = 1) {
  std::vector<Row> moved(rows.size());
  for (std::size_t k = 0; k < order.size(); ++k)
    for (std::size_t c = 0; c < each; ++c) moved[order[k] * each + c] = rows[k * each + c];
  return moved;
}

TEST(CaptainNetworkTest, FollowsARenumberingOfVertiportsAndAircraft) {
  CaptainNetwork network = SeededNetwork();
  for (const Features& one : SomeFeatures(8, 40, 4)) {
    const std::vector<std::size_t> order = {3, 0, 7, 1, 6, 2, 5, 4};
    std::vector<std::size_t> fleet_order(one.aircraft.size());
    std::iota(fleet_order.rbegin(), fleet_order.rend(), 0);
    Features moved = one;
    moved.here = static_cast<int>(order[static_cast<std::size_t>(one.here)]);
    moved.self = static_cast<int>(fleet_order[static_cast<std::size_t>(one.self)]);
    moved.vertiports = Reordered(one.vertiports, order);
    moved.edges = Reordered(one.edges, order);
    moved.series = Reordered(one.series, order, kSeriesSteps);
    moved.action_mask = Reordered(one.action_mask, order);
    moved.aircraft = Reordered(one.aircraft, fleet_order);
    moved.aircraft_at = Reordered(one.aircraft_at, fleet_order);
    for (std::int32_t& at : moved.aircraft_at)
      at = static_cast<std::int32_t>(order[static_cast<std::size_t>(at)]);
    for (std::size_t i = 0; i < 8; ++i)
      for (std::size_t j = 0; j < 8; ++j)
        moved.proximity[order[i] * 8 + order[j]] = one.proximity[i * 8 + j];

    const Features* const pointers[] = {&one, &moved};
    const PolicyOutput output = network(MakeBatch(pointers));

    EXPECT_NEAR(output.value[0].item<float>(), output.value[1].item<float>(), 2e-5F);
    for (std::size_t j = 0; j < 8; ++j)
      EXPECT_NEAR(output.logits[0][static_cast<std::int64_t>(j)].item<float>(),
                  output.logits[1][static_cast<std::int64_t>(order[j])].item<float>(), 2e-5F);
  }
}

void ExpectGradientEverywhere(const CaptainOptions& options) {
  CaptainNetwork network = SeededNetwork(options);
  const Batch batch = MakeBatch(Pointers(SomeFeatures(8, 40, 16)));

  const PolicyOutput output = network(batch);
  const torch::Tensor log_probability = torch::log_softmax(output.logits, -1);
  const torch::Tensor best = output.logits.argmax(-1, true);
  (log_probability.gather(1, best).sum() + output.value.pow(2).sum()).backward();

  for (const auto& parameter : network->named_parameters()) {
    ASSERT_TRUE(parameter.value().grad().defined()) << parameter.key();
    EXPECT_GT(parameter.value().grad().abs().max().item<float>(), 0) << parameter.key();
  }
}

// The predecessor's decoder was left out of its optimiser; here nothing is out of reach.
TEST(CaptainNetworkTest, HasAGradientForEveryParameter) { ExpectGradientEverywhere({}); }
TEST(CaptainNetworkTest, HasAGradientForEveryParameterOfAnAblation) {
  ExpectGradientEverywhere({.capsules = 1, .no_series = true});
  ExpectGradientEverywhere({.no_edges = true});
  ExpectGradientEverywhere({.no_graph = true});
}

TEST(CaptainNetworkTest, LearnsEightSamplesByHeart) {
  CaptainNetwork network = SeededNetwork();
  const Batch batch = MakeBatch(Pointers(SomeFeatures(8, 40, 8)));
  // The last legal action of each, which nothing suggests.
  const torch::Tensor wanted =
      (batch.action_mask.to(torch::kFloat32) * torch::arange(1, 9)).argmax(-1);
  torch::optim::Adam optimiser(network->parameters(), torch::optim::AdamOptions(3e-3));

  for (int step = 0; step < 150; ++step) {
    optimiser.zero_grad();
    torch::nll_loss(torch::log_softmax(network(batch).logits, -1), wanted).backward();
    optimiser.step();
  }

  const torch::Tensor probability = torch::softmax(network(batch).logits, -1);
  EXPECT_GT(probability.gather(1, wanted.unsqueeze(-1)).min().item<float>(), 0.95F);
}

TEST(TorchBackendTest, GivesTheSameAfterSavingAndLoading) {
  CaptainNetwork network = SeededNetwork();
  Checkpoint checkpoint;
  checkpoint.tensors = ParametersOf(*network);
  const std::vector<Features> features = SomeFeatures(8, 40, 3);
  const PolicyOutput before = network(MakeBatch(Pointers(features)));

  const auto back = DecodeCheckpoint(EncodeCheckpoint(checkpoint));
  ASSERT_TRUE(back.ok()) << back.status();
  const auto backend = MakeTorchBackend(*back);
  ASSERT_TRUE(backend.ok()) << backend.status();
  std::vector<Evaluation> out(3);
  ASSERT_TRUE((*backend)->Evaluate(Pointers(features), out).ok());

  for (std::size_t k = 0; k < 3; ++k) {
    const auto row = static_cast<std::int64_t>(k);
    EXPECT_EQ(out[k].value, before.value[row].item<float>());
    for (std::size_t j = 0; j < 8; ++j)
      EXPECT_EQ(out[k].logits[j], before.logits[row][static_cast<std::int64_t>(j)].item<float>());
  }
}

TEST(TorchBackendTest, RefusesTensorsOfAnotherModel) {
  Checkpoint checkpoint;
  checkpoint.tensors = ParametersOf(*SeededNetwork());
  checkpoint.model.width = 32;
  EXPECT_EQ(MakeTorchBackend(checkpoint).status().code(), absl::StatusCode::kFailedPrecondition);
  checkpoint.model.width = 64;
  checkpoint.tensors.pop_back();
  EXPECT_EQ(MakeTorchBackend(checkpoint).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace skein::policy::captain
