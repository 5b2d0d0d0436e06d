#include "server/metrics/metrics.h"

#include <cmath>
#include <string>

#include "httplib.h"
#include "server/metrics/prometheus_metrics.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::unique_ptr<PrometheusMetrics> Make(const std::string& host = "") {
  auto made = PrometheusMetrics::Create(
      {.host = host, .build = {"1.2.3", "abc"}, .store_folder = testing::TempDir()});
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

TEST(PrometheusMetricsTest, SplitsTheTimeOfAPolicyThatMakesFeatures) {
  const auto metrics = Make();
  DecisionSample sample;
  sample.inference_s = 3;
  metrics->Record(sample);
  sample.features_s = 0.25;
  sample.inference_s = 2;
  sample.guard_s = 1;
  metrics->Record(sample);

  const std::string text = metrics->Text();

  const std::string sum = "skein_dispatch_duration_seconds_sum{stage=";
  const std::string count = "skein_dispatch_duration_seconds_count{stage=";
  EXPECT_THAT(text, HasSubstr(sum + "\"features\"} 0.25\n"));
  EXPECT_THAT(text, HasSubstr(count + "\"features\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(sum + "\"inference\"} 5\n"));
  EXPECT_THAT(text, HasSubstr(sum + "\"total\"} 6.25\n"));
}

TEST(PrometheusMetricsTest, ShowsTheDriftOfAPolicyWhileItIsKnown) {
  const auto metrics = Make();
  NetworkSample sample;
  sample.network = "a";
  sample.state = NetworkState::kActive;
  metrics->Record(sample);
  EXPECT_THAT(metrics->Text(), Not(HasSubstr("drift")));
  sample.drift = PolicyDrift{1, 2, 3, 4, 5, 6};

  metrics->Record(sample);

  const std::string choices = "skein_policy_drift_ratio{block=\"choices\",network=\"a\"} ";
  EXPECT_THAT(metrics->Text(), HasSubstr(choices + "6\n"));
  EXPECT_THAT(metrics->Text(), HasSubstr("{block=\"vertiports\",network=\"a\"} 1\n"));
  sample.state = NetworkState::kFollowing;
  metrics->Record(sample);
  EXPECT_THAT(metrics->Text(), HasSubstr(choices + "0\n"));
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
  for (std::size_t k = 0; k < PrometheusNetworks::kMaxNetworks + 3; ++k) {
    NetworkSample sample;
    sample.network = "n" + std::to_string(k);
    sample.state = NetworkState::kActive;
    sample.aircraft[0] = 2;
    sample.refusals[1] = 1;
    metrics->Record(sample);
    sample.aircraft[0] = 1;
    metrics->Record(sample);
  }

  const std::string text = metrics->Text();

  EXPECT_THAT(text, HasSubstr("skein_fleet_aircraft{network=\"n0\",state=\"ready\"} 1"));
  EXPECT_THAT(text, HasSubstr("skein_fleet_aircraft{network=\"other\",state=\"ready\"} 3"));
  EXPECT_THAT(text, Not(HasSubstr("\"n64\"")));
  EXPECT_THAT(text, HasSubstr("skein_networks{state=\"active\"} 67"));
  EXPECT_THAT(text, HasSubstr("skein_guard_refusals_total{rule=\"G1\"} 134"));
}

NetworkSample WithVertiports(const std::string& network, std::size_t count) {
  NetworkSample sample;
  sample.network = network;
  sample.state = NetworkState::kActive;
  for (std::size_t k = 0; k < count; ++k) {
    sample.vertiports.push_back({.stands = 4, .stands_occupied = 1});
    sample.vertiport_names.push_back("V" + std::to_string(k));
  }
  return sample;
}

TEST(PrometheusMetricsTest, BoundsTheLabelsOfVertiports) {
  const auto metrics = Make();
  metrics->Record(WithVertiports("a", PrometheusNetworks::kMaxVertiportLabels - 1));
  metrics->Record(WithVertiports("b", 3));
  metrics->Record(WithVertiports("c", 1));

  const std::string text = metrics->Text();

  EXPECT_THAT(text, HasSubstr("skein_stands{network=\"a\",vertiport=\"V0\"} 4"));
  EXPECT_THAT(text, HasSubstr("skein_stands_occupied{network=\"b\",vertiport=\"other\"} 3"));
  EXPECT_THAT(text, HasSubstr("skein_stands{network=\"c\",vertiport=\"V0\"} 4"));
}

TEST(PrometheusMetricsTest, FollowsTheStateOfANetwork) {
  const auto metrics = Make();
  NetworkSample sample = WithVertiports("a", 1);
  metrics->Record(sample);
  sample.state = NetworkState::kQuarantined;

  metrics->Record(sample);

  EXPECT_THAT(metrics->Text(), HasSubstr("skein_networks{state=\"active\"} 0"));
  EXPECT_THAT(metrics->Text(), HasSubstr("skein_networks{state=\"quarantined\"} 1"));
}

