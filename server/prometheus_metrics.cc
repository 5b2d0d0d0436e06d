#include "server/prometheus_metrics.h"

#include <prometheus/text_serializer.h>

#include <cmath>
#include <exception>
#include <vector>

#include "absl/strings/str_cat.h"

namespace skein::server {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Histogram;

constexpr const char* kOther = "other";
constexpr const char* kStages[] = {"queue", "policy", "guard", "store", "total"};
constexpr const char* kOutcomes[kDecisionOutcomeCount] = {"policy",
                                                          "operator",
                                                          "fallback_deadline",
                                                          "fallback_non_finite",
                                                          "fallback_refused",
                                                          "fallback_unavailable"};
constexpr const char* kPhases[kAircraftPhaseCount] = {"ready",        "turnaround",     "committed",
                                                      "en_route",     "holding",        "diverting",
                                                      "blocking_pad", "out_of_service", "removed"};

// From 10 microseconds to 10 seconds.
const Histogram::BucketBoundaries kSecondsBuckets = {
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,   0.05,     0.1,     0.25,   0.5,     1,      2.5,   5,      10};
const Histogram::BucketBoundaries kCountBuckets = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

template <class Builder>
auto* Named(Builder builder, prometheus::Registry& registry, const char* name, const char* help) {
  return &builder.Name(name).Help(help).Register(registry);
}

// "captain:file" and "external:host:port" are one policy each, whatever stands behind the colon.
std::string KindOf(const std::string& policy) { return policy.substr(0, policy.find(':')); }

}  // namespace

PrometheusMetrics::PrometheusMetrics(const BuildInfo& build)
    : registry_(std::make_shared<prometheus::Registry>()) {
  prometheus::Registry& r = *registry_;
  decisions_ = Named(BuildCounter(), r, "skein_decisions_total",
                     "Accepted decisions by policy, by who answered and by action.");
  aircraft_ = Named(BuildGauge(), r, "skein_fleet_aircraft", "Aircraft by what they are doing.");
  waiting_passengers_ =
      Named(BuildGauge(), r, "skein_waiting_passengers", "Passengers waiting for an aircraft.");
  open_points_ =
      Named(BuildGauge(), r, "skein_open_decision_points", "Aircraft that wait for a decision.");
  journal_sequence_ = Named(BuildGauge(), r, "skein_journal_sequence",
                            "Number of the last durable journal record.");
  journal_lag_ = Named(BuildGauge(), r, "skein_journal_lag_records",
                       "Records that were new when this server, a standby, last looked.");
  rpc_requests_ =
      Named(BuildCounter(), r, "skein_rpc_requests_total", "Finished calls by method and code.");
  rpc_duration_ =
      Named(BuildHistogram(), r, "skein_rpc_duration_seconds", "Time from a call to its answer.");

  auto* fallbacks = Named(BuildCounter(), r, "skein_fallback_decisions_total",
                          "Decisions that the fallback rule made, by reason.");
  for (std::size_t k = 0; k < fallbacks_.size(); ++k) {
    const std::string outcome = kOutcomes[k];
    const std::string prefix = "fallback_";
    if (outcome.compare(0, prefix.size(), prefix) == 0)
      fallbacks_[k] = &fallbacks->Add({{"reason", outcome.substr(prefix.size())}});
  }
  auto* stages = Named(BuildHistogram(), r, "skein_dispatch_duration_seconds",
                       "Time of a decision by stage, and in total.");
  for (std::size_t k = 0; k < stages_.size(); ++k)
    stages_[k] = &stages->Add({{"stage", kStages[k]}}, kSecondsBuckets);
  auto* refusals = Named(BuildCounter(), r, "skein_guard_refusals_total",
                         "Choices that the guard refused, by rule.");
  auto* excursions = Named(BuildCounter(), r, "skein_excursions_total",
                           "Times that the outside world violated what was reserved, by rule.");
  for (std::size_t k = 1; k < refusals_.size(); ++k) {
    const std::string rule(NameOf(static_cast<GuardRule>(k)));
    refusals_[k] = &refusals->Add({{"rule", rule}});
    excursions_[k] = &excursions->Add({{"rule", rule}});
  }
  commit_duration_ =
      &Named(BuildHistogram(), r, "skein_store_duration_seconds", "Time of a store operation.")
           ->Add({{"operation", "commit"}}, kSecondsBuckets);
  commit_records_ = &Named(BuildHistogram(), r, "skein_store_commit_records",
                           "Journal records that share a transaction.")
                         ->Add({}, kCountBuckets);
  commit_requests_ = &Named(BuildHistogram(), r, "skein_store_commit_requests",
                            "Requests that share a transaction.")
                          ->Add({}, kCountBuckets);
  commit_failures_ = &Named(BuildCounter(), r, "skein_store_commit_failures_total",
                            "Transactions that failed; their networks are rebuilt.")
                          ->Add({});
  networks_ = &Named(BuildGauge(), r, "skein_networks", "Networks of this server.")->Add({});
  quarantined_ = &Named(BuildGauge(), r, "skein_networks_quarantined",
                        "Networks whose journal could not be replayed.")
                      ->Add({});
  dropped_values_ = &Named(BuildCounter(), r, "skein_metrics_dropped_values_total",
                           "Measured values that were not finite and were left out.")
                         ->Add({});
  writer_epoch_ = &Named(BuildGauge(), r, "skein_writer_epoch",
                         "Number of the writer's term that this server saw last.")
                       ->Add({});
  writer_leads_ = &Named(BuildGauge(), r, "skein_writer_leads",
                         "1, if this server writes to the store, which it shares with others.")
                       ->Add({});
  store_connections_ = &Named(BuildCounter(), r, "skein_store_connections_total",
                              "Connections made in order to write to the database.")
                            ->Add({});
  auto* in_doubt = Named(BuildCounter(), r, "skein_store_in_doubt_total",
                         "Transactions whose answer was lost, by what became of them.");
  in_doubt_committed_ = &in_doubt->Add({{"resolved", "committed"}});
  in_doubt_absent_ = &in_doubt->Add({{"resolved", "absent"}});
  Named(BuildGauge(), r, "skein_build_info", "1, with the program's version and commit.")
      ->Add({{"version", build.version}, {"commit", build.commit}})
      .Set(1);
}

