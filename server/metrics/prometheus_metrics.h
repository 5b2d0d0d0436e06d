#pragma once

#include <prometheus/collectable.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "server/metrics/metrics.h"
#include "server/metrics/prometheus_family.h"
#include "server/metrics/prometheus_networks.h"
#include "server/metrics/prometheus_writer.h"
#include "sim/domain/mutex.h"

namespace skein::server {

class HttpServer;

// What the metrics page says of the program.
struct BuildInfo {
  std::string version;
  std::string commit;
};

struct PrometheusOptions {
  // Serves http://HOST:PORT/metrics, as in "127.0.0.1" or "[::1]"; empty: no page.
  std::string host{};
  int port = 0;  // 0: any free one
  BuildInfo build{};
  // Where the store's file lies; empty: it has none. Its file system is watched.
  std::string store_folder{};
};

// Metrics as Prometheus reads them, with a page of its own. What each is for: docs/metrics.md.
//
// 1. Label values are a closed set: beyond the first kMaxPolicies policies and kMaxMethods methods
//    they are "other"; PrometheusNetworks says which networks and vertiports are.
// 2. A child is made when its labels are first seen, and never removed.
// 3. A number that is not finite is dropped and counted: it would poison its counter for ever.
//
// Threads: safe.
class PrometheusMetrics : public Metrics {
 public:
  static constexpr std::size_t kMaxPolicies = 16;
  static constexpr std::size_t kMaxMethods = 64;

  // Errors: UNAVAILABLE, if the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<PrometheusMetrics>> Create(
      const PrometheusOptions& options);
  ~PrometheusMetrics() override;

  void Record(const DecisionSample& sample) override;
  void Record(const CommitSample& sample) override;
  void Record(const NetworkSample& sample) override { networks_.Record(sample); }
  void Record(const RpcSample& sample) override;
  void Record(const WriterSample& sample) override { writer_.Record(sample); }

  // Port of the page; 0 if there is none.
  int port() const;
  // The page as text.
  std::string Text() const;

 private:
  template <class Metric>
  using FamilyOf = prometheus::Family<Metric>*;
  struct MethodMetrics {
    std::string label;
    std::map<absl::StatusCode, prometheus::Counter*> requests;
    prometheus::Histogram* duration = nullptr;
    prometheus::Gauge* in_flight = nullptr;
  };

  explicit PrometheusMetrics(const PrometheusOptions& options);

  MethodMetrics& MethodOf(const std::string& method) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string PolicyLabel(const std::string& policy) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Observe(prometheus::Histogram* histogram, double value);

  const std::shared_ptr<prometheus::Registry> registry_;
  const std::shared_ptr<prometheus::Collectable> process_;
  PrometheusNetworks networks_;
  PrometheusWriter writer_;
  // Constant after construction; the registry owns them.
  FamilyOf<prometheus::Counter> decisions_;
  FamilyOf<prometheus::Counter> rpc_requests_;
  FamilyOf<prometheus::Histogram> rpc_duration_;
  FamilyOf<prometheus::Gauge> rpc_in_flight_;
  std::array<prometheus::Counter*, kDecisionOutcomeCount> fallbacks_{};
  std::array<prometheus::Histogram*, 7> stages_{};
  prometheus::Histogram* commit_duration_ = nullptr;
  prometheus::Histogram* commit_records_ = nullptr;
  prometheus::Histogram* commit_requests_ = nullptr;
  prometheus::Counter* commit_failures_ = nullptr;
  prometheus::Gauge* store_waiting_ = nullptr;
  prometheus::Counter* dropped_values_ = nullptr;

  Mutex mutex_;
  std::map<std::string, MethodMetrics> methods_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> policy_labels_ ABSL_GUARDED_BY(mutex_);
  std::map<std::array<std::string, 3>, prometheus::Counter*> decision_counters_
      ABSL_GUARDED_BY(mutex_);  // by policy, outcome, action

  std::unique_ptr<HttpServer> page_;  // last: it reads all of the above
};

}  // namespace skein::server
