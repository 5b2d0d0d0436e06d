// What metrics cost: servers with and without them by turns, on a store in memory, compared by the
// processor time that they use per decision.
//
//   metrics_load [--pairs 24] [--clients 8] [--seconds 4] [--policy random]

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"
#include "tests/bench/disk_speed.h"
#include "tests/bench/load_run.h"
#include "tests/bench/load_server.h"

namespace skein::bench {
namespace {

constexpr int kServersOfEachKind = 4;  // where the memory of a process lies makes a difference, too

struct Options {
  int pairs = 24;
  int clients = 8;
  int seconds = 4;
  std::string policy = "random";
};

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
  std::printf("%s, with metrics to without: median %+.2f %%, 95 %% interval %+.2f to %+.2f %%\n",
              what, 100 * (Quantile(ratios, 0.5) - 1), 100 * (ratios[low] - 1),
              100 * (ratios[high] - 1));
}

// Those with an odd number have metrics. A younger one holds the pipes of the older ones.
struct Servers {
  ~Servers() {
    while (!list.empty()) list.pop_back();
  }
  std::vector<LoadServer> list;
};

absl::Status Run(const Options& options) {
  Servers servers;
  for (int k = 0; k < 2 * kServersOfEachKind; ++k) {
    SKEIN_ASSIGN_OR_RETURN(
        LoadServer server,
        LoadServer::Start({.store = LoadServer::Store::kMemory, .metrics = k % 2 == 1}));
    servers.list.push_back(std::move(server));
  }
  std::printf("RequestDecision, store in memory, paper 8x40, policy %s, %d clients, %d s each\n\n",
              options.policy.c_str(), options.clients, options.seconds);
  std::printf(" pair  cpu us without    with  decisions/s without    with\n");
  std::vector<double> cpu;
  std::vector<double> throughput;
  for (int pair = 0; pair < options.pairs; ++pair) {
    std::array<LoadRun, 2> runs;
    for (int turn = 0; turn < 2; ++turn) {
      const auto with = static_cast<std::size_t>((pair + turn) % 2);
      const auto server = 2 * static_cast<std::size_t>(pair % kServersOfEachKind) + with;
      SKEIN_ASSIGN_OR_RETURN(
          runs[with], RunLoad(servers.list[server], options.clients, absl::StrCat("pair-", pair),
                              options.policy, options.seconds));
    }
    cpu.push_back(runs[1].cpu_us_per_decision() / runs[0].cpu_us_per_decision());
    throughput.push_back(runs[1].decisions_per_s() / runs[0].decisions_per_s());
    std::printf("%5d  %14.1f %7.1f  %19.0f %7.0f\n", pair + 1, runs[0].cpu_us_per_decision(),
                runs[1].cpu_us_per_decision(), runs[0].decisions_per_s(),
                runs[1].decisions_per_s());
    std::fflush(stdout);
  }
  PrintComparison("\nprocessor time per decision", cpu);
  PrintComparison("decisions per second", throughput);
  return absl::OkStatus();
}

}  // namespace
}  // namespace skein::bench

int main(int argc, char** argv) {
  skein::bench::Options options;
  CLI::App app("Measures what metrics cost a server");
  app.add_option("--pairs", options.pairs, "Pairs of runs")->check(CLI::Range(6, 1000));
  app.add_option("--clients", options.clients, "Clients at once")->check(CLI::Range(1, 256));
  app.add_option("--seconds", options.seconds, "Measured seconds of a run")
      ->check(CLI::Range(1, 3600));
  app.add_option("--policy", options.policy, "Policy of the networks");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = skein::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", status.ToString().c_str());
  return 1;
}