absl::StatusOr<std::unique_ptr<PrometheusMetrics>> PrometheusMetrics::Create(
    const std::string& address, const BuildInfo& build) {
  std::unique_ptr<PrometheusMetrics> metrics(new PrometheusMetrics(build));
  if (address.empty()) return metrics;
  try {
    metrics->page_ = std::make_unique<prometheus::Exposer>(address);
  } catch (const std::exception& e) {
    return absl::UnavailableError(
        absl::StrCat("metrics page on ", address, " cannot be opened: ", e.what()));
  }
  metrics->page_->RegisterCollectable(metrics->registry_);
  return metrics;
}

int PrometheusMetrics::port() const {
  if (page_ == nullptr) return 0;
  const std::vector<int> ports = page_->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

std::string PrometheusMetrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
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
  if (policy_labels_.size() >= kMaxPolicies) return kOther;
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
  const double total_s = sample.queue_s + sample.policy_s + sample.guard_s + sample.store_s;
  const double stages[] = {sample.queue_s, sample.policy_s, sample.guard_s, sample.store_s,
                           total_s};
  for (std::size_t k = 0; k < stages_.size(); ++k) Observe(stages_[k], stages[k]);
}

void PrometheusMetrics::Record(const CommitSample& sample) {
  Observe(commit_duration_, sample.duration_s);
  Observe(commit_records_, static_cast<double>(sample.records));
  Observe(commit_requests_, static_cast<double>(sample.requests));
  if (!sample.ok) commit_failures_->Increment();
}

