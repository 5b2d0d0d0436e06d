#include "tests/bench/load_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "sim/generator.h"

namespace skein::bench {
namespace {

constexpr double kLeastFlightShare = 0.3;
constexpr std::chrono::seconds kWarmUp{2};

}  // namespace

absl::StatusOr<std::vector<std::unique_ptr<LoadClient>>> MakeLoadClients(
    const LoadServer& server, int count, const std::string& name, const std::string& policy) {
  std::vector<std::unique_ptr<LoadClient>> clients;
  for (int k = 0; k < count; ++k) {
    const auto seed = static_cast<std::uint64_t>(k);
    SKEIN_ASSIGN_OR_RETURN(Scenario scenario, sim::GeneratePaper(seed + 1));
    SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(std::move(scenario)));
    clients.push_back(std::make_unique<LoadClient>(
        LoadOptions{server.address(), policy, absl::StrCat(name, "-", k), seed * 1000}, network));
  }
  return clients;
}

double LoadRun::cpu_us_per_decision() const {
  return 1e6 * server_cpu_s / std::max(1.0, static_cast<double>(decision_ms.size()));
}

absl::StatusOr<LoadRun> RunLoad(const LoadServer& server, int clients, const std::string& name,
                                const std::string& policy, int seconds) {
  SKEIN_ASSIGN_OR_RETURN(const auto players, MakeLoadClients(server, clients, name, policy));
  std::atomic<bool> measuring{false};
  std::atomic<bool> stop{false};
  std::vector<absl::Status> outcomes(players.size());
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < players.size(); ++k)
    threads.emplace_back([&, k] { outcomes[k] = players[k]->Run(measuring, stop); });
  std::this_thread::sleep_for(kWarmUp);
  LoadRun run;
  run.seconds = seconds;
  const double cpu_before_s = server.cpu_s();
  measuring = true;
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  measuring = false;
  run.server_cpu_s = server.cpu_s() - cpu_before_s;
  stop = true;
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& outcome : outcomes) SKEIN_RETURN_IF_ERROR(outcome);
  for (const auto& player : players) {
    const std::vector<double>& taken = player->result().decision_ms;
    run.decision_ms.insert(run.decision_ms.end(), taken.begin(), taken.end());
    run.flights += player->result().flights;
  }
  std::sort(run.decision_ms.begin(), run.decision_ms.end());
  if (static_cast<double>(run.flights) <
      kLeastFlightShare * static_cast<double>(run.decision_ms.size()))
    return absl::FailedPreconditionError("too few of the decisions are flights");
  return run;
}

}  // namespace skein::bench
