#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/captain/captain_dispatcher.h"
#include "policy/captain/checkpoint/checkpoint.h"
#include "policy/captain/drift/drift_reference.h"
#include "policy/captain/drift/drift_watch.h"
#include "policy/captain/drift/profile_recorder.h"
#include "policy/registry.h"
#include "tests/policy/captain/some_points.h"

namespace skein::policy::captain {
namespace {

using ::testing::HasSubstr;

constexpr auto kAircraft = static_cast<std::size_t>(DriftBlock::kAircraft);
constexpr auto kContext = static_cast<std::size_t>(DriftBlock::kContext);
constexpr auto kChoices = static_cast<std::size_t>(DriftBlock::kChoices);

std::size_t IndexOf(DriftBlock block, const std::string& name) {
  const auto features = ProfileFeatures();
  for (std::size_t k = 0; k < features.size(); ++k)
    if (features[k].block == block && features[k].name == name) return k;
  ADD_FAILURE() << "no feature " << name;
  return 0;
}

// A decision at two vertiports with two legal flights; flying to 1 promises more than to 2.
Features SomeFeatures(float charge, float day_share) {
  Features features;
  features.vertiports.resize(3);
  features.vertiports[0].waiting = 3;
  features.aircraft.resize(2);
  for (AircraftRow& aircraft : features.aircraft) aircraft.charge = charge;
  features.edges.resize(3);
  features.edges[0].hold = 1;
  for (EdgeRow& edge : features.edges) edge.legal = 1;
  features.edges[1].profit = 2;
  features.edges[2].profit = 1;
  features.series.resize(3 * kSeriesSteps);
  features.context.charge = charge;
  features.context.day_share = day_share;
  return features;
}

// All of a day's parts alike, with so many decisions each.
DayProfile SomeDay(float charge, std::int64_t decisions = kLeastDecisions) {
  DayProfile day{};
  for (PartProfile& part : day)
    for (std::int64_t k = 0; k < decisions; ++k) part.Add(SomeFeatures(charge, 0), 1);
  return day;
}

DriftReference SomeReference() {
  DriftReference reference{"abc", "def", {{"paper", 8, 40, 1, 2}}, {}};
  const std::vector<DayProfile> days{SomeDay(0.4F), SomeDay(0.6F)};
  EXPECT_TRUE(SetMoments(days, &reference).ok());
  return reference;
}

TEST(DayProfileTest, AveragesFeaturesOverRowsAndRanksTheChoice) {
  PartProfile part;
  for (const std::size_t chosen : {0, 1, 2, 2}) part.Add(SomeFeatures(0.5F, 0), chosen);

  EXPECT_EQ(part.decisions, 4);
  EXPECT_DOUBLE_EQ(part.mean(IndexOf(DriftBlock::kVertiports, "waiting")), 1);  // 3 of 3 rows
  EXPECT_DOUBLE_EQ(part.mean(IndexOf(DriftBlock::kContext, "charge")), 0.5);
  EXPECT_DOUBLE_EQ(part.mean(IndexOf(DriftBlock::kEdges, "profit")), 1);
  EXPECT_DOUBLE_EQ(part.mean(IndexOf(DriftBlock::kChoices, "hold")), 0.25);
  EXPECT_DOUBLE_EQ(part.mean(IndexOf(DriftBlock::kChoices, "most_profit")), 0.25);
  EXPECT_DOUBLE_EQ(part.mean(IndexOf(DriftBlock::kChoices, "second_profit")), 0.5);
}

TEST(DriftReferenceTest, MeasuresInDeviationsBetweenDaysOfTraining) {
  const DriftReference reference = SomeReference();
  const std::size_t charge = IndexOf(DriftBlock::kContext, "charge");
  EXPECT_NEAR(reference.moments[0][charge].mean, 0.5, 1e-6);
  EXPECT_NEAR(reference.moments[0][charge].deviation, 0.2 / std::sqrt(2), 1e-6);

  const auto usual = DriftOf(SomeDay(0.5F), reference);
  const auto other = DriftOf(SomeDay(0.5F + 0.4F / std::sqrt(2.0F)), reference);

  ASSERT_TRUE(usual && other);
  EXPECT_NEAR((*usual)[kContext], 0, 1e-3);
  // Two deviations of one feature of the block, none of the others.
  EXPECT_NEAR((*other)[kContext], 2 / std::sqrt(kFeatureCount<ContextRow>), 1e-3);
  EXPECT_EQ((*other)[kChoices], 0);
  EXPECT_FALSE(DriftOf(SomeDay(0.5F, kLeastDecisions - 1), reference).has_value());
}

TEST(DriftReferenceTest, BoundsWhatOneFeatureWeighs) {
  EXPECT_EQ(DeviationsFrom({0, 0}, kLeastDeviation), 1);
  EXPECT_EQ(DeviationsFrom({0, 0}, -1e9), -kMostDeviations);
}

TEST(DriftReferenceTest, NeedsTwoDaysOfEachPart) {
  DriftReference reference;
  EXPECT_EQ(SetMoments(std::vector{SomeDay(1)}, &reference).code(),
            absl::StatusCode::kInvalidArgument);
}

class DriftFileTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) { std::ofstream(path_) << text; }

  const std::string path_ = DriftReferencePath(::testing::TempDir() + "drift_test.captain");
};

