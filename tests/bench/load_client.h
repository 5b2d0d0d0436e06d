#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sim/network.h"

namespace skein::bench {

struct LoadOptions {
  std::string address;
  std::string policy;
  std::string id;  // of this client; the ids of its networks begin with it
  std::uint64_t seed = 0;
};

// What one client measured.
struct LoadResult {
  std::vector<double> decision_ms;  // of each RequestDecision that was answered
  std::int64_t flights = 0;         // of these decisions
  std::int64_t days = 0;            // begun
};

// One operator: owns a network on the server, plays its outside world day after day, asks for each
// decision and checks at the end of a day that the server's state is its own.
//
// Threads: Run from one thread; `measuring` and `stop` may change meanwhile.
class LoadClient {
 public:
  LoadClient(LoadOptions options, std::shared_ptr<const sim::Network> network);
  ~LoadClient();

  // Plays until `stop`; measures while `measuring`. Errors: those of the server; INTERNAL, if its
  // state differs from ours.
  absl::Status Run(const std::atomic<bool>& measuring, const std::atomic<bool>& stop);

  const LoadResult& result() const { return result_; }

 private:
  struct Day;
  absl::Status BeginDay();
  absl::Status PlayEvent();
  absl::Status Decide(bool measure);
  absl::Status CheckDigest();

  const LoadOptions options_;
  const std::shared_ptr<const sim::Network> network_;
  std::unique_ptr<Day> day_;
  LoadResult result_;
};

}  // namespace skein::bench
