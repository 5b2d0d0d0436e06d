#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "policy/captain/checkpoint/tensor_shapes.h"
#include "policy/captain/features/extractor.h"
#include "policy/captain/native/native_backend.h"
#include "policy/captain/torch/captain_network.h"
#include "policy/captain/torch/parameters.h"
#include "policy/captain/torch/torch_backend.h"
#include "tests/policy/captain/random_checkpoint.h"
#include "tests/policy/captain/some_points.h"

// The native backend is held against LibTorch.
namespace skein::policy::captain {
namespace {

constexpr float kTolerance = 1e-4F;

// What one backend says against another over many observations.
class Comparison {
 public:
  explicit Comparison(const CaptainOptions& model) {
    const Checkpoint checkpoint = RandomCheckpoint(model, 11);
    torch_ = *MakeTorchBackend(checkpoint);
    for (const std::string& level : NativeLevels())
      native_.push_back(*(*NativeBackend(level))(checkpoint));
  }

  // Observations of days of this size, `days` of them and at most `limit` of each.
  void Play(int vertiports, int aircraft, int days, int limit) {
    for (int day = 0; day < days; ++day) {
      const auto seed = 900'100 + static_cast<std::uint64_t>(day);
      const auto network = PaperNetwork(seed, vertiports, aircraft);
      FeatureExtractor extractor(network);
      const auto random = MakeRandom(seed);
      Features features;
      ForEachPoint(network, seed, *random, limit, [&](const DecisionPoint& point) {
        extractor.Extract(point, &features);
        Compare(features);
      });
    }
  }

  int observations() const { return observations_; }
  float greatest_difference() const { return greatest_difference_; }
  int close_calls() const { return close_calls_; }

 private:
  void Compare(const Features& features) {
    ++observations_;
    const Features* const one = &features;
    Evaluation want;
    ASSERT_TRUE(torch_->Evaluate({&one, 1}, {&want, 1}).ok());
    std::vector<float> sorted = want.logits;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    const bool close = sorted.size() > 1 && sorted[0] - sorted[1] <= kTolerance;
    close_calls_ += close ? 1 : 0;
    for (const auto& backend : native_) {
      Evaluation got;
      ASSERT_TRUE(backend->Evaluate({&one, 1}, {&got, 1}).ok());
      ASSERT_EQ(got.logits.size(), want.logits.size());
      for (std::size_t j = 0; j < want.logits.size(); ++j)
        Differ(got.logits[j], want.logits[j], backend->name());
      Differ(got.value, want.value, backend->name());
      if (!close) {
        ASSERT_EQ(Best(got), Best(want)) << backend->name();
      }
    }
  }

  void Differ(float got, float want, const std::string& name) {
    ASSERT_NEAR(got, want, kTolerance) << name << ", observation " << observations_;
    greatest_difference_ = std::max(greatest_difference_, std::abs(got - want));
  }

  static std::ptrdiff_t Best(const Evaluation& evaluation) {
    return std::max_element(evaluation.logits.begin(), evaluation.logits.end()) -
           evaluation.logits.begin();
  }

  std::unique_ptr<Backend> torch_;
  std::vector<std::unique_ptr<Backend>> native_;
  int observations_ = 0;
  float greatest_difference_ = 0;
  int close_calls_ = 0;
};

TEST(NativeAndTorchTest, AgreeOnTenThousandObservations) {
  SetTorchThreads(1);
  Comparison comparison({});

  comparison.Play(8, 40, 5, 1100);
  comparison.Play(3, 5, 12, 200);
  comparison.Play(16, 80, 2, 1000);
  comparison.Play(32, 200, 1, 400);
  comparison.Play(64, 500, 1, 200);

  EXPECT_GE(comparison.observations(), 10'000);
  RecordProperty("observations", comparison.observations());
  RecordProperty("close_calls", comparison.close_calls());
  RecordProperty("greatest_difference", std::to_string(comparison.greatest_difference()));
  std::printf(
      "%d observations, greatest difference %.2g, %d with the two best logits within 1e-4\n",
      comparison.observations(), static_cast<double>(comparison.greatest_difference()),
      comparison.close_calls());
}

TEST(NativeAndTorchTest, AgreeOnOtherSizesAndAblations) {
  SetTorchThreads(1);
  for (const CaptainOptions& model :
       {CaptainOptions{.width = 42, .capsules = 3, .hops = 3, .heads = 2, .series_width = 12},
        CaptainOptions{.width = 128, .capsules = 1, .heads = 8, .series_layers = 2},
        CaptainOptions{.no_series = true}, CaptainOptions{.no_edges = true},
        CaptainOptions{.no_graph = true}}) {
    Comparison comparison(model);

    comparison.Play(8, 40, 1, 100);
    comparison.Play(5, 3, 1, 100);

    EXPECT_EQ(comparison.observations(), 200);
  }
}

// The list of a model's tensors, from which checkpoints are checked, is LibTorch's.
TEST(TensorShapesTest, AreTheParametersOfTheNetwork) {
  for (const CaptainOptions& model :
       {CaptainOptions{}, CaptainOptions{.width = 42, .capsules = 3, .series_layers = 2},
        CaptainOptions{.no_series = true}, CaptainOptions{.no_graph = true}}) {
    std::vector<TensorShape> want;
    for (const Tensor& tensor : ParametersOf(*CaptainNetwork(model)))
      want.push_back({tensor.name, tensor.shape});
    std::vector<TensorShape> got = TensorShapes(model);
    const auto by_name = [](const TensorShape& a, const TensorShape& b) { return a.name < b.name; };
    std::sort(want.begin(), want.end(), by_name);
    std::sort(got.begin(), got.end(), by_name);
    EXPECT_EQ(got, want);
  }
}

}  // namespace
}  // namespace skein::policy::captain
