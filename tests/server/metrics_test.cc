#include "server/metrics.h"

#include <cmath>
#include <string>

#include "server/prometheus_metrics.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::unique_ptr<PrometheusMetrics> Make(const std::string& address = "") {
  auto made = PrometheusMetrics::Create(address, {"1.2.3", "abc"});
  EXPECT_TRUE(made.ok()) << made.status();
  return std::move(made).value();
}

TEST(PrometheusMetricsTest, SaysWhatWasBuilt) {
  EXPECT_THAT(Make()->Text(), HasSubstr("skein_build_info{commit=\"abc\",version=\"1.2.3\"} 1"));
}

TEST(PrometheusMetricsTest, CountsDecisionsByWhoAnswered) {
  const auto metrics = Make();
  DecisionSample sample;
  sample.policy = "external:127.0.0.1:4711";
  metrics->Record(sample);
  sample.outcome = DecisionOutcome::kFallbackDeadline;
  sample.action = ActionKind::kFly;
  metrics->Record(sample);

  const std::string text = metrics->Text();

  EXPECT_THAT(text, HasSubstr("skein_decisions_total{action=\"hold\",outcome=\"policy\","
                              "policy=\"external\"} 1"));
  EXPECT_THAT(text, HasSubstr("outcome=\"fallback_deadline\""));
  EXPECT_THAT(text, HasSubstr("skein_fallback_decisions_total{reason=\"deadline\"} 1"));
  EXPECT_THAT(text, HasSubstr("skein_dispatch_duration_seconds_count{stage=\"total\"} 2"));
}

TEST(PrometheusMetricsTest, DropsAndCountsNumbersThatAreNotFinite) {
  const auto metrics = Make();
  CommitSample sample;
  sample.duration_s = std::nan("");

  metrics->Record(sample);

  const std::string text = metrics->Text();
  EXPECT_THAT(text, HasSubstr("skein_metrics_dropped_values_total 1"));
  EXPECT_THAT(text, Not(HasSubstr("Nan")));
  EXPECT_THAT(text, HasSubstr("skein_store_duration_seconds_count{operation=\"commit\"} 0"));
}

TEST(PrometheusMetricsTest, ShowsNetworksAndBoundsTheirLabels) {
  const auto metrics = Make();
  for (std::size_t k = 0; k < PrometheusMetrics::kMaxNetworks + 3; ++k) {
    NetworkSample sample;
    sample.network = "n" + std::to_string(k);
    sample.aircraft[0] = 2;
    sample.quarantined = k == 0;
    sample.refusals[1] = 1;
    metrics->Record(sample);
    sample.aircraft[0] = 1;
    metrics->Record(sample);
  }

  const std::string text = metrics->Text();

  EXPECT_THAT(text, HasSubstr("skein_fleet_aircraft{network=\"n0\",state=\"ready\"} 1"));
  EXPECT_THAT(text, HasSubstr("skein_fleet_aircraft{network=\"other\",state=\"ready\"} 3"));
  EXPECT_THAT(text, Not(HasSubstr("\"n64\"")));
  EXPECT_THAT(text, HasSubstr("skein_networks 67"));
  EXPECT_THAT(text, HasSubstr("skein_networks_quarantined 1"));
  EXPECT_THAT(text, HasSubstr("skein_guard_refusals_total{rule=\"G1\"} 134"));
}

TEST(PrometheusMetricsTest, CountsCallsByMethodAndCode) {
  const auto metrics = Make();
  RpcSample sample;
  sample.method = "FleetService/GetFleet";
  metrics->Record(sample);
  sample.code = absl::StatusCode::kNotFound;
  metrics->Record(sample);
  for (int k = 0; k < 100; ++k) {
    sample.method = "Unknown/" + std::to_string(k);
    metrics->Record(sample);
  }

  const std::string text = metrics->Text();

  EXPECT_THAT(text, HasSubstr("skein_rpc_requests_total{code=\"OK\","
                              "method=\"FleetService/GetFleet\"} 1"));
  EXPECT_THAT(text, HasSubstr("code=\"NOT_FOUND\",method=\"FleetService/GetFleet\"} 1"));
  EXPECT_THAT(text, HasSubstr("method=\"other\"} 37"));
}

TEST(PrometheusMetricsTest, ServesAPage) {
  EXPECT_GT(Make("127.0.0.1:0")->port(), 0);
  EXPECT_EQ(Make()->port(), 0);
}

TEST(PrometheusMetricsTest, SaysWhenThePageCannotBeOpened) {
  const auto first = Make("127.0.0.1:0");
  const std::string taken = "127.0.0.1:" + std::to_string(first->port());

  const auto second = PrometheusMetrics::Create(taken, {});

  EXPECT_THAT(second.status(), HasCode(absl::StatusCode::kUnavailable));
}

using ControllerMetricsTest = ControllerTest;

TEST_F(ControllerMetricsTest, CountsWhatItDoes) {
  owned_metrics_ = Make();
  metrics_ = owned_metrics_.get();
  Restart();
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());
  clock_.Advance(1000);
  ASSERT_TRUE(Get("a").ok());
  controller().Drain();

  const std::string text = static_cast<PrometheusMetrics&>(*metrics_).Text();

  EXPECT_THAT(text, HasSubstr("skein_decisions_total{action=\"hold\",outcome=\"policy\","
                              "policy=\"greedy\"} 1"));
  EXPECT_THAT(text, HasSubstr("skein_fleet_aircraft{network=\"a\",state=\"ready\"} 3"));
  EXPECT_THAT(text, HasSubstr("skein_journal_sequence{network=\"a\"} 2"));
  EXPECT_THAT(text, HasSubstr("skein_open_decision_points{network=\"a\"} 2"));
  EXPECT_THAT(text, HasSubstr("skein_store_commit_requests_sum"));
}

}  // namespace
}  // namespace skein::server
