#include "server/console/policy_monitor.h"

#include <gtest/gtest.h>

namespace skein::server {
namespace {

DecisionSample Sample(DecisionOutcome outcome, double policy_s) {
  DecisionSample sample;
  sample.network = "a";
  sample.policy = "greedy";
  sample.outcome = outcome;
  sample.queue_s = 1;
  sample.features_s = policy_s / 2;
  sample.inference_s = policy_s / 2;
  sample.guard_s = 2;
  sample.journal_s = 4;
  return sample;
}

class CountingNext : public NoMetrics {
 public:
  void Record(const DecisionSample&) override { ++decisions; }
  int decisions = 0;
};

TEST(PolicyMonitorTest, CountsFallbacksAndHandsEverythingOn) {
  CountingNext next;
  PolicyMonitor monitor(&next);

  monitor.Record(Sample(DecisionOutcome::kPolicy, 0.25));
  monitor.Record(Sample(DecisionOutcome::kFallbackDeadline, 0.5));
  monitor.Record(Sample(DecisionOutcome::kFallbackRefused, 0.25));
  monitor.Record(Sample(DecisionOutcome::kOperator, 100));  // not the policy's doing

  const v1::PolicyHealth health = monitor.HealthOf("a");
  EXPECT_EQ(next.decisions, 4);
  EXPECT_EQ(health.policy(), "greedy");
  EXPECT_EQ(health.decisions(), 3);
  EXPECT_EQ(health.fallback_deadline(), 1);
  EXPECT_EQ(health.fallback_refused(), 1);
  EXPECT_EQ(health.fallback_non_finite(), 0);
  EXPECT_EQ(health.fallback_unavailable(), 0);
  EXPECT_EQ(health.policy_s_p50(), 0.25);
  EXPECT_EQ(health.policy_s_p95(), 0.5);
  EXPECT_EQ(health.total_s_p50(), 7.25);
  EXPECT_EQ(health.total_s_p95(), 7.5);
}

TEST(PolicyMonitorTest, RemembersTheLatestOnly) {
  NoMetrics next;
  PolicyMonitor monitor(&next);
  for (int k = 0; k < 100; ++k) monitor.Record(Sample(DecisionOutcome::kFallbackDeadline, 9));
  for (std::size_t k = 0; k < PolicyMonitor::kWindow; ++k)
    monitor.Record(Sample(DecisionOutcome::kPolicy, 0.125));

  const v1::PolicyHealth health = monitor.HealthOf("a");
  EXPECT_EQ(health.decisions(), 512);
  EXPECT_EQ(health.fallback_deadline(), 0);
  EXPECT_EQ(health.policy_s_p95(), 0.125);
}

TEST(PolicyMonitorTest, StartsAnewWithAnotherPolicyAndKnowsNothingOfOtherNetworks) {
  NoMetrics next;
  PolicyMonitor monitor(&next);
  monitor.Record(Sample(DecisionOutcome::kFallbackDeadline, 1));
  DecisionSample other = Sample(DecisionOutcome::kPolicy, 1);
  other.policy = "rolling";
  monitor.Record(other);

  EXPECT_EQ(monitor.HealthOf("a").policy(), "rolling");
  EXPECT_EQ(monitor.HealthOf("a").decisions(), 1);
  EXPECT_EQ(monitor.HealthOf("a").fallback_deadline(), 0);
  EXPECT_EQ(monitor.HealthOf("b").decisions(), 0);
  EXPECT_EQ(monitor.HealthOf("b").policy_s_p50(), 0);
}

}  // namespace
}  // namespace skein::server
