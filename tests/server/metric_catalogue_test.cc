#include "server/metrics/metric_catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "server/metrics/prometheus_metrics.h"

namespace skein::server {
namespace {

std::string NameOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter: return "counter";
    case MetricType::kGauge: return "gauge";
    case MetricType::kHistogram: return "histogram";
  }
  return "";
}

// A page on which every metric has a value.
std::string FullPage() {
  auto metrics = PrometheusMetrics::Create({.store_folder = testing::TempDir()}).value();
  NetworkSample network;
  network.network = "a";
  network.state = NetworkState::kActive;
  network.vertiports.emplace_back();
  network.vertiport_names.emplace_back("A");
  network.landed_today = true;
  network.drift = PolicyDrift{};
  metrics->Record(network);
  metrics->Record(DecisionSample{.network = "a", .policy = "greedy"});
  metrics->Record(CommitSample{});
  metrics->Record(RpcSample{.method = "FleetService/GetFleet"});
  metrics->Record(WriterSample{});
  return metrics->Text();
}

TEST(MetricCatalogueTest, ListsExactlyWhatThePageShows) {
  std::map<std::string, std::string> listed;  // name to type
  for (const MetricSection& section : MetricCatalogue())
    for (const MetricInfo& metric : section.metrics) listed[metric.name] = NameOf(metric.type);
  std::map<std::string, std::string> shown;
  std::istringstream page(FullPage());
  for (std::string line; std::getline(page, line);) {
    std::istringstream words(line);
    std::string hash, kind, name, type;
    words >> hash >> kind >> name >> type;
    if (hash == "#" && kind == "TYPE") shown[name] = type;
  }

  EXPECT_EQ(shown, listed);
}

TEST(MetricCatalogueTest, NamesTheLabelsThatThePageShows) {
  const std::string page = FullPage();
  for (const MetricSection& section : MetricCatalogue())
    for (const MetricInfo& metric : section.metrics) {
      std::istringstream labels(metric.labels);
      for (std::string label; std::getline(labels >> std::ws, label, ',');)
        EXPECT_THAT(page, testing::ContainsRegex(std::string(metric.name) + "[a-z_]*\\{[^}]*" +
                                                 label + "="));
    }
}

TEST(MetricCatalogueTest, IsInTheDocumentation) {
  std::ifstream file(std::string(SKEIN_SOURCE_DIR) + "/docs/metrics.md");
  std::stringstream text;
  text << file.rdbuf();

  EXPECT_EQ(text.str(), MetricsMarkdown()) << "write it: skein metrics > docs/metrics.md";
}

}  // namespace
}  // namespace skein::server
