#pragma once

#include <span>
#include <string>
#include <string_view>

namespace skein::server {

enum class MetricType { kCounter, kGauge, kHistogram };

// What a metric is, and which question of an operator it answers.
struct MetricInfo {
  const char* name;
  MetricType type;
  const char* labels;    // "method, code"; empty if it has none
  const char* help;      // what is counted
  const char* question;  // that it answers
};

// Metrics that are read together.
struct MetricSection {
  const char* title;
  std::span<const MetricInfo> metrics;
};

// Every metric of the metrics page. The page, its documentation, the dashboards and the alerts are
// checked against this list.
std::span<const MetricSection> MetricCatalogue();

// Requires: the catalogue has it.
const MetricInfo& MetricNamed(std::string_view name);

// The catalogue as docs/metrics.md.
std::string MetricsMarkdown();

}  // namespace skein::server
