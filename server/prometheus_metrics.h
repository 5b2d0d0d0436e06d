#pragma once

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "server/metrics.h"
#include "storage/mutex.h"

namespace skein::server {

// What the metrics page says of the program.
struct BuildInfo {
  std::string version;
  std::string commit;
};

// Metrics as Prometheus reads them, with a page of its own. What each is for: docs/operations.md.
//
// 1. Label values are a closed set: beyond the first kMaxNetworks networks, kMaxPolicies policies
//    and kMaxMethods methods they are "other".
// 2. A child is made when its labels are first seen, and never removed.
// 3. A number that is not finite is dropped and counted: it would poison its counter for ever.
//
// Threads: safe.
class PrometheusMetrics : public Metrics {
 public:
  static constexpr std::size_t kMaxNetworks = 64;
  static constexpr std::size_t kMaxPolicies = 16;
  static constexpr std::size_t kMaxMethods = 64;

  // Serves http://ADDRESS/metrics, address as in "127.0.0.1:9464" (port 0: any); empty: no page.
  // Errors: UNAVAILABLE, if the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<PrometheusMetrics>> Create(const std::string& address,
                                                                   const BuildInfo& build);

  void Record(const DecisionSample& sample) override;
  void Record(const CommitSample& sample) override;
  void Record(const NetworkSample& sample) override;
  void Record(const RpcSample& sample) override;
  void Record(const WriterSample& sample) override;

  // Port of the page; 0 if there is none.
  int port() const;
  // The page as text.
  std::string Text() const;

 private:
  template <class Metric>
  using FamilyOf = prometheus::Family<Metric>*;
  // Gauges of one network, or of all "other" ones together.
  struct NetworkGauges {
    std::array<prometheus::Gauge*, kAircraftPhaseCount> aircraft{};
    prometheus::Gauge* waiting_passengers = nullptr;
    prometheus::Gauge* open_points = nullptr;
    prometheus::Gauge* journal_sequence = nullptr;
    prometheus::Gauge* journal_lag = nullptr;
  };
  struct MethodMetrics {
    std::string label;
    std::map<absl::StatusCode, prometheus::Counter*> requests;
    prometheus::Histogram* duration = nullptr;
  };
  // What a network last reported, and where it is shown.
  struct NetworkEntry {
    NetworkGauges gauges;
    NetworkSample last;
  };

  explicit PrometheusMetrics(const BuildInfo& build);

  NetworkGauges MakeGauges(const std::string& label);
  NetworkEntry& EntryOf(const std::string& network) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  MethodMetrics& MethodOf(const std::string& method) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string PolicyLabel(const std::string& policy) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Observe(prometheus::Histogram* histogram, double value);

  const std::shared_ptr<prometheus::Registry> registry_;
  // Constant after construction; the registry owns them.
  FamilyOf<prometheus::Counter> decisions_;
  FamilyOf<prometheus::Gauge> aircraft_;
  FamilyOf<prometheus::Gauge> waiting_passengers_;
  FamilyOf<prometheus::Gauge> open_points_;
  FamilyOf<prometheus::Gauge> journal_sequence_;
  FamilyOf<prometheus::Gauge> journal_lag_;
  FamilyOf<prometheus::Counter> rpc_requests_;
  FamilyOf<prometheus::Histogram> rpc_duration_;
  std::array<prometheus::Counter*, kDecisionOutcomeCount> fallbacks_{};
  std::array<prometheus::Histogram*, 5> stages_{};
  std::array<prometheus::Counter*, kGuardRuleCount> refusals_{};
  std::array<prometheus::Counter*, kGuardRuleCount> excursions_{};
  prometheus::Histogram* commit_duration_ = nullptr;
  prometheus::Histogram* commit_records_ = nullptr;
  prometheus::Histogram* commit_requests_ = nullptr;
  prometheus::Counter* commit_failures_ = nullptr;
  prometheus::Gauge* networks_ = nullptr;
  prometheus::Gauge* quarantined_ = nullptr;
  prometheus::Counter* dropped_values_ = nullptr;
  prometheus::Gauge* writer_epoch_ = nullptr;
  prometheus::Gauge* writer_leads_ = nullptr;
  prometheus::Counter* store_connections_ = nullptr;
  prometheus::Counter* in_doubt_committed_ = nullptr;
  prometheus::Counter* in_doubt_absent_ = nullptr;

  Mutex mutex_;
  WriterSample last_writer_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, NetworkEntry> entries_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, MethodMetrics> methods_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> policy_labels_ ABSL_GUARDED_BY(mutex_);
  std::map<std::array<std::string, 3>, prometheus::Counter*> decision_counters_
      ABSL_GUARDED_BY(mutex_);  // by policy, outcome, action

  std::unique_ptr<prometheus::Exposer> page_;  // last: it reads all of the above
};

}  // namespace skein::server
