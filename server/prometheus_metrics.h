#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/metrics.h"

namespace skein::server {

// What the metrics page says of the program.
struct BuildInfo {
  std::string version;
  std::string commit;
};

// Metrics as Prometheus reads them, with a page of its own.
//
// 1. Children are made at the start, or when a network is first seen; nothing is made per request.
// 2. Only the first kMaxNetworkLabels networks have a label of their own; the others share "other".
// 3. A number that is not finite is dropped and counted: it would poison its counter for ever.
//
// Threads: safe.
class PrometheusMetrics : public Metrics {
 public:
  static constexpr int kMaxNetworkLabels = 64;

  // Serves http://ADDRESS/metrics, address as in "127.0.0.1:9464" (port 0: any); empty: no page.
  // Errors: UNAVAILABLE, if the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<PrometheusMetrics>> Create(const std::string& address,
                                                                   const BuildInfo& build);
  ~PrometheusMetrics() override;

  void Record(const DecisionSample& sample) override;
  void Record(const CommitSample& sample) override;
  void Record(const NetworkSample& sample) override;
  void Record(const RpcSample& sample) override;

  // Port of the page; 0 if there is none.
  int port() const;
  // The page as text.
  std::string Text() const;

 private:
  struct Families;
  PrometheusMetrics(std::unique_ptr<Families> families, std::unique_ptr<class MetricsPage> page);

  const std::unique_ptr<Families> families_;
  const std::unique_ptr<class MetricsPage> page_;
};

}  // namespace skein::server
