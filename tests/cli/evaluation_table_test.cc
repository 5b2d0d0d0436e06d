#include "cli/evaluation/evaluation_table.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace skein::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::PolicyResult Policy(const std::string& name, double profit_usd) {
  v1::PolicyResult policy;
  policy.set_name(name);
  policy.set_mean_profit_usd(profit_usd);
  policy.set_ci95_low_usd(profit_usd - 123456);
  policy.set_ci95_high_usd(profit_usd + 123456);
  policy.set_worst_decile_profit_usd(-profit_usd);
  policy.set_mean_decision_s(profit_usd / 1e9);
  return policy;
}

v1::PolicyPair Pair(const std::string& a, const std::string& b, double low, double high) {
  v1::PolicyPair pair;
  pair.set_a(a);
  pair.set_b(b);
  pair.set_mean_difference_usd((low + high) / 2);
  pair.set_ci95_low_usd(low);
  pair.set_ci95_high_usd(high);
  pair.set_effect_size(low < 0 ? -0.5 : 0.5);
  pair.set_days_a_better(3);
  pair.set_days_b_better(97);
  return pair;
}

v1::EvaluationReport Report() {
  v1::EvaluationReport report;
  report.mutable_protocol()->set_scenario("paper");
  report.mutable_protocol()->set_days(100);
  report.mutable_protocol()->set_first_seed(1'000'000);
  *report.add_policies() = Policy("poor", 1'000);
  *report.add_policies() = Policy("external:dispatcher.example.org:50052", 12'345'678);
  *report.add_policies() = Policy("fair", 2'000);
  report.mutable_policies(1)->set_mean_gap(0.4321);
  *report.add_pairs() = Pair("poor", "external:dispatcher.example.org:50052", -9e6, -7e6);
  *report.add_pairs() = Pair("poor", "fair", -1'500, 100);
  return report;
}

TEST(EvaluationTableTest, FitsIntoAHundredColumns) {
  std::istringstream lines(EvaluationTable(Report()));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(EvaluationTableTest, PutsTheBestPolicyFirst) {
  const std::string text = EvaluationTable(Report());

  EXPECT_LT(text.find("12,345,678"), text.find("\nfair"));
  EXPECT_LT(text.find("\nfair"), text.find("\npoor"));
  EXPECT_THAT(text, HasSubstr("43.2"));
}

TEST(EvaluationTableTest, TurnsPairsSoThatTheDifferenceIsAGain) {
  const std::string text = EvaluationTable(Report());

  EXPECT_THAT(text, HasSubstr("fair - poor"));
  EXPECT_THAT(text, HasSubstr("     +700"));
  EXPECT_THAT(text, HasSubstr("-100 ..    +1,500"));
  EXPECT_THAT(text, HasSubstr("97/100 *"));
  EXPECT_LT(text.find("+8,000,000"), text.find("+700"));
  EXPECT_THAT(text, HasSubstr("do not tell the two apart"));
}

TEST(EvaluationTableTest, SaysNothingOfIntervalsThatThereAreNot) {
  v1::EvaluationReport report = Report();
  report.mutable_protocol()->set_days(1);
  for (v1::PolicyPair& pair : *report.mutable_pairs()) {
    pair.clear_ci95_low_usd();
    pair.clear_ci95_high_usd();
    pair.clear_effect_size();
  }

  const std::string text = EvaluationTable(report);

  EXPECT_THAT(text, HasSubstr("one day has no intervals"));
  EXPECT_THAT(text, Not(HasSubstr("tell the two apart")));
}

TEST(EvaluationTableTest, NamesOnlyChangesThatChangeAnything) {
  v1::EvaluationReport report = Report();
  v1::ScenarioChanges& changes = *report.mutable_protocol()->mutable_changes();
  changes.set_failure_factor(3);
  changes.set_corridor_closure_factor(1);
  changes.set_demand_factor(1);
  changes.set_charger_factor(0.5);
  changes.set_foggy_mornings_only(true);

  EXPECT_THAT(EvaluationTable(report),
              HasSubstr("changed: failureFactor 3, chargerFactor 0.5, foggyMorningsOnly\n"));
}

}  // namespace
}  // namespace skein::cli
