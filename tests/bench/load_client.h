#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sim/domain/event.h"
#include "sim/network.h"

namespace skein::bench {

struct LoadOptions {
  std::string address;
  std::string policy;
  std::string id;  // of this client and of its network
  std::uint64_t seed = 0;
};

// What one client measured.
struct LoadResult {
  std::vector<double> decision_ms;  // of each RequestDecision that was answered
  std::int64_t flights = 0;         // of these decisions
  std::int64_t days = 0;            // settled
};

// One operator: owns a network on the server, plays its outside world day after day, asks for each
// decision and checks after each day that the server's state is its own.
//
// Threads: Run from one thread; `measuring` and `stop` may change meanwhile.
class LoadClient {
 public:
  LoadClient(LoadOptions options, std::shared_ptr<const sim::Network> network);
  ~LoadClient();

  // Plays until `stop`; measures while `measuring`. Errors: those of the server; INTERNAL, if its
  // state differs from ours.
  absl::Status Run(const std::atomic<bool>& measuring, const std::atomic<bool>& stop);

  // Of a client that has ended.
  const LoadResult& result() const { return result_; }
  // Decisions answered so far. From any thread.
  std::int64_t decisions() const { return decisions_.load(); }

 private:
  struct Operation;
  absl::Status Begin();
  absl::Status EndDay();
  absl::Status PlayEvent(const ExternalEvent& event);
  absl::Status Decide(bool measure);
  absl::Status CheckDigest();

  const LoadOptions options_;
  const std::shared_ptr<const sim::Network> network_;
  std::unique_ptr<Operation> operation_;
  LoadResult result_;
  std::atomic<std::int64_t> decisions_{0};
};

}  // namespace skein::bench
