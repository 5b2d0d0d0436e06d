#include "cli/evaluation/evaluation_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "policy/evaluation/statistics.h"

namespace skein::cli {
namespace {

std::span<const double> SpanOf(const google::protobuf::RepeatedField<double>& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

// How long the policy took to decide, over all days.
void SetDecisionTimes(const std::vector<v1::FinishedDay>& days, v1::PolicyResult* result) {
  std::int64_t points = 0;
  double total_s = 0;
  double longest_s = 0;
  for (const v1::FinishedDay& day : days) {
    points += day.decision_points();
    total_s += day.decision_s();
    longest_s = std::max(longest_s, day.longest_decision_s());
  }
  result->set_mean_decision_s(points == 0 ? 0 : total_s / static_cast<double>(points));
  result->set_longest_decision_s(longest_s);
}

// What passengers and the fleet saw.
void SetService(const std::vector<v1::FinishedDay>& days, v1::PolicyResult* result) {
  std::int64_t requests = 0;
  std::int64_t unserved = 0;
  std::int64_t decisions = 0;
  double wait_s = 0;
  double load_factor = 0;
  for (const v1::FinishedDay& day : days) {
    const v1::DayReport& report = day.report();
    requests += report.requests();
    unserved += report.requests_unserved();
    decisions += report.decisions();
    wait_s += report.mean_wait_s();
    load_factor += report.load_factor();
    *result->add_days() = report;
  }
  const auto count = static_cast<double>(days.size());
  if (requests > 0)
    result->set_unserved_share(static_cast<double>(unserved) / static_cast<double>(requests));
  result->set_decisions(decisions);
  result->set_mean_wait_s(wait_s / count);
  result->set_mean_load_factor(load_factor / count);
}

v1::PolicyResult ResultOf(const std::string& name, const std::vector<v1::FinishedDay>& days,
                          std::span<const double> bound_usd) {
  v1::PolicyResult result;
  result.set_name(name);
  for (const v1::FinishedDay& day : days) result.add_profit_usd(day.report().profit_usd());
  const std::span<const double> profits = SpanOf(result.profit_usd());
  result.set_mean_profit_usd(policy::Mean(profits));
  if (const auto sd = policy::StandardDeviation(profits)) result.set_sd_profit_usd(*sd);
  if (const auto interval = policy::MeanInterval95(profits)) {
    result.set_ci95_low_usd(interval->low);
    result.set_ci95_high_usd(interval->high);
  }
  result.set_worst_decile_profit_usd(policy::WorstDecileMean(profits));
  if (!bound_usd.empty())
    if (const auto gap = policy::MeanGap(bound_usd, profits)) result.set_mean_gap(*gap);
  SetDecisionTimes(days, &result);
  SetService(days, &result);
  return result;
}

v1::PolicyPair Compare(const v1::PolicyResult& a, const v1::PolicyResult& b) {
  const policy::PairedComparison comparison =
      policy::ComparePaired(SpanOf(a.profit_usd()), SpanOf(b.profit_usd()));
  v1::PolicyPair pair;
  pair.set_a(a.name());
  pair.set_b(b.name());
  pair.set_mean_difference_usd(comparison.mean_difference);
  if (comparison.ci95.has_value()) {
    pair.set_ci95_low_usd(comparison.ci95->low);
    pair.set_ci95_high_usd(comparison.ci95->high);
  }
  if (comparison.effect_size.has_value()) pair.set_effect_size(*comparison.effect_size);
  pair.set_days_a_better(comparison.a_better);
  pair.set_days_b_better(comparison.b_better);
  return pair;
}

}  // namespace

v1::EvaluationReport MakeEvaluationReport(const PlannedEvaluation& evaluation,
                                          const std::vector<std::string>& policies,
                                          const EvaluationDays& days) {
  v1::EvaluationReport report;
  report.set_name(evaluation.name);
  *report.mutable_protocol() = evaluation.protocol;
  report.set_interval_method(policy::kIntervalMethod);
  for (const v1::FinishedBound& bound : days.bounds) report.add_bound_usd(bound.bound_usd());
  for (std::size_t k = 0; k < policies.size(); ++k)
    *report.add_policies() = ResultOf(policies[k], days.days[k], SpanOf(report.bound_usd()));
  for (int a = 0; a < report.policies_size(); ++a)
    for (int b = a + 1; b < report.policies_size(); ++b)
      *report.add_pairs() = Compare(report.policies(a), report.policies(b));
  return report;
}

}  // namespace skein::cli
