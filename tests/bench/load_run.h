#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/load_client.h"
#include "tests/bench/load_server.h"

namespace skein::bench {

// What many clients of a server measured together.
struct LoadRun {
  std::vector<double> decision_ms;  // sorted
  std::int64_t flights = 0;         // of these decisions
  double server_cpu_s = 0;          // meanwhile
  int seconds = 0;

  double decisions_per_s() const { return static_cast<double>(decision_ms.size()) / seconds; }
  double cpu_us_per_decision() const;
};

// So many clients, each with a paper network of its own; `name` tells these networks from those of
// other runs.
absl::StatusOr<std::vector<std::unique_ptr<LoadClient>>> MakeLoadClients(const LoadServer& server,
                                                                         int count,
                                                                         const std::string& name,
                                                                         const std::string& policy);

// Lets such clients play for a moment and then measures for `seconds`.
//
// Errors: those of the clients; FAILED_PRECONDITION, if fewer than 30 % of the decisions were
//         flights, since one that keeps an aircraft where it is is cheap.
absl::StatusOr<LoadRun> RunLoad(const LoadServer& server, int clients, const std::string& name,
                                const std::string& policy, int seconds);

}  // namespace skein::bench