PrometheusMetrics::NetworkGauges PrometheusMetrics::MakeGauges(const std::string& label) {
  NetworkGauges gauges;
  for (std::size_t k = 0; k < gauges.aircraft.size(); ++k)
    gauges.aircraft[k] = &aircraft_->Add({{"network", label}, {"state", kPhases[k]}});
  gauges.waiting_passengers = &waiting_passengers_->Add({{"network", label}});
  gauges.open_points = &open_points_->Add({{"network", label}});
  gauges.journal_sequence = &journal_sequence_->Add({{"network", label}});
  gauges.journal_lag = &journal_lag_->Add({{"network", label}});
  return gauges;
}

PrometheusMetrics::NetworkEntry& PrometheusMetrics::EntryOf(const std::string& network) {
  const auto known = entries_.find(network);
  if (known != entries_.end()) return known->second;
  const bool own_label = entries_.size() < kMaxNetworks;
  NetworkEntry& entry = entries_[network];
  entry.gauges = MakeGauges(own_label ? network : kOther);
  networks_->Increment();
  return entry;
}

// Gauges move by the difference to the last report, so that those of "other" add up.
void PrometheusMetrics::Record(const NetworkSample& sample) {
  MutexLock lock(&mutex_);
  NetworkEntry& entry = EntryOf(sample.network);
  const auto move = [](prometheus::Gauge* gauge, std::int64_t from, std::int64_t to) {
    gauge->Increment(static_cast<double>(to - from));
  };
  for (std::size_t k = 0; k < entry.gauges.aircraft.size(); ++k)
    move(entry.gauges.aircraft[k], entry.last.aircraft[k], sample.aircraft[k]);
  move(entry.gauges.waiting_passengers, entry.last.waiting_passengers, sample.waiting_passengers);
  move(entry.gauges.open_points, entry.last.open_points, sample.open_points);
  move(entry.gauges.journal_sequence, entry.last.journal_sequence, sample.journal_sequence);
  move(entry.gauges.journal_lag, entry.last.journal_lag, sample.journal_lag);
  move(quarantined_, entry.last.quarantined ? 1 : 0, sample.quarantined ? 1 : 0);
  for (std::size_t k = 1; k < refusals_.size(); ++k) {
    refusals_[k]->Increment(static_cast<double>(sample.refusals[k]));
    excursions_[k]->Increment(static_cast<double>(sample.excursions[k]));
  }
  entry.last = sample;
}

void PrometheusMetrics::Record(const WriterSample& sample) {
  MutexLock lock(&mutex_);
  const auto add = [](prometheus::Counter* counter, std::int64_t from, std::int64_t to) {
    counter->Increment(static_cast<double>(to - from));
  };
  writer_epoch_->Set(static_cast<double>(sample.epoch));
  writer_leads_->Set(sample.leads ? 1 : 0);
  add(store_connections_, last_writer_.store_connections, sample.store_connections);
  add(in_doubt_committed_, last_writer_.in_doubt_committed, sample.in_doubt_committed);
  add(in_doubt_absent_, last_writer_.in_doubt_absent, sample.in_doubt_absent);
  last_writer_ = sample;
}

PrometheusMetrics::MethodMetrics& PrometheusMetrics::MethodOf(const std::string& method) {
  const bool full = methods_.size() >= kMaxMethods;
  const std::string label = full && !methods_.contains(method) ? kOther : method;
  MethodMetrics& metrics = methods_[label];
  if (metrics.duration == nullptr) {
    metrics.label = label;
    metrics.duration = &rpc_duration_->Add({{"method", label}}, kSecondsBuckets);
  }
  return metrics;
}

void PrometheusMetrics::Record(const RpcSample& sample) {
  MutexLock lock(&mutex_);
  MethodMetrics& metrics = MethodOf(sample.method);
  prometheus::Counter*& counter = metrics.requests[sample.code];
  if (counter == nullptr)
    counter = &rpc_requests_->Add(
        {{"method", metrics.label}, {"code", absl::StatusCodeToString(sample.code)}});
  counter->Increment();
  Observe(metrics.duration, sample.duration_s);
}

}  // namespace skein::server
