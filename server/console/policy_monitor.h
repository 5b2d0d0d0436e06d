#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/metrics/metrics.h"
#include "sim/domain/mutex.h"
#include "skein/v1/console.pb.h"

namespace skein::server {

// Metrics that also remember how the policy of each network has done lately, and hand everything
// on.
//
// Memory: at most kWindow decisions per network. What was before a change of policy is forgotten.
//
// Threads: safe.
class PolicyMonitor : public Metrics {
 public:
  static constexpr std::size_t kWindow = 512;

  // `next` outlives the monitor.
  explicit PolicyMonitor(Metrics* next) : next_(next) {}

  void Record(const DecisionSample& sample) override;
  void Record(const CommitSample& sample) override { next_->Record(sample); }
  void Record(const NetworkSample& sample) override { next_->Record(sample); }
  void Record(const RpcSample& sample) override { next_->Record(sample); }
  void Record(const WriterSample& sample) override { next_->Record(sample); }

  // The figures of the network with this id; empty ones if it has not decided yet.
  v1::PolicyHealth HealthOf(const std::string& network) const;

 private:
  struct Entry {
    DecisionOutcome outcome = DecisionOutcome::kPolicy;
    float policy_s = 0;
    float total_s = 0;
  };
  // The latest entries in a ring: `next` is the oldest once it is full.
  struct Window {
    std::string policy;
    std::vector<Entry> entries;
    std::size_t next = 0;
  };

  Metrics* const next_;
  mutable Mutex mutex_;
  std::map<std::string, Window> windows_ ABSL_GUARDED_BY(mutex_);  // by network
};

}  // namespace skein::server
