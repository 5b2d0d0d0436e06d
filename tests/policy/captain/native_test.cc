#include "policy/captain/native/native_backend.h"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/captain/features/extractor.h"
#include "tests/policy/captain/random_checkpoint.h"
#include "tests/policy/captain/reference_network.h"
#include "tests/policy/captain/some_points.h"

namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

// Counts what is allocated. Out of line, or gcc sees free() meet operator new and warns.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto step = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace skein::policy::captain {
namespace {

using ::testing::HasSubstr;

constexpr float kTolerance = 1e-4F;

struct Size {
  int vertiports;
  int aircraft;
};

void AddFeatures(const Size& size, int count, int every, std::vector<Features>* all) {
  const auto network = PaperNetwork(900'020, size.vertiports, size.aircraft);
  FeatureExtractor extractor(network);
  const auto random = MakeRandom(3);
  int seen = 0;
  ForEachPoint(network, 900'020, *random, count * every, [&](const DecisionPoint& point) {
    if (seen++ % every == 0) extractor.Extract(point, &all->emplace_back());
  });
}

// Decisions in networks of mixed sizes, the first of them not the largest.
std::vector<Features> MixedFeatures(int count_each) {
  std::vector<Features> all;
  for (const Size& size : {Size{8, 40}, {3, 5}, {17, 33}, {5, 2}})
    AddFeatures(size, count_each, 11, &all);
  return all;
}

std::unique_ptr<Backend> MakeBackend(const std::string& level, const Checkpoint& checkpoint) {
  const absl::StatusOr<BackendFactory> factory = NativeBackend(level);
  EXPECT_TRUE(factory.ok()) << factory.status();
  absl::StatusOr<std::unique_ptr<Backend>> backend = (*factory)(checkpoint);
  EXPECT_TRUE(backend.ok()) << backend.status();
  return *std::move(backend);
}

std::vector<Evaluation> EvaluateAll(Backend& backend, const std::vector<Features>& all,
                                    std::size_t batch) {
  std::vector<const Features*> pointers;
  for (const Features& one : all) pointers.push_back(&one);
  std::vector<Evaluation> out(all.size());
  for (std::size_t k = 0; k < all.size(); k += batch) {
    const std::size_t count = std::min(batch, all.size() - k);
    EXPECT_TRUE(backend.Evaluate({&pointers[k], count}, {&out[k], count}).ok());
  }
  return out;
}

void ExpectNear(const Evaluation& got, const Evaluation& want, const std::string& what) {
  ASSERT_EQ(got.logits.size(), want.logits.size());
  for (std::size_t j = 0; j < got.logits.size(); ++j)
    ASSERT_NEAR(got.logits[j], want.logits[j], kTolerance) << what << ", action " << j;
  ASSERT_NEAR(got.value, want.value, kTolerance) << what;
}

void ExpectSameBits(const std::vector<Evaluation>& got, const std::vector<Evaluation>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t k = 0; k < got.size(); ++k) {
    ASSERT_EQ(got[k].logits, want[k].logits) << k;
    ASSERT_EQ(got[k].value, want[k].value) << k;
  }
}

struct Model {
  std::string name;
  CaptainOptions options;
};

// Widths that fill no vector, one capsule and many, each ablation.
std::vector<Model> Models() {
  return {
      {"default", {}},
      {"odd widths", {.width = 42, .capsules = 3, .heads = 2, .series_width = 12}},
      {"one capsule", {.width = 64, .capsules = 1, .hops = 3, .layers = 3}},
      {"no hops", {.width = 24, .capsules = 4, .hops = 0, .layers = 1, .heads = 3}},
      {"deep series", {.series_width = 20, .series_heads = 4, .series_layers = 3}},
      {"wide", {.width = 128, .heads = 8, .series_width = 64, .series_heads = 1}},
      {"no series", {.no_series = true}},
      {"no edges", {.no_edges = true}},
      {"no graph", {.no_graph = true}},
      {"nothing", {.width = 8, .no_series = true, .no_edges = true, .no_graph = true}},
  };
}

TEST(NativeBackendTest, IsTheNetworkOfTheEquations) {
  const std::vector<Features> features = MixedFeatures(3);
  ASSERT_EQ(features.size(), 12);
  for (const Model& model : Models()) {
    ASSERT_TRUE(Validate(model.options).empty()) << model.name;
    const Checkpoint checkpoint = RandomCheckpoint(model.options, 5);
    for (const std::string& level : NativeLevels()) {
      const auto backend = MakeBackend(level, checkpoint);
      const std::vector<Evaluation> got = EvaluateAll(*backend, features, 1);
      for (std::size_t k = 0; k < features.size(); ++k)
        ExpectNear(got[k], ReferenceEvaluation(checkpoint, features[k]),
                   absl::StrCat(model.name, ", ", level, ", features ", k));
    }
  }
}

// The tolerance says something only if decisions differ by more.
TEST(NativeBackendTest, TellsActionsApart) {
  const auto backend = MakeBackend("baseline", RandomCheckpoint({}, 5));
  float least = 0;
  float most = 0;
  for (const Evaluation& evaluation : EvaluateAll(*backend, MixedFeatures(20), 1)) {
    for (const float logit : evaluation.logits) {
      if (logit == kIllegalLogit) continue;
      least = std::min(least, logit);
      most = std::max(most, logit);
    }
  }

  EXPECT_LT(least, -1);
  EXPECT_GT(most, 1);
}

