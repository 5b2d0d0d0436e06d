#include "cli/evaluation/evaluation_run.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>

#include "cli/evaluation/evaluation_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kPolicies = {"random", "greedy"};

policy::DayHooks FrozenHooks() {
  return {[] { return std::chrono::nanoseconds{0}; }, [] { return false; }};
}

// Hooks that stop all work at the given question.
policy::DayHooks StoppingHooks(int question) {
  policy::DayHooks hooks = FrozenHooks();
  hooks.stop = [asked = std::make_shared<std::atomic<int>>(0), question] {
    return ++*asked >= question;
  };
  return hooks;
}

PlannedEvaluation Plan(const std::string& scenario, int days) {
  const EvaluationSpec spec{.name = "",
                            .scenario = scenario,
                            .path = scenario,
                            .options = {.vertiports = 4, .aircraft = 6},
                            .first_seed = 900'000,
                            .days = days};
  auto planned = PlanEvaluation(spec, [] { return false; });
  EXPECT_TRUE(planned.ok()) << planned.status();
  return *std::move(planned);
}

// The report of both policies as JSON. The clock stands still, so all of it can be compared.
std::string ReportOf(const PlannedEvaluation& evaluation, const RunOptions& options,
                     WorkFile* work = nullptr) {
  const auto days = RunEvaluations({evaluation}, options, work);
  EXPECT_TRUE(days.ok()) << days.status();
  if (!days.ok()) return {};
  return codec::ToJson(MakeEvaluationReport(evaluation, options.policies, days->front()));
}

TEST(PlanEvaluationTest, HashesTheNetworksOfAllDays) {
  const PlannedEvaluation two = Plan("paper", 2);
  const PlannedEvaluation three = Plan("paper", 3);
  const PlannedEvaluation fixed_two = Plan("paper:5", 2);
  const PlannedEvaluation fixed_three = Plan("paper:5", 3);

  EXPECT_NE(two.protocol.scenario_hash(), three.protocol.scenario_hash());
  EXPECT_EQ(fixed_two.protocol.scenario_hash(), fixed_three.protocol.scenario_hash());
  EXPECT_EQ(two.protocol.vertiports(), 4);
  EXPECT_EQ(two.protocol.aircraft(), 6);
  EXPECT_FALSE(two.protocol.commit().empty());
}

TEST(PlanEvaluationTest, StopsWhenAsked) {
  const EvaluationSpec spec{
      .name = "", .scenario = "paper", .path = "paper", .options = {}, .first_seed = 1, .days = 1};
  EXPECT_TRUE(absl::IsCancelled(PlanEvaluation(spec, [] { return true; }).status()));
}

TEST(CheckPoliciesTest, RefusesUnknownDoubleAndNone) {
  const PlannedEvaluation evaluation = Plan("paper", 1);

  EXPECT_TRUE(CheckPolicies({"random", "greedy"}, evaluation, {}).ok());
  EXPECT_THAT(std::string(CheckPolicies({"greedy", "greediest"}, evaluation, {}).message()),
              HasSubstr("greediest"));
  EXPECT_THAT(std::string(CheckPolicies({"fcfs", "greedy", "fcfs"}, evaluation, {}).message()),
              HasSubstr("\"fcfs\" twice"));
  EXPECT_THAT(std::string(CheckPolicies({}, evaluation, {}).message()), HasSubstr("empty"));
  EXPECT_THAT(std::string(CheckPolicies({"greedy", ""}, evaluation, {}).message()),
              HasSubstr("\"\""));
}

TEST(RunEvaluationsTest, IsTheSameOnAnyNumberOfThreads) {
  const PlannedEvaluation evaluation = Plan("paper", 5);
  const std::string one = ReportOf(evaluation, {kPolicies, false, 1, FrozenHooks()});

  EXPECT_EQ(ReportOf(evaluation, {kPolicies, false, 2, FrozenHooks()}), one);
  EXPECT_EQ(ReportOf(evaluation, {kPolicies, false, 7, FrozenHooks()}), one);
}

