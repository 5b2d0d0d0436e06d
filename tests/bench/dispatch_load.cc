// How long a durable decision takes: RequestDecision over gRPC on the embedded store, alone and
// with many clients. Each client owns a paper network of 8 vertiports and 40 aircraft and plays its
// outside world; only RequestDecision is measured. Beside it stands what the disk itself takes, in
// the same run and folder.
//
//   dispatch_load [--clients 1,8,64] [--seconds 15] [--policy random] [--folder .] [--metrics]

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "sim/domain/status.h"
#include "sim/generator.h"
#include "tests/bench/disk_speed.h"
#include "tests/bench/load_client.h"
#include "tests/bench/load_server.h"

namespace skein::bench {
namespace {

// A decision that keeps an aircraft where it is is cheap; a run with too many says little.
constexpr double kLeastFlightShare = 0.3;
constexpr std::chrono::seconds kWarmUp{2};
constexpr std::chrono::seconds kDiskProbe{2};

struct Options {
  std::vector<int> clients{1, 8, 64};
  int seconds = 15;
  std::string policy = "random";
  std::string folder = ".";
  bool metrics = false;
};

struct Row {
  int clients = 0;
  std::vector<double> decision_ms{};  // sorted
  std::int64_t flights = 0;
  DiskSpeed disk{};

  double flight_share() const {
    return static_cast<double>(flights) / std::max(1.0, static_cast<double>(decision_ms.size()));
  }
};

absl::StatusOr<Row> Measure(int count, const Options& options, const std::string& folder,
                            const std::string& address) {
  Row row{.clients = count};
  SKEIN_ASSIGN_OR_RETURN(row.disk, MeasureDisk(folder, kDiskProbe));
  std::vector<std::unique_ptr<LoadClient>> clients;
  for (int k = 0; k < count; ++k) {
    const auto seed = static_cast<std::uint64_t>(k);
    SKEIN_ASSIGN_OR_RETURN(Scenario scenario, sim::GeneratePaper(seed + 1));
    SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(std::move(scenario)));
    clients.push_back(std::make_unique<LoadClient>(
        LoadOptions{address, options.policy, absl::StrCat("client-", count, "-", k), seed * 1000},
        network));
  }
  std::atomic<bool> measuring{false};
  std::atomic<bool> stop{false};
  std::vector<absl::Status> outcomes(clients.size());
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < clients.size(); ++k)
    threads.emplace_back([&, k] { outcomes[k] = clients[k]->Run(measuring, stop); });
  std::this_thread::sleep_for(kWarmUp);
  measuring = true;
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  measuring = false;
  stop = true;
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& outcome : outcomes) SKEIN_RETURN_IF_ERROR(outcome);
  for (const auto& client : clients) {
    const std::vector<double>& taken = client->result().decision_ms;
    row.decision_ms.insert(row.decision_ms.end(), taken.begin(), taken.end());
    row.flights += client->result().flights;
  }
  std::sort(row.decision_ms.begin(), row.decision_ms.end());
  return row;
}

void Print(const Row& row, int seconds) {
  std::printf("%7d %10zu %10.0f %8.0f%% %8.2f %8.2f %8.2f %11.0f %9.2f %9.2f\n", row.clients,
              row.decision_ms.size(), static_cast<double>(row.decision_ms.size()) / seconds,
              100 * row.flight_share(), Quantile(row.decision_ms, 0.5),
              Quantile(row.decision_ms, 0.99), Quantile(row.decision_ms, 1), row.disk.syncs_per_s,
              row.disk.p50_ms, row.disk.p99_ms);
  std::fflush(stdout);
}

absl::Status MeasureAll(const Options& options, const std::string& folder) {
  SKEIN_ASSIGN_OR_RETURN(const LoadServer server,
                         LoadServer::Start(folder + "/load.db", options.metrics));
  std::printf("RequestDecision, durable on SQLite, paper 8x40, policy %s, %d s each\n\n",
              options.policy.c_str(), options.seconds);
  std::printf(
      "clients  decisions decisions/s flights   p50 ms   p99 ms   max ms fdatasync/s"
      "  its p50   its p99\n");
  for (const int count : options.clients) {
    SKEIN_ASSIGN_OR_RETURN(const Row row, Measure(count, options, folder, server.address()));
    Print(row, options.seconds);
    if (row.flight_share() < kLeastFlightShare)
      return absl::FailedPreconditionError("too few of the decisions are flights");
  }
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  std::string folder = options.folder + "/dispatch-load-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr)
    return absl::UnavailableError(options.folder + " cannot be written");
  const absl::Status status = MeasureAll(options, folder);
  std::filesystem::remove_all(folder);
  return status;
}

}  // namespace
}  // namespace skein::bench

int main(int argc, char** argv) {
  skein::bench::Options options;
  CLI::App app("Measures durable decisions over gRPC");
  app.add_option("--clients", options.clients, "Numbers of clients, one run each")->delimiter(',');
  app.add_option("--seconds", options.seconds, "Measured seconds of a run")
      ->check(CLI::Range(1, 3600));
  app.add_option("--policy", options.policy, "Policy of the networks");
  app.add_option("--folder", options.folder, "Where the store lies; its disk is measured");
  app.add_flag("--metrics", options.metrics, "The server counts for Prometheus");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = skein::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return 1;
}