TEST(PrometheusMetricsTest, LeavesTheFiguresOfANetworkToItsWriter) {
  const auto metrics = Make();
  NetworkSample sample = WithVertiports("a", 1);
  sample.journal_sequence = 7;
  sample.oldest_point_ms = 400'000;
  sample.growth.flights = 1;
  metrics->Record(sample);
  sample.state = NetworkState::kFollowing;
  sample.journal_sequence = 8;

  metrics->Record(sample);

  const std::string text = metrics->Text();
  EXPECT_THAT(text, HasSubstr("skein_journal_sequence{network=\"a\"} 8"));
  EXPECT_THAT(text, HasSubstr("skein_stands{network=\"a\",vertiport=\"V0\"} 0"));
  EXPECT_THAT(text, HasSubstr("skein_flights_total{network=\"a\"} 1"));
  EXPECT_THAT(text, HasSubstr("skein_oldest_decision_point_seconds{network=\"a\"} 0"));
}

TEST(PrometheusMetricsTest, ShowsWhoWritesOnceItIsKnown) {
  const auto metrics = Make();
  EXPECT_THAT(metrics->Text(), Not(HasSubstr("skein_writer")));

  metrics->Record(WriterSample{.epoch = 3, .leads = true, .store_connections = 1});
  metrics->Record(WriterSample{.epoch = 3, .leads = true, .store_connections = 2});

  EXPECT_THAT(metrics->Text(), HasSubstr("skein_writer_epoch 3"));
  EXPECT_THAT(metrics->Text(), HasSubstr("skein_writer_leads 1"));
  EXPECT_THAT(metrics->Text(), HasSubstr("skein_store_connections_total 2"));
}

TEST(PrometheusMetricsTest, ShowsMoneyEnergyAndTimeInBaseUnits) {
  const auto metrics = Make();
  NetworkSample sample = WithVertiports("a", 1);
  sample.time_ms = 1500;
  sample.profit_cents = 123456;
  sample.today.revenue_cents = 29;
  sample.growth.energy_wh = 2;
  sample.growth.wait_ms_sum = 2500;

  metrics->Record(sample);
  metrics->Record(sample);

  const std::string text = metrics->Text();
  EXPECT_THAT(text, HasSubstr("skein_network_clock_seconds{network=\"a\"} 1.5"));
  EXPECT_THAT(text, HasSubstr("skein_profit_usd{network=\"a\"} 1234.56\n"));
  EXPECT_THAT(text, HasSubstr("skein_day_revenue_usd{network=\"a\"} 0.29\n"));
  EXPECT_THAT(text, HasSubstr("skein_charged_energy_joules_total{network=\"a\"} 14400"));
  EXPECT_THAT(text, HasSubstr("skein_passenger_wait_seconds_total{network=\"a\"} 5"));
}

TEST(PrometheusMetricsTest, CountsCallsByMethodAndCode) {
  const auto metrics = Make();
  RpcSample sample;
  sample.method = "FleetService/GetFleet";
  for (int k = 0; k < 3; ++k)
    metrics->Record(RpcSample{.method = "FleetService/GetFleet", .finished = false});
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
  EXPECT_THAT(text, HasSubstr("skein_rpc_in_flight_requests{method=\"FleetService/GetFleet\"} 1"));
}

TEST(PrometheusMetricsTest, ServesAPage) {
  const auto metrics = Make("127.0.0.1");
  ASSERT_GT(metrics->port(), 0);
  EXPECT_EQ(Make()->port(), 0);
  httplib::Client client("127.0.0.1", metrics->port());

  const auto page = client.Get("/metrics");

  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(page->body, HasSubstr("skein_build_info"));
  EXPECT_EQ(client.Get("/")->status, 404);
}

TEST(PrometheusMetricsTest, SaysWhenThePageCannotBeOpened) {
  const auto first = Make("127.0.0.1");

  const auto second = PrometheusMetrics::Create({.host = "127.0.0.1", .port = first->port()});

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
  EXPECT_THAT(text, HasSubstr("skein_stands_occupied{network=\"a\",vertiport=\"A\"}"));
}

TEST_F(ControllerMetricsTest, CountsRefusalsOfOperators) {
  owned_metrics_ = Make();
  metrics_ = owned_metrics_.get();
  Restart();
  ASSERT_TRUE(Create("a").ok());
  v1::OverrideDecisionRequest request;  // before opening time nothing may leave: rule G9
  request.set_network("networks/a");
  request.set_request_id("o-1");
  request.mutable_decision()->set_aircraft("N1");
  request.mutable_decision()->mutable_hold();
  ASSERT_TRUE(Ask(controller(), &Controller::OverrideDecision, request).ok());
  clock_.Advance(1000);
  ASSERT_TRUE(Get("a").ok());
  controller().Drain();

  const std::string text = static_cast<PrometheusMetrics&>(*metrics_).Text();

  EXPECT_THAT(text, HasSubstr("skein_guard_refusals_total{rule=\"G9\"} 1"));
}

}  // namespace
}  // namespace skein::server
