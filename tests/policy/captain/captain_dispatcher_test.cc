#include "policy/captain/captain_dispatcher.h"

#include <cmath>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/registry.h"
#include "tests/policy/captain/some_points.h"
#include "tests/policy/dispatcher_contract.h"

namespace skein::policy::captain {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

// Prefers the legal action with the highest index; its value is one unit per aircraft.
class PrefersTheLast final : public Backend {
 public:
  absl::Status Evaluate(std::span<const Features* const> batch,
                        std::span<Evaluation> out) override {
    for (std::size_t k = 0; k < batch.size(); ++k) {
      const auto& legal = batch[k]->action_mask;
      out[k].logits.clear();
      for (std::size_t action = 0; action < legal.size(); ++action)
        out[k].logits.push_back(legal[action] != 0 ? static_cast<float>(action) : kIllegalLogit);
      out[k].value = 1;
    }
    return absl::OkStatus();
  }
  std::string name() const override { return "last"; }
};

// Answers nonsense: says the same of every action, also of those that are illegal.
class Indifferent final : public Backend {
 public:
  explicit Indifferent(float logit) : logit_(logit) {}

  absl::Status Evaluate(std::span<const Features* const> batch,
                        std::span<Evaluation> out) override {
    for (std::size_t k = 0; k < batch.size(); ++k)
      out[k].logits.assign(batch[k]->vertiports.size(), logit_);
    return absl::OkStatus();
  }
  std::string name() const override { return "indifferent"; }

 private:
  const float logit_;
};

TEST(CaptainDispatcherTest, KeepsTheContract) {
  ExpectDispatcherContract(
      [](auto network) { return MakeCaptain(network, std::make_unique<PrefersTheLast>()); });
}

TEST(CaptainDispatcherTest, ChoosesTheActionOfTheGreatestLogit) {
  const auto network = PaperNetwork(900'001, 8, 40);
  const auto captain = MakeCaptain(network, std::make_unique<PrefersTheLast>());
  const auto greedy = MakeGreedy(network);
  int seen = 0;

  ForEachPoint(network, 900'001, *greedy, 200, [&](const DecisionPoint& point) {
    Choice choice;
    ASSERT_TRUE(captain->DecideBatch({&point, 1}, {&choice, 1}).ok());
    std::size_t last = choice.scores.size() - 1;
    while (choice.scores[last] == kIllegalLogit) --last;
    const VertiportId chosen{static_cast<std::int32_t>(last)};
    EXPECT_EQ(choice.action,
              chosen == point.observation->vertiport ? Action::Hold() : Action::Fly(chosen));
    EXPECT_GT(choice.probability, 0.5F);
    EXPECT_LE(choice.probability, 1.0F);
    EXPECT_GT(choice.value, 0);
    ++seen;
  });

  EXPECT_EQ(seen, 200);
}

TEST(CaptainDispatcherTest, DoesNotPassNonsenseOn) {
  const auto network = PaperNetwork(900'001, 8, 40);
  const auto greedy = MakeGreedy(network);
  std::set<std::string> messages;
  std::set<absl::StatusCode> codes;
  for (const float logit : {std::nanf(""), kIllegalLogit}) {
    const auto captain = MakeCaptain(network, std::make_unique<Indifferent>(logit));
    ForEachPoint(network, 900'001, *greedy, 300, [&](const DecisionPoint& point) {
      Choice choice;
      const absl::Status status = captain->DecideBatch({&point, 1}, {&choice, 1});
      if (status.ok()) return;
      messages.insert(std::string(status.message()));
      codes.insert(status.code());
    });
  }

  EXPECT_THAT(messages,
              IsSupersetOf({"a logit is not finite", "the network prefers an illegal action"}));
  EXPECT_EQ(codes, (std::set{absl::StatusCode::kDataLoss, absl::StatusCode::kInternal}));
}

absl::StatusOr<std::unique_ptr<Backend>> MakePrefersTheLast(const Checkpoint&) {
  return std::make_unique<PrefersTheLast>();
}

TEST(CaptainRegistryTest, KnowsItsNames) {
  const absl::Status status = CheckDispatcherName("captain:");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("captain:CHECKPOINT"));
  EXPECT_TRUE(CheckDispatcherName("captain:some.captain").ok());
  EXPECT_TRUE(CheckDispatcherName("captain").ok());
}

TEST(CaptainRegistryTest, NeedsABackend) {
  const absl::Status status = MakeDispatcher("captain:some.captain", {}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no backend"));
}

TEST(CaptainRegistryTest, NeedsACheckpointThatIsShippedOrNamed) {
  const CaptainParts none{.backend = MakePrefersTheLast,
                          .checkpoint = absl::FailedPreconditionError("looked everywhere")};

  EXPECT_EQ(MakeDispatcher("captain", {.network = nullptr, .captain = none}).status(),
            absl::FailedPreconditionError("looked everywhere"));
  EXPECT_EQ(CheckDispatcher("captain", none), absl::FailedPreconditionError("looked everywhere"));
  EXPECT_TRUE(CheckDispatcher("greedy", none).ok());
}

// A network whose policy has lost its file is there all the same.
TEST(CaptainRegistryTest, NeverSaysNotFound) {
  const std::string path = ::testing::TempDir() + "captain_dispatcher_test.none";
  const CaptainParts parts{.backend = MakePrefersTheLast, .checkpoint = path};
  for (const std::string& name : {"captain:" + path, std::string("captain")}) {
    const absl::Status status =
        MakeDispatcher(name, {.network = nullptr, .captain = parts}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("there is no such file"));
    EXPECT_EQ(CheckDispatcher(name, parts), status);
  }
}

TEST(CaptainRegistryTest, ReadsTheCheckpointForTheBackend) {
  const std::string path = ::testing::TempDir() + "captain_dispatcher_test.captain";
  Checkpoint written;
  written.tensors = {{"weight", {2}, {1, 2}}};
  written.seed = 42;
  std::ofstream(path, std::ios::binary) << EncodeCheckpoint(written);
  std::uint64_t seed = 0;
  const DispatcherOptions options{
      .network = PaperNetwork(900'000, 4, 6),
      .captain = {
          .backend = [&](const Checkpoint& read) -> absl::StatusOr<std::unique_ptr<Backend>> {
            seed = read.seed;
            return std::make_unique<PrefersTheLast>();
          },
          .checkpoint = path}};

  for (const std::string& name : {"captain:" + path, std::string("captain")}) {
    seed = 0;
    const auto captain = MakeDispatcher(name, options);

    ASSERT_TRUE(captain.ok()) << captain.status();
    EXPECT_EQ((*captain)->name(), "captain");
    EXPECT_EQ((*captain)->version().checksum, ReadCheckpoint(path)->checksum);
    EXPECT_EQ((*captain)->version().checksum.size(), 64);
    EXPECT_EQ((*captain)->version().backend, "last");
    EXPECT_EQ(seed, 42);
  }
}

}  // namespace
}  // namespace skein::policy::captain
