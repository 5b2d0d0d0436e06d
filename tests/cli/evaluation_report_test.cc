#include "cli/evaluation/evaluation_report.h"

#include "gtest/gtest.h"
#include "proto/codec/json.h"

namespace skein::cli {
namespace {

v1::FinishedDay Day(std::uint64_t seed, double profit_usd, int requests, int unserved) {
  v1::FinishedDay day;
  day.mutable_report()->set_seed(seed);
  day.mutable_report()->set_profit_usd(profit_usd);
  day.mutable_report()->set_requests(requests);
  day.mutable_report()->set_requests_unserved(unserved);
  day.mutable_report()->set_decisions(10);
  day.mutable_report()->set_mean_wait_s(60.0 * static_cast<double>(seed));
  return day;
}

v1::FinishedBound Bound(double usd) {
  v1::FinishedBound bound;
  bound.set_bound_usd(usd);
  return bound;
}

v1::EvaluationReport Report(const EvaluationDays& days, const std::vector<std::string>& policies) {
  PlannedEvaluation evaluation{"", {}, *DayNetworks::Create("paper", {})};
  evaluation.protocol.set_days(static_cast<int>(days.days[0].size()));
  return MakeEvaluationReport(evaluation, policies, days);
}

TEST(EvaluationReportTest, HasTheFiguresOfEachPolicy) {
  EvaluationDays days;
  days.days = {{Day(1, 100, 10, 4), Day(2, 300, 30, 8)}};
  days.days[0][0].set_decision_points(3);
  days.days[0][0].set_decision_s(0.3);
  days.days[0][0].set_longest_decision_s(0.2);
  days.days[0][1].set_decision_points(1);
  days.days[0][1].set_decision_s(0.5);
  days.days[0][1].set_longest_decision_s(0.5);
  days.bounds = {Bound(400), Bound(0)};

  const v1::EvaluationReport report = Report(days, {"greedy"});

  const v1::PolicyResult& policy = report.policies(0);
  EXPECT_EQ(policy.name(), "greedy");
  EXPECT_DOUBLE_EQ(policy.mean_profit_usd(), 200);
  EXPECT_DOUBLE_EQ(policy.sd_profit_usd(), 141.4213562373095);
  EXPECT_DOUBLE_EQ(policy.worst_decile_profit_usd(), 100);
  EXPECT_NEAR(policy.ci95_high_usd(), 200 + 12.7062047 * 100, 1e-4);
  EXPECT_DOUBLE_EQ(policy.mean_gap(), 0.75);        // of the first day alone
  EXPECT_DOUBLE_EQ(policy.unserved_share(), 0.3);   // 12 of 40
  EXPECT_DOUBLE_EQ(policy.mean_wait_s(), 90);       // of 60 and 120
  EXPECT_DOUBLE_EQ(policy.mean_decision_s(), 0.2);  // 0.8 s for 4
  EXPECT_DOUBLE_EQ(policy.longest_decision_s(), 0.5);
  EXPECT_EQ(policy.decisions(), 20);
  ASSERT_EQ(policy.days_size(), 2);
  EXPECT_EQ(policy.days(1).seed(), 2U);
  EXPECT_EQ(report.bound_usd_size(), 2);
}

TEST(EvaluationReportTest, ComparesAllPairs) {
  EvaluationDays days;
  days.days = {{Day(1, 1, 1, 0), Day(2, 2, 1, 0), Day(3, 3, 1, 0)},
               {Day(1, 3, 1, 0), Day(2, 2, 1, 0), Day(3, 7, 1, 0)},
               {Day(1, 0, 1, 0), Day(2, 0, 1, 0), Day(3, 0, 1, 0)}};

  const v1::EvaluationReport report = Report(days, {"a", "b", "c"});

  ASSERT_EQ(report.pairs_size(), 3);
  EXPECT_EQ(report.pairs(0).a() + report.pairs(0).b(), "ab");
  EXPECT_EQ(report.pairs(1).a() + report.pairs(1).b(), "ac");
  EXPECT_EQ(report.pairs(2).a() + report.pairs(2).b(), "bc");
  // Differences −2, 0, −4: mean −2, sd 2, standard error 2 ÷ √3, t(0.975; 2) = 4.302653.
  const v1::PolicyPair& pair = report.pairs(0);
  EXPECT_DOUBLE_EQ(pair.mean_difference_usd(), -2);
  EXPECT_NEAR(pair.ci95_low_usd(), -2 - 4.3026527 * 1.1547005, 1e-6);
  EXPECT_NEAR(pair.ci95_high_usd(), -2 + 4.3026527 * 1.1547005, 1e-6);
  EXPECT_DOUBLE_EQ(pair.effect_size(), -1);
  EXPECT_EQ(pair.days_a_better(), 0);
  EXPECT_EQ(pair.days_b_better(), 2);
}

TEST(EvaluationReportTest, LeavesOutWhatOneDayCannotTell) {
  EvaluationDays days;
  days.days = {{Day(1, 1, 0, 0)}, {Day(1, 3, 0, 0)}};

  const std::string json = codec::ToJson(Report(days, {"a", "b"}));

  for (const char* const absent : {"sdProfitUsd", "ci95", "effectSize", "meanGap", "NaN", "Inf"})
    EXPECT_EQ(json.find(absent), std::string::npos) << absent;
  EXPECT_NE(json.find("\"meanDifferenceUsd\":-2"), std::string::npos);
  EXPECT_NE(json.find("\"unservedShare\":0"), std::string::npos);
}

}  // namespace
}  // namespace skein::cli
