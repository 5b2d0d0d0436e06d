#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/metrics/network_sample.h"
#include "server/metrics/prometheus_family.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// What networks report, for Prometheus: the metrics with a label "network" or "vertiport", and
// those that sum over networks.
//
// 1. Beyond the first kMaxNetworks networks of a server the others share the label "other", as do
//    the vertiports of a network that would lead beyond kMaxVertiportLabels.
// 2. A shared gauge is the sum of what was last reported. What does not add up, such as clocks, is
//    not shown for "other".
//
// Threads: safe.
class PrometheusNetworks {
 public:
  static constexpr std::size_t kMaxNetworks = 64;
  static constexpr std::size_t kMaxVertiportLabels = 512;

  // The registry outlives this.
  explicit PrometheusNetworks(prometheus::Registry& registry);

  void Record(const NetworkSample& sample);

 private:
  // A gauge that several may share: it moves by the difference to the last report.
  class SummedGauge {
   public:
    explicit SummedGauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
    void Set(double value) {
      if (value != last_) gauge_->Increment(value - last_);
      last_ = value;
    }

   private:
    prometheus::Gauge* gauge_;
    double last_ = 0;
  };

  // What is shown of a network. The order within each vector is that of a table in the source.
  struct Entry {
    std::string label;
    NetworkState state = NetworkState::kAbsent;
    bool bound = false;  // all below but the first are there
    std::vector<SummedGauge> journal_gauges;
    std::vector<SummedGauge> gauges;
    std::vector<SummedGauge> day_gauges;
    std::vector<SummedGauge> aircraft;           // by AircraftPhase
    std::vector<SummedGauge> closures_in_force;  // by AdvisoryKind
    std::vector<SummedGauge> closures_to_come;
    std::vector<std::vector<SummedGauge>> vertiports;  // [V]
    prometheus::Gauge* clock = nullptr;                // null for "other", as is the next
    prometheus::Gauge* oldest_point = nullptr;         //
    std::vector<prometheus::Gauge*> drift;             // by DriftBlock; empty if it was never known
    std::vector<prometheus::Counter*> day_counters;
    std::vector<prometheus::Counter*> forecast_counters;
  };

  Entry& EntryOf(const NetworkSample& sample) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Bind(const NetworkSample& sample, Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BindVertiports(const NetworkSample& sample, Entry* entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RecordState(NetworkState state, Entry* entry);
  void RecordFigures(const NetworkSample& sample, Entry* entry);
  void RecordDrift(const PolicyDrift& drift, Entry* entry);
  // Sums over servers must not count a network twice, or one that is out of action.
  void ShowNothing(Entry* entry);
  void RecordRules(const NetworkSample& sample);

  prometheus::Registry& registry_;
  // Constant after construction; the registry owns them.
  std::array<prometheus::Gauge*, kNetworkStateCount> states_{};  // kAbsent: null
  std::array<prometheus::Counter*, kGuardRuleCount> refusals_{};
  std::array<prometheus::Counter*, kGuardRuleCount> excursions_{};

  Mutex mutex_;
  std::map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::size_t vertiport_labels_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace skein::server
