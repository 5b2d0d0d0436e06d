// How many durable decisions a server takes: RequestDecision over gRPC, on each store by turns, and
// on one that forgets everything, as a yardstick. Each client owns a paper network of 8 vertiports
// and 40 aircraft and plays its outside world on the same machine; only RequestDecision is
// measured. Beside it stands what the disk itself takes, in the same run and folder.
//
//   dispatch_load [--stores sqlite,postgresql,memory] [--clients 1,8,64] [--seconds 15]
//                 [--rounds 1] [--policy random] [--folder .] [--database URL] [--metrics]

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "tests/bench/disk_speed.h"
#include "tests/bench/load_run.h"
#include "tests/bench/load_server.h"
#include "tests/storage/postgres_cluster.h"

namespace skein::bench {
namespace {

using Store = LoadServer::Store;

constexpr std::chrono::seconds kDiskProbe{2};
// What is wanted of a durable store, at least the lower of the two.
constexpr double kTimesTheDisk = 5;
constexpr double kShareOfMemory = 0.5;

const std::map<std::string, Store> kStores{
    {"sqlite", Store::kSqlite}, {"postgresql", Store::kPostgresql}, {"memory", Store::kMemory}};

struct Options {
  std::vector<std::string> stores{"sqlite", "postgresql", "memory"};
  std::vector<int> clients{1, 8, 64};
  int seconds = 15;
  int rounds = 1;
  std::string policy = "random";
  std::string folder = ".";
  std::string database;  // empty: a private one
  bool metrics = false;
};

struct Row {
  std::string store{};
  int clients = 0;
  LoadRun run{};
  DiskSpeed disk{};

  double flight_share() const {
    return static_cast<double>(run.flights) /
           std::max(1.0, static_cast<double>(run.decision_ms.size()));
  }
};

// The servers, one on each store. A younger one holds the pipes of the older ones.
struct Servers {
  ~Servers() {
    while (!list.empty()) list.pop_back();
  }
  std::optional<storage::PostgresCluster> cluster;
  std::vector<LoadServer> list;  // as the stores in Options
};

absl::Status StartServers(const Options& options, const std::string& folder, Servers* servers) {
  for (const std::string& store : options.stores) {
    LoadServer::Options server{kStores.at(store), {}, options.metrics};
    if (server.store == Store::kSqlite) server.where = folder + "/load.db";
    if (server.store == Store::kPostgresql) {
      // As much memory as PostgreSQL takes by itself.
      if (options.database.empty()) servers->cluster.emplace("shared_buffers = 128MB", folder);
      server.where = options.database.empty() ? servers->cluster->url() : options.database;
    }
    SKEIN_ASSIGN_OR_RETURN(LoadServer started, LoadServer::Start(server));
    servers->list.push_back(std::move(started));
  }
  return absl::OkStatus();
}

absl::StatusOr<Row> Measure(const std::string& store, int count, int round, const Options& options,
                            const std::string& folder, const LoadServer& server) {
  Row row{.store = store, .clients = count};
  SKEIN_ASSIGN_OR_RETURN(row.disk, MeasureDisk(folder, kDiskProbe));
  SKEIN_ASSIGN_OR_RETURN(row.run, RunLoad(server, count, absl::StrCat("client-", count, "-", round),
                                          options.policy, options.seconds));
  return row;
}

void Print(const Row& row) {
  std::printf("%-10s %7d %11.0f %7.0f%% %8.2f %8.2f %8.2f %11.0f %8.2f %8.2f\n", row.store.c_str(),
              row.clients, row.run.decisions_per_s(), 100 * row.flight_share(),
              Quantile(row.run.decision_ms, 0.5), Quantile(row.run.decision_ms, 0.99),
              Quantile(row.run.decision_ms, 1), row.disk.syncs_per_s, row.disk.p50_ms,
              row.disk.p99_ms);
  std::fflush(stdout);
}

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return Quantile(values, 0.5);
}

// Whether each durable store takes as many decisions as is wanted, at the most clients. By medians.
void PrintGate(const std::vector<Row>& rows) {
  const int most = std::max_element(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
                     return a.clients < b.clients;
                   })->clients;
  std::map<std::string, std::vector<double>> rates;
  std::vector<double> syncs;
  for (const Row& row : rows) {
    if (row.clients != most) continue;
    rates[row.store].push_back(row.run.decisions_per_s());
    syncs.push_back(row.disk.syncs_per_s);
  }
  if (!rates.contains("memory")) return;
  const double memory = MedianOf(rates.at("memory"));
  const double disk = MedianOf(syncs);
  const double wanted = std::min(kTimesTheDisk * disk, kShareOfMemory * memory);
  std::printf(
      "\n%d clients: want at least %.0f decisions/s, the lower of %.0f times %.0f syncs/s"
      " and %.0f %% of %.0f decisions/s in memory\n",
      most, wanted, kTimesTheDisk, disk, 100 * kShareOfMemory, memory);
  for (const auto& [store, values] : rates) {
    if (store == "memory") continue;
    const double rate = MedianOf(values);
    std::printf("%-10s %.0f decisions/s, %.0f %% of memory: %s\n", store.c_str(), rate,
                100 * rate / memory, rate >= wanted ? "met" : "MISSED");
  }
}

absl::Status MeasureAll(const Options& options, const std::string& folder) {
  Servers servers;
  SKEIN_RETURN_IF_ERROR(StartServers(options, folder, &servers));
  std::printf("RequestDecision, paper 8x40, policy %s, %d s each\n\n", options.policy.c_str(),
              options.seconds);
  std::printf(
      "store      clients decisions/s  flights   p50 ms   p99 ms   max ms fdatasync/s  its p50"
      "  its p99\n");
  std::vector<Row> rows;
  for (const int count : options.clients) {
    for (int round = 0; round < options.rounds; ++round) {
      for (std::size_t k = 0; k < options.stores.size(); ++k) {
        SKEIN_ASSIGN_OR_RETURN(
            Row row, Measure(options.stores[k], count, round, options, folder, servers.list[k]));
        Print(row);
        rows.push_back(std::move(row));
      }
    }
  }
  PrintGate(rows);
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  std::string folder = options.folder + "/dispatch-load-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr)
    return absl::UnavailableError(options.folder + " cannot be written");
  folder = std::filesystem::absolute(folder);
  chmod(folder.c_str(), 0755);  // PostgreSQL may run as a user of its own
  const absl::Status status = MeasureAll(options, folder);
  std::filesystem::remove_all(folder);
  return status;
}

}  // namespace
}  // namespace skein::bench

int main(int argc, char** argv) {
  skein::bench::Options options;
  CLI::App app("Measures durable decisions over gRPC");
  app.add_option("--stores", options.stores, "Stores, by turns: sqlite, postgresql, memory")
      ->delimiter(',')
      ->check(CLI::IsMember(skein::bench::kStores));
  app.add_option("--clients", options.clients, "Numbers of clients, one run each")
      ->delimiter(',')
      ->check(CLI::Range(1, 256));
  app.add_option("--seconds", options.seconds, "Measured seconds of a run")
      ->check(CLI::Range(1, 3600));
  app.add_option("--rounds", options.rounds, "Runs of each store and number of clients")
      ->check(CLI::Range(1, 100));
  app.add_option("--policy", options.policy, "Policy of the networks");
  app.add_option("--folder", options.folder, "Where the stores lie; its disk is measured");
  app.add_option("--database", options.database,
                 "URL of an empty PostgreSQL database; else a private one is made");
  app.add_flag("--metrics", options.metrics, "The servers count for Prometheus");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = skein::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return 1;
}