TEST(RunEvaluationsTest, GivesAllPoliciesTheSameDays) {
  const PlannedEvaluation evaluation = Plan("paper", 3);
  const auto days = RunEvaluations({evaluation}, {kPolicies, false, 1, FrozenHooks()}, nullptr);

  ASSERT_TRUE(days.ok()) << days.status();
  for (std::size_t day = 0; day < 3; ++day) {
    const v1::DayReport& random = days->front().days[0][day].report();
    const v1::DayReport& greedy = days->front().days[1][day].report();
    EXPECT_EQ(random.seed(), 900'000 + day);
    EXPECT_EQ(greedy.seed(), random.seed());
    EXPECT_EQ(greedy.passengers_requested(), random.passengers_requested());
    EXPECT_NE(greedy.digest(), random.digest());
  }
}

TEST(RunEvaluationsTest, BoundsEveryPolicyOnEveryDay) {
  const PlannedEvaluation evaluation = Plan("paper", 2);
  const RunOptions options{kPolicies, true, 1, FrozenHooks()};
  const auto days = RunEvaluations({evaluation}, options, nullptr);
  ASSERT_TRUE(days.ok()) << days.status();
  const v1::EvaluationReport report = MakeEvaluationReport(evaluation, kPolicies, days->front());

  ASSERT_EQ(report.bound_usd_size(), 2);
  for (const v1::PolicyResult& policy : report.policies()) {
    for (int day = 0; day < 2; ++day) EXPECT_LE(policy.profit_usd(day), report.bound_usd(day));
    EXPECT_TRUE(policy.has_mean_gap());
  }
}

class ResumeTest : public testing::Test {
 protected:
  ResumeTest() : path_(testing::TempDir() + "/evaluation_run_test.jsonl") {
    std::filesystem::remove(path_);
  }
  ~ResumeTest() override { std::filesystem::remove(path_); }

  std::unique_ptr<WorkFile> Open(const PlannedEvaluation& evaluation) const {
    v1::EvaluationWorkHeader header;
    *header.add_protocols() = evaluation.protocol;
    auto file = WorkFile::Open(path_, header);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

 private:
  const std::string path_;
};

TEST_F(ResumeTest, GoesOnWhereItWasStopped) {
  const PlannedEvaluation evaluation = Plan("paper", 4);
  const std::string whole = ReportOf(evaluation, {kPolicies, false, 1, FrozenHooks()});
  // A day asks a thousand times or so: the first run stops within its second day, the second within
  // the next one, and so on.
  std::size_t found = 0;
  for (int run = 0; run < 3; ++run) {
    const auto work = Open(evaluation);
    EXPECT_GE(work->found().size(), found);
    found = work->found().size();

    const auto days =
        RunEvaluations({evaluation}, {kPolicies, false, 1, StoppingHooks(1000)}, work.get());

    EXPECT_TRUE(absl::IsCancelled(days.status())) << days.status();
    EXPECT_THAT(std::string(days.status().message()), HasSubstr("the same command goes on"));
  }
  EXPECT_GT(found, 0U);
  EXPECT_LT(found, 8U);

  EXPECT_EQ(ReportOf(evaluation, {kPolicies, false, 2, FrozenHooks()}, Open(evaluation).get()),
            whole);
  EXPECT_EQ(Open(evaluation)->found().size(), 8U);  // each day once
}

TEST_F(ResumeTest, DoesNothingTwice) {
  const PlannedEvaluation evaluation = Plan("paper", 3);
  const std::string first =
      ReportOf(evaluation, {kPolicies, true, 1, FrozenHooks()}, Open(evaluation).get());

  // A run that may not do anything.
  EXPECT_EQ(ReportOf(evaluation, {kPolicies, true, 1, StoppingHooks(1)}, Open(evaluation).get()),
            first);
}

TEST_F(ResumeTest, TakesPoliciesThatComeLater) {
  const PlannedEvaluation evaluation = Plan("paper", 2);
  ReportOf(evaluation, {{"greedy"}, false, 1, FrozenHooks()}, Open(evaluation).get());

  const std::string both =
      ReportOf(evaluation, {kPolicies, false, 1, FrozenHooks()}, Open(evaluation).get());

  EXPECT_EQ(both, ReportOf(evaluation, {kPolicies, false, 1, FrozenHooks()}));
  EXPECT_EQ(Open(evaluation)->found().size(), 4U);
}

TEST(RunEvaluationsTest, SaysThatWorkIsLostWithoutAFile) {
  const auto days =
      RunEvaluations({Plan("paper", 2)}, {kPolicies, false, 1, StoppingHooks(1)}, nullptr);

  EXPECT_THAT(std::string(days.status().message()),
              HasSubstr("interrupted; 0 of 4 days are done and are lost; --state FILE"));
}

}  // namespace
}  // namespace skein::cli