TEST_F(DriftFileTest, ReadsWhatItWrote) {
  const DriftReference written = SomeReference();
  Write(EncodeDriftReference(written));

  const auto read = ReadDriftReference(path_);

  EXPECT_EQ(path_, ::testing::TempDir() + "drift_test.drift.json");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->policy_checksum, "abc");
  EXPECT_EQ(EncodeDriftReference(*read), EncodeDriftReference(written));
}

TEST_F(DriftFileTest, RefusesOtherFeaturesAndNonsense) {
  const std::string text = EncodeDriftReference(SomeReference());
  const auto with = [&text](const std::string& old, const std::string& other) {
    std::string changed = text;
    return changed.replace(changed.find(old), old.size(), other);
  };
  Write(with("\"offset_x\"", "\"offset_z\""));
  EXPECT_EQ(ReadDriftReference(path_).status().code(), absl::StatusCode::kFailedPrecondition);
  Write(with("\"deviation\": [", "\"deviation\": [-1,"));
  EXPECT_EQ(ReadDriftReference(path_).status().code(), absl::StatusCode::kInvalidArgument);
  Write("{}");
  EXPECT_EQ(ReadDriftReference(path_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadDriftReference(path_ + ".none").status().code(), absl::StatusCode::kNotFound);
}

TEST(DriftWatchTest, CountsAPartOfTheDayOnceItHasEnded) {
  DriftWatch watch(std::make_shared<const DriftReference>(SomeReference()));
  const auto decide = [&watch](float charge, float day_share) {
    for (std::int64_t k = 0; k < kLeastDecisions; ++k)
      watch.Add(SomeFeatures(charge, day_share), 1);
    return watch.drift();
  };

  EXPECT_FALSE(decide(0.5F, 0).has_value());
  const auto after_one = decide(5, 0.2F);  // so far from training that the first part is not seen
  ASSERT_TRUE(after_one.has_value());
  EXPECT_LT((*after_one)[kAircraft], 0.1);
  EXPECT_GT((*decide(0.5F, 0.4F))[kAircraft], 1);
  // The next day the second part is as in training, and takes the place of the other.
  decide(0.5F, 0);
  decide(0.5F, 0.2F);
  EXPECT_LT((*decide(0.5F, 0.4F))[kAircraft], 0.1);
}

// Flies wherever it may.
class PrefersTheFirst final : public Backend {
 public:
  absl::Status Evaluate(std::span<const Features* const> batch,
                        std::span<Evaluation> out) override {
    for (std::size_t k = 0; k < batch.size(); ++k) {
      out[k].logits.clear();
      for (const std::uint8_t legal : batch[k]->action_mask)
        out[k].logits.push_back(legal != 0 ? 1 : kIllegalLogit);
    }
    return absl::OkStatus();
  }
  std::string name() const override { return "first"; }
};

TEST(CaptainWatchTest, SeesInADayWhatARecorderSees) {
  const auto network = PaperNetwork(1, 5, 20);
  DayProfile recorded{};
  const auto recording = MakeCaptain(
      network, std::make_unique<ProfileRecorder>(std::make_unique<PrefersTheFirst>(), &recorded));
  const auto watching =
      MakeCaptain(network, std::make_unique<PrefersTheFirst>(), "",
                  {.reference = std::make_shared<const DriftReference>(SomeReference())});
  const auto all = [](const DecisionPoint&) {};

  ForEachPoint(network, 1, *recording, 10'000, all);
  ForEachPoint(network, 1, *watching, 10'000, all);

  // The last part of the day has not ended for the one that watches.
  recorded.back() = {};
  ASSERT_TRUE(watching->drift().has_value());
  EXPECT_EQ(*watching->drift(), *DriftOf(recorded, SomeReference()));
  EXPECT_FALSE(recording->drift().has_value());
}

TEST(CaptainWatchTest, TimesItsFeatures) {
  const auto network = PaperNetwork(1, 5, 20);
  std::chrono::nanoseconds now{};
  const auto captain = MakeCaptain(network, std::make_unique<PrefersTheFirst>(), "",
                                   {.clock = [&now] { return now += std::chrono::seconds(1); }});
  EXPECT_EQ(captain->features_time().count(), 0);

  ForEachPoint(network, 1, *captain, 3, [&](const DecisionPoint& point) {
    std::vector<Choice> choices(2);
    const std::vector<DecisionPoint> points{point, point};
    ASSERT_TRUE(captain->DecideBatch(points, choices).ok());
    EXPECT_EQ(captain->features_time(), std::chrono::seconds(2));
  });
}

TEST(CaptainRegistryTest, TakesNoReferenceOfAnotherCheckpoint) {
  const std::string path = ::testing::TempDir() + "drift_registry_test.captain";
  Checkpoint checkpoint;
  checkpoint.tensors = {{"weight", {2}, {1, 2}}};
  std::ofstream(path, std::ios::binary) << EncodeCheckpoint(checkpoint);
  CaptainParts parts{
      .backend = [](const Checkpoint&) { return std::make_unique<PrefersTheFirst>(); },
      .checkpoint = path};
  std::ofstream(DriftReferencePath(path)) << EncodeDriftReference(SomeReference());

  EXPECT_TRUE(CheckDispatcher("captain", parts).ok());
  parts.watch_drift = true;
  const absl::Status other = CheckDispatcher("captain", parts);
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(other.message()), HasSubstr("of another checkpoint"));
  std::remove(DriftReferencePath(path).c_str());
  EXPECT_TRUE(CheckDispatcher("captain", parts).ok());
}

}  // namespace
}  // namespace skein::policy::captain
