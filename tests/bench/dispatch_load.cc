// How long a durable decision takes: RequestDecision over gRPC on the embedded store, alone and
// with many clients. Each client owns a paper network of 8 vertiports and 40 aircraft and plays its
// outside world; only RequestDecision is measured. Beside it stands what the disk itself takes, in
// the same run and folder.
//
//   dispatch_load [--clients 1,8,64] [--seconds 15] [--policy random] [--folder .] [--metrics]
//
// What metrics cost: servers with and without them by turns, on a store in memory, compared by the
// processor time that they use per decision.
//
//   dispatch_load --compare-metrics 24 [--clients 8] [--seconds 4] [--policy random]

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
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
constexpr int kServersCompared = 4;  // of each kind

struct Options {
  std::vector<int> clients{1, 8, 64};
  int seconds = 15;
  std::string policy = "random";
  std::string folder = ".";
  bool metrics = false;
  int compare_rounds = 0;
};

struct Row {
  int clients = 0;
  double cpu_s = 0;                   // of the server
  std::vector<double> decision_ms{};  // sorted
  std::int64_t flights = 0;
  DiskSpeed disk{};

  double cpu_us_per_decision() const {
    return 1e6 * cpu_s / std::max(1.0, static_cast<double>(decision_ms.size()));
  }
  double flight_share() const {
    return static_cast<double>(flights) / std::max(1.0, static_cast<double>(decision_ms.size()));
  }
};

// `run` tells the networks of one measurement from those of another.
absl::StatusOr<Row> Measure(int count, const Options& options, const LoadServer& server, int run) {
  Row row{.clients = count};
  std::vector<std::unique_ptr<LoadClient>> clients;
  for (int k = 0; k < count; ++k) {
    const auto seed = static_cast<std::uint64_t>(k);
    SKEIN_ASSIGN_OR_RETURN(Scenario scenario, sim::GeneratePaper(seed + 1));
    SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(std::move(scenario)));
    clients.push_back(std::make_unique<LoadClient>(
        LoadOptions{server.address(), options.policy,
                    absl::StrCat("client-", run, "-", count, "-", k), seed * 1000},
        network));
  }
  std::atomic<bool> measuring{false};
  std::atomic<bool> stop{false};
  std::vector<absl::Status> outcomes(clients.size());
  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < clients.size(); ++k)
    threads.emplace_back([&, k] { outcomes[k] = clients[k]->Run(measuring, stop); });
  std::this_thread::sleep_for(kWarmUp);
  const double cpu_before_s = server.cpu_s();
  measuring = true;
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  measuring = false;
  row.cpu_s = server.cpu_s() - cpu_before_s;
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
  std::printf("%7d %10zu %10.0f %8.0f%% %8.2f %8.2f %8.2f %8.0f %11.0f %9.2f %9.2f\n", row.clients,
              row.decision_ms.size(), static_cast<double>(row.decision_ms.size()) / seconds,
              100 * row.flight_share(), Quantile(row.decision_ms, 0.5),
              Quantile(row.decision_ms, 0.99), Quantile(row.decision_ms, 1),
              row.cpu_us_per_decision(), row.disk.syncs_per_s, row.disk.p50_ms, row.disk.p99_ms);
  std::fflush(stdout);
}

absl::Status MeasureAll(const Options& options, const std::string& folder) {
  SKEIN_ASSIGN_OR_RETURN(const LoadServer server,
                         LoadServer::Start({folder + "/load.db", options.metrics}));
  std::printf("RequestDecision, durable on SQLite, paper 8x40, policy %s, %d s each\n\n",
              options.policy.c_str(), options.seconds);
  std::printf(
      "clients  decisions decisions/s flights   p50 ms   p99 ms   max ms   cpu us fdatasync/s"
      "  its p50   its p99\n");
  for (const int count : options.clients) {
    SKEIN_ASSIGN_OR_RETURN(const DiskSpeed disk, MeasureDisk(folder, kDiskProbe));
    SKEIN_ASSIGN_OR_RETURN(Row row, Measure(count, options, server, 0));
    row.disk = disk;
    Print(row, options.seconds);
    if (row.flight_share() < kLeastFlightShare)
      return absl::FailedPreconditionError("too few of the decisions are flights");
  }
  return absl::OkStatus();
}

// The ranks between which the median of that many values lies with 95 % probability, from 0.
// Source: order statistics; the number of values below the median is binomial.
std::pair<std::size_t, std::size_t> MedianInterval(std::size_t count) {
  double chance = std::pow(0.5, static_cast<double>(count));  // of so many below the median
  double below = 0;
  std::size_t low = 0;
  while (below + chance <= 0.025) {
    below += chance;
    ++low;
    chance *= static_cast<double>(count - low + 1) / static_cast<double>(low);
  }
  low = low == 0 ? 0 : low - 1;
  return {low, count - 1 - low};
}

void PrintComparison(const char* what, std::vector<double> ratios) {
  std::sort(ratios.begin(), ratios.end());
  const auto [low, high] = MedianInterval(ratios.size());
  std::printf(
      "%s with metrics to without, median of %zu pairs: %+.2f %%, 95 %% interval %+.2f to "
      "%+.2f %%\n",
      what, ratios.size(), 100 * (Quantile(ratios, 0.5) - 1), 100 * (ratios[low] - 1),
      100 * (ratios[high] - 1));
}

absl::Status CompareMetrics(const Options& options) {
  // Several of each kind, since where the memory of a process lies makes a difference, too.
  std::vector<LoadServer> servers;
  for (int k = 0; k < 2 * kServersCompared; ++k) {
    SKEIN_ASSIGN_OR_RETURN(LoadServer server, LoadServer::Start({.metrics = k % 2 == 1}));
    servers.push_back(std::move(server));
  }
  const int clients = options.clients.front();
  std::printf("RequestDecision, store in memory, paper 8x40, policy %s, %d clients, %d s each\n\n",
              options.policy.c_str(), clients, options.seconds);
  std::printf("round  cpu us without    with  decisions/s without    with\n");
  std::vector<double> cpu;
  std::vector<double> throughput;
  for (int round = 0; round < options.compare_rounds; ++round) {
    std::array<Row, 2> rows;
    for (int turn = 0; turn < 2; ++turn) {
      const auto with = static_cast<std::size_t>((round + turn) % 2);
      const auto server = 2 * static_cast<std::size_t>(round % kServersCompared) + with;
      SKEIN_ASSIGN_OR_RETURN(rows[with], Measure(clients, options, servers[server], round));
    }
    const auto per_s = [&options](const Row& row) {
      return static_cast<double>(row.decision_ms.size()) / options.seconds;
    };
    cpu.push_back(rows[1].cpu_us_per_decision() / rows[0].cpu_us_per_decision());
    throughput.push_back(per_s(rows[1]) / per_s(rows[0]));
    std::printf("%5d  %14.1f %7.1f  %19.0f %7.0f\n", round + 1, rows[0].cpu_us_per_decision(),
                rows[1].cpu_us_per_decision(), per_s(rows[0]), per_s(rows[1]));
    std::fflush(stdout);
  }
  PrintComparison("\nprocessor time per decision", cpu);
  PrintComparison("decisions per second", throughput);
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  if (options.compare_rounds > 0) return CompareMetrics(options);
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
  app.add_option("--compare-metrics", options.compare_rounds,
                 "Pairs of runs, by turns with and without metrics, on a store in memory")
      ->check(CLI::Range(6, 1000));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = skein::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return 1;
}
