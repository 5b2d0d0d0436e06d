#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "server/metrics/metrics.h"
#include "server/metrics/prometheus_family.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// Who writes to a shared store, for Prometheus. Nothing is shown before the first report: a server
// with a store of its own makes none.
//
// Threads: safe.
class PrometheusWriter {
 public:
  // The registry outlives this.
  explicit PrometheusWriter(prometheus::Registry& registry) : registry_(registry) {}

  void Record(const WriterSample& sample);

 private:
  struct Shown {
    prometheus::Gauge* epoch = nullptr;
    prometheus::Gauge* leads = nullptr;
    prometheus::Counter* connections = nullptr;
    prometheus::Counter* in_doubt_committed = nullptr;
    prometheus::Counter* in_doubt_absent = nullptr;
    WriterSample last;
  };

  prometheus::Registry& registry_;
  Mutex mutex_;
  std::unique_ptr<Shown> shown_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace skein::server
