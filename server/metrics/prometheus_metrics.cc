#include "server/metrics/prometheus_metrics.h"

#include <prometheus/text_serializer.h>

#include <cmath>
#include <utility>
#include <vector>

#include "server/http/http_server.h"
#include "server/metrics/prometheus_process.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

using prometheus::Histogram;

constexpr const char* kStages[] = {"queue", "observe", "features", "inference",
                                   "guard", "journal", "total"};
constexpr std::size_t kFeaturesStage = 2;
constexpr const char* kOutcomes[kDecisionOutcomeCount] = {"policy",
                                                          "operator",
                                                          "fallback_deadline",
                                                          "fallback_non_finite",
                                                          "fallback_refused",
                                                          "fallback_unavailable"};

// From 10 microseconds to 10 seconds.
const Histogram::BucketBoundaries kSecondsBuckets = {
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,   0.05,     0.1,     0.25,   0.5,     1,      2.5,   5,      10};
const Histogram::BucketBoundaries kCountBuckets = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

constexpr int kPageThreads = 2;
constexpr const char* kPageFormat = "text/plain; version=0.0.4; charset=utf-8";

// "captain:file" and "external:host:port" are one policy each, whatever stands behind the colon.
std::string KindOf(const std::string& policy) { return policy.substr(0, policy.find(':')); }

}  // namespace

PrometheusMetrics::PrometheusMetrics(const PrometheusOptions& options)
    : registry_(std::make_shared<prometheus::Registry>()),
      process_(MakeProcessMetrics(options.store_folder)),
      networks_(*registry_),
      writer_(*registry_),
      decisions_(Counters(*registry_, "skein_decisions_total")),
      rpc_requests_(Counters(*registry_, "skein_rpc_requests_total")),
      rpc_duration_(Histograms(*registry_, "skein_rpc_duration_seconds")),
      rpc_in_flight_(Gauges(*registry_, "skein_rpc_in_flight_requests")) {
  prometheus::Registry& r = *registry_;
  auto* fallbacks = Counters(r, "skein_fallback_decisions_total");
  for (std::size_t k = 0; k < fallbacks_.size(); ++k) {
    const std::string outcome = kOutcomes[k];
    const std::string prefix = "fallback_";
    if (outcome.compare(0, prefix.size(), prefix) == 0)
      fallbacks_[k] = &fallbacks->Add({{"reason", outcome.substr(prefix.size())}});
  }
  auto* stages = Histograms(r, "skein_dispatch_duration_seconds");
  for (std::size_t k = 0; k < stages_.size(); ++k)
    stages_[k] = &stages->Add({{"stage", kStages[k]}}, kSecondsBuckets);
  commit_duration_ = &Histograms(r, "skein_store_duration_seconds")
                          ->Add({{"operation", "commit"}}, kSecondsBuckets);
  commit_records_ = &Histograms(r, "skein_store_commit_records")->Add({}, kCountBuckets);
  commit_requests_ = &Histograms(r, "skein_store_commit_requests")->Add({}, kCountBuckets);
  commit_failures_ = &Counters(r, "skein_store_commit_failures_total")->Add({});
  store_waiting_ = &Gauges(r, "skein_store_waiting_requests")->Add({});
  dropped_values_ = &Counters(r, "skein_metrics_dropped_values_total")->Add({});
  Gauges(r, "skein_build_info")
      ->Add({{"version", options.build.version}, {"commit", options.build.commit}})
      .Set(1);
}

absl::StatusOr<std::unique_ptr<PrometheusMetrics>> PrometheusMetrics::Create(
    const PrometheusOptions& options) {
  std::unique_ptr<PrometheusMetrics> metrics(new PrometheusMetrics(options));
  if (options.host.empty()) return metrics;
  const HttpServer::Options http{
      .host = options.host, .port = options.port, .threads = kPageThreads};
  SKEIN_ASSIGN_OR_RETURN(
      metrics->page_,
      HttpServer::Start(http, [self = metrics.get()](const auto& request, auto& response) {
        if (request.path == "/metrics" && request.method == "GET")
          response.set_content(self->Text(), kPageFormat);
        else
          response.status = 404;
      }));
  return metrics;
}

PrometheusMetrics::~PrometheusMetrics() = default;

int PrometheusMetrics::port() const { return page_ == nullptr ? 0 : page_->port(); }

std::string PrometheusMetrics::Text() const {
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  for (prometheus::MetricFamily& family : process_->Collect())
    families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

void PrometheusMetrics::Observe(Histogram* histogram, double value) {
  if (std::isfinite(value))
    histogram->Observe(value);
  else
    dropped_values_->Increment();
}

std::string PrometheusMetrics::PolicyLabel(const std::string& policy) {
  const std::string kind = KindOf(policy);
  const auto known = policy_labels_.find(kind);
  if (known != policy_labels_.end()) return known->second;
  if (policy_labels_.size() >= kMaxPolicies) return kOtherLabel;
  return policy_labels_[kind] = kind;
}

void PrometheusMetrics::Record(const DecisionSample& sample) {
  const auto outcome = static_cast<std::size_t>(sample.outcome);
  {
    MutexLock lock(&mutex_);
    const std::array<std::string, 3> key{PolicyLabel(sample.policy), kOutcomes[outcome],
                                         sample.action == ActionKind::kFly ? "fly" : "hold"};
    prometheus::Counter*& counter = decision_counters_[key];
    if (counter == nullptr)
      counter = &decisions_->Add({{"policy", key[0]}, {"outcome", key[1]}, {"action", key[2]}});
    counter->Increment();
  }
  if (fallbacks_[outcome] != nullptr) fallbacks_[outcome]->Increment();
  const double stages[] = {sample.queue_s, sample.observe_s, sample.features_s, sample.inference_s,
                           sample.guard_s, sample.journal_s, sample.total_s()};
  for (std::size_t k = 0; k < stages_.size(); ++k)
    if (k != kFeaturesStage || sample.features_s != 0) Observe(stages_[k], stages[k]);
}

void PrometheusMetrics::Record(const CommitSample& sample) {
  Observe(commit_duration_, sample.duration_s);
  Observe(commit_records_, static_cast<double>(sample.records));
  Observe(commit_requests_, static_cast<double>(sample.requests));
  store_waiting_->Set(static_cast<double>(sample.waiting));
  if (!sample.ok) commit_failures_->Increment();
}

PrometheusMetrics::MethodMetrics& PrometheusMetrics::MethodOf(const std::string& method) {
  const bool full = methods_.size() >= kMaxMethods;
  const std::string label = full && !methods_.contains(method) ? kOtherLabel : method;
  MethodMetrics& metrics = methods_[label];
  if (metrics.duration == nullptr) {
    metrics.label = label;
    metrics.duration = &rpc_duration_->Add({{"method", label}}, kSecondsBuckets);
    metrics.in_flight = &rpc_in_flight_->Add({{"method", label}});
  }
  return metrics;
}

void PrometheusMetrics::Record(const RpcSample& sample) {
  MutexLock lock(&mutex_);
  MethodMetrics& metrics = MethodOf(sample.method);
  if (!sample.finished) return metrics.in_flight->Increment();
  prometheus::Counter*& counter = metrics.requests[sample.code];
  if (counter == nullptr)
    counter = &rpc_requests_->Add(
        {{"method", metrics.label}, {"code", absl::StatusCodeToString(sample.code)}});
  counter->Increment();
  metrics.in_flight->Decrement();
  Observe(metrics.duration, sample.duration_s);
}

}  // namespace skein::server
