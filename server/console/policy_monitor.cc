#include "server/console/policy_monitor.h"

#include <algorithm>
#include <cmath>

namespace skein::server {
namespace {

// The smallest value that at least this share of the values does not exceed. Reorders them.
double Quantile(double share, std::vector<float>* values) {
  if (values->empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(values->size()));
  const auto nth = values->begin() + std::max<std::ptrdiff_t>(0, static_cast<int>(rank) - 1);
  std::nth_element(values->begin(), nth, values->end());
  return *nth;
}

}  // namespace

void PolicyMonitor::Record(const DecisionSample& sample) {
  next_->Record(sample);
  if (sample.outcome == DecisionOutcome::kOperator) return;
  const Entry entry{sample.outcome, static_cast<float>(sample.policy_s()),
                    static_cast<float>(sample.total_s())};
  MutexLock lock(&mutex_);
  Window& window = windows_[sample.network];
  if (window.policy != sample.policy) window = {sample.policy, {}, 0};
  if (window.entries.size() < kWindow) {
    window.entries.push_back(entry);
  } else {
    window.entries[window.next] = entry;
    window.next = (window.next + 1) % kWindow;
  }
}

v1::PolicyHealth PolicyMonitor::HealthOf(const std::string& network) const {
  Window window;
  {
    MutexLock lock(&mutex_);
    const auto found = windows_.find(network);
    if (found != windows_.end()) window = found->second;
  }
  const auto count = [&window](DecisionOutcome outcome) {
    return static_cast<std::int32_t>(
        std::count_if(window.entries.begin(), window.entries.end(),
                      [outcome](const Entry& entry) { return entry.outcome == outcome; }));
  };
  std::vector<float> policy_s;
  std::vector<float> total_s;
  for (const Entry& entry : window.entries) {
    policy_s.push_back(entry.policy_s);
    total_s.push_back(entry.total_s);
  }
  v1::PolicyHealth health;
  health.set_policy(window.policy);
  health.set_decisions(static_cast<std::int32_t>(window.entries.size()));
  health.set_fallback_deadline(count(DecisionOutcome::kFallbackDeadline));
  health.set_fallback_non_finite(count(DecisionOutcome::kFallbackNonFinite));
  health.set_fallback_refused(count(DecisionOutcome::kFallbackRefused));
  health.set_fallback_unavailable(count(DecisionOutcome::kFallbackUnavailable));
  health.set_policy_s_p50(Quantile(0.5, &policy_s));
  health.set_policy_s_p95(Quantile(0.95, &policy_s));
  health.set_total_s_p50(Quantile(0.5, &total_s));
  health.set_total_s_p95(Quantile(0.95, &total_s));
  return health;
}

}  // namespace skein::server