TEST(NativeBackendTest, GivesTheSameBitsInAnyBatchAndRun) {
  const std::vector<Features> features = MixedFeatures(25);
  const Checkpoint checkpoint = RandomCheckpoint({}, 5);
  for (const std::string& level : NativeLevels()) {
    const auto backend = MakeBackend(level, checkpoint);
    const std::vector<Evaluation> alone = EvaluateAll(*backend, features, 1);

    ExpectSameBits(EvaluateAll(*backend, features, 7), alone);
    ExpectSameBits(EvaluateAll(*backend, features, 100), alone);
    ExpectSameBits(EvaluateAll(*MakeBackend(level, checkpoint), features, 1), alone);
  }
}

TEST(NativeBackendTest, GivesTheSameBitsInAnyThread) {
  const std::vector<Features> features = MixedFeatures(25);
  const Checkpoint checkpoint = RandomCheckpoint({}, 5);
  for (const std::string& level : NativeLevels()) {
    std::vector<std::vector<Evaluation>> results(2);
    {
      std::vector<std::jthread> threads;
      for (auto& result : results)
        threads.emplace_back([&result, &level, &checkpoint, &features] {
          result = EvaluateAll(*MakeBackend(level, checkpoint), features, 4);
        });
    }

    const auto here = MakeBackend(level, checkpoint);
    for (const auto& result : results) ExpectSameBits(result, EvaluateAll(*here, features, 1));
  }
}

TEST(NativeBackendTest, HasLevelsThatDifferByRoundingOnly) {
  const std::vector<Features> features = MixedFeatures(25);
  const Checkpoint checkpoint = RandomCheckpoint({}, 5);
  const auto want = EvaluateAll(*MakeBackend("baseline", checkpoint), features, 1);
  for (const std::string& level : NativeLevels()) {
    const auto backend = MakeBackend(level, checkpoint);
    EXPECT_EQ(backend->name().rfind("native-" + level + " ", 0), 0);
    const auto got = EvaluateAll(*backend, features, 1);
    for (std::size_t k = 0; k < got.size(); ++k) ExpectNear(got[k], want[k], level);
  }
}

TEST(NativeBackendTest, AllocatesNothingOnceItsBuffersHaveGrown) {
  const std::vector<Features> features = MixedFeatures(25);
  for (const std::string& level : NativeLevels()) {
    const auto backend = MakeBackend(level, RandomCheckpoint({}, 5));
    std::vector<Evaluation> out(features.size());
    const auto evaluate = [&] {
      for (std::size_t k = 0; k < features.size(); ++k) {
        const Features* const one = &features[k];
        ASSERT_TRUE(backend->Evaluate({&one, 1}, {&out[k], 1}).ok());
      }
    };
    evaluate();
    const std::int64_t before = allocations;
    evaluate();
    EXPECT_EQ(allocations - before, 0) << level;
    EXPECT_GT(before, 0);
  }
}

// Finite weights, but their products are not: the caller must be able to see that.
TEST(NativeBackendTest, PassesOnWhatIsNotANumber) {
  const std::vector<Features> features = MixedFeatures(2);
  for (const std::string name :
       {"vertiport_encoder.embed.weight", "aircraft_encoder.layers.1.capsules.0.weight",
        "series_encoder.layers.0.expand.weight", "destination_hidden.weight", "context.weight"}) {
    Checkpoint checkpoint = RandomCheckpoint({}, 5);
    for (Tensor& tensor : checkpoint.tensors)
      if (tensor.name == name)
        for (float& value : tensor.values) value *= 3e38F;
    for (const std::string& level : NativeLevels()) {
      for (const Evaluation& evaluation :
           EvaluateAll(*MakeBackend(level, checkpoint), features, 1)) {
        bool finite = std::isfinite(evaluation.value);
        for (const float logit : evaluation.logits) finite = finite && std::isfinite(logit);
        EXPECT_FALSE(finite) << name << ", " << level;
      }
    }
  }
}

TEST(NativeBackendTest, RefusesACheckpointThatIsNotOfItsModel) {
  const absl::StatusOr<BackendFactory> factory = NativeBackend("baseline");
  ASSERT_TRUE(factory.ok());
  Checkpoint checkpoint = RandomCheckpoint({}, 5);
  const Tensor last = checkpoint.tensors.back();
  checkpoint.tensors.pop_back();

  EXPECT_EQ((*factory)(checkpoint).status(),
            absl::FailedPreconditionError("the checkpoint has no tensor " + last.name));

  checkpoint.tensors.push_back({last.name, {2}, {1, 2}});
  EXPECT_EQ((*factory)(checkpoint).status(),
            absl::FailedPreconditionError("tensor " + last.name +
                                          " of the checkpoint has another shape"));
}

TEST(NativeBackendTest, SaysWhichLevelsThereAre) {
  const absl::Status status = NativeBackend("v9").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("baseline"));
}

}  // namespace
}  // namespace skein::policy::captain
