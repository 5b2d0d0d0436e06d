#include "policy/evaluation/day_runner.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/captain/native/native_backend.h"
#include "policy/rules/rules.h"
#include "tests/policy/captain/random_checkpoint.h"
#include "tests/sim/triangle.h"

namespace skein::policy {
namespace {

using std::chrono::nanoseconds;

// A clock that every reading moves on by one nanosecond more than the last: 1, 3, 6, 10, …
PolicyClock StumblingClock() {
  return [readings = std::make_shared<std::int64_t>(0)] {
    const std::int64_t n = ++*readings;
    return nanoseconds{n * (n + 1) / 2};
  };
}

std::shared_ptr<const sim::Network> TriangleNetwork() { return *sim::Network::Create(Triangle()); }

class FakeDispatcher : public Dispatcher {
 public:
  explicit FakeDispatcher(absl::Status answer) : answer_(std::move(answer)) {}
  absl::Status DecideBatch(std::span<const DecisionPoint>, std::span<Choice>) override {
    return answer_;
  }
  std::string name() const override { return "fake"; }

 private:
  absl::Status answer_;
};

TEST(TimedDispatcherTest, MeasuresCallsAndCountsPoints) {
  TimedDispatcher timed(std::make_unique<FakeDispatcher>(absl::OkStatus()), StumblingClock());
  const std::vector<DecisionPoint> points(3);
  std::vector<Choice> choices(3);

  ASSERT_TRUE(timed.DecideBatch(points, choices).ok());              // readings 1 and 3
  ASSERT_TRUE(timed.DecideBatch({points.data(), 1}, choices).ok());  // readings 6 and 10

  EXPECT_EQ(timed.name(), "fake");
  EXPECT_EQ(timed.times().decisions, 4);
  EXPECT_EQ(timed.times().total, nanoseconds{2 + 4});
  EXPECT_EQ(timed.times().longest, nanoseconds{4});
}

TEST(TimedDispatcherTest, HandsErrorsOn) {
  TimedDispatcher timed(std::make_unique<FakeDispatcher>(absl::UnavailableError("gone")),
                        StumblingClock());
  const std::vector<DecisionPoint> points(1);
  std::vector<Choice> choices(1);

  EXPECT_EQ(timed.DecideBatch(points, choices).code(), absl::StatusCode::kUnavailable);
}

TEST(RunDayTest, IsTheDayThatTheSimulatorPlays) {
  const auto network = TriangleNetwork();
  const auto greedy = MakeGreedy(network);
  const auto alone = sim::RunEpisode(network, 900'001, *greedy);
  ASSERT_TRUE(alone.ok());

  const auto day = RunDay(network, 900'001, "greedy", {StumblingClock(), {}});

  ASSERT_TRUE(day.ok()) << day.status();
  EXPECT_EQ(day->episode.digest, alone->digest);
  EXPECT_EQ(day->episode.summary.profit_cents(), alone->summary.profit_cents());
  EXPECT_EQ(day->decisions.decisions, alone->summary.decisions);
  EXPECT_GT(day->decisions.total, nanoseconds{0});
  EXPECT_GT(day->wall, day->decisions.total);
}

TEST(RunDayTest, StopsWhenAsked) {
  const auto day =
      RunDay(TriangleNetwork(), 900'001, "greedy", {StumblingClock(), [] { return true; }});

  EXPECT_EQ(day.status().code(), absl::StatusCode::kCancelled);
}

TEST(RunDayTest, PlaysTheLearnedPolicyOfItsHooks) {
  const std::string path = testing::TempDir() + "day_runner_test.captain";
  ASSERT_TRUE(captain::WriteCheckpoint(path, captain::RandomCheckpoint({}, 1)).ok());
  DayHooks hooks{StumblingClock(), {}};
  EXPECT_EQ(RunDay(TriangleNetwork(), 900'001, "captain", hooks).status().code(),
            absl::StatusCode::kFailedPrecondition);
  hooks.captain = {.backend = *captain::NativeBackend("baseline"), .checkpoint = path};

  const auto shipped = RunDay(TriangleNetwork(), 900'001, "captain", hooks);
  const auto named = RunDay(TriangleNetwork(), 900'001, "captain:" + path, hooks);

  ASSERT_TRUE(shipped.ok()) << shipped.status();
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_GT(shipped->decisions.decisions, 0);
  EXPECT_EQ(shipped->episode.digest, named->episode.digest);
}

TEST(RunDayTest, RefusesUnknownPolicies) {
  const auto day = RunDay(TriangleNetwork(), 900'001, "greedier", {StumblingClock(), {}});

  EXPECT_EQ(day.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(day.status().message()), testing::HasSubstr("greedier"));
}

}  // namespace
}  // namespace skein::policy
