// Plays simulated worlds of the service: clients, two servers and a disk, and everything fails.
//
//   service_simulation [--seed 1] [--worlds 1] [--sabotage NAME] [--trace]
//
// Stops at the first world in which a promise is broken and prints the command that repeats it.
// With --sabotage that is what is wanted: the exit code is 0 if one was found.

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

#include "CLI/CLI.hpp"
#include "tests/simulation/simulation.h"

namespace skein::simulation {
namespace {

const std::map<std::string, Sabotage> kSabotages = {
    {"none", Sabotage::kNone},
    {"acknowledge-first", Sabotage::kAcknowledgeFirst},
    {"no-fence", Sabotage::kNoFence},
    {"half-transaction", Sabotage::kHalfTransaction},
    {"forget-answers", Sabotage::kForgetAnswers},
};

struct Totals {
  std::uint64_t worlds = 0;
  SimulationReport sum{};

  void Add(const SimulationReport& report) {
    ++worlds;
    sum.figures.records += report.figures.records;
    sum.figures.decisions += report.figures.decisions;
    sum.figures.acknowledged += report.figures.acknowledged;
    sum.operations += report.operations;
    sum.in_doubt += report.in_doubt;
    sum.refused += report.refused;
    sum.crashes += report.crashes;
    sum.takeovers += report.takeovers;
    sum.failed_commits += report.failed_commits;
    sum.in_doubt_commits += report.in_doubt_commits;
    sum.simulated_ms += report.simulated_ms;
    sum.fingerprint ^= report.fingerprint;
  }

  void Print(std::uint64_t seed, double seconds) const {
    const auto number = [](std::int64_t value) { return static_cast<long long>(value); };
    std::printf(
        "worlds %llu (seeds %llu to %llu) in %.1f s: %.0f per minute, %.1f simulated hours\n"
        "operations %lld: acknowledged %lld (reads left out), refused %lld, in doubt %lld\n"
        "journal records %lld, decisions %lld\n"
        "crashes %lld, takeovers %lld, commits failed %lld, in doubt %lld\n"
        "fingerprint %016llx\n",
        static_cast<unsigned long long>(worlds), static_cast<unsigned long long>(seed),
        static_cast<unsigned long long>(seed + worlds - 1), seconds,
        static_cast<double>(worlds) * 60 / seconds, static_cast<double>(sum.simulated_ms) / 3.6e6,
        number(sum.operations), number(sum.figures.acknowledged), number(sum.refused),
        number(sum.in_doubt), number(sum.figures.records), number(sum.figures.decisions),
        number(sum.crashes), number(sum.takeovers), number(sum.failed_commits),
        number(sum.in_doubt_commits), static_cast<unsigned long long>(sum.fingerprint));
  }
};

int Run(std::uint64_t seed, std::uint64_t worlds, const std::string& sabotage, bool trace) {
  Totals totals;
  const auto begin = std::chrono::steady_clock::now();
  const bool sabotaged = sabotage != "none";
  for (std::uint64_t k = 0; k < worlds; ++k) {
    const SimulationReport report =
        Simulate({.seed = seed + k, .sabotage = kSabotages.at(sabotage), .trace = trace});
    totals.Add(report);
    if (report.verdict.ok()) continue;
    std::printf(
        "SEED=%llu after %llu worlds: %s\nrepeat: service_simulation --seed %llu%s --trace\n",
        static_cast<unsigned long long>(seed + k), static_cast<unsigned long long>(k + 1),
        report.verdict.ToString().c_str(), static_cast<unsigned long long>(seed + k),
        sabotaged ? (" --sabotage " + sabotage).c_str() : "");
    return sabotaged ? 0 : 1;
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  totals.Print(seed, taken.count());
  if (sabotaged) std::printf("the sabotage was not noticed\n");
  return sabotaged ? 1 : 0;
}

}  // namespace
}  // namespace skein::simulation

int main(int argc, char** argv) {
  std::uint64_t seed = 1;
  std::uint64_t worlds = 1;
  std::string sabotage = "none";
  bool trace = false;
  CLI::App app("Plays simulated worlds of the service in which everything fails");
  app.add_option("--seed", seed, "Seed of the first world")->capture_default_str();
  app.add_option("--worlds", worlds, "Number of worlds")->capture_default_str();
  app.add_option("--sabotage", sabotage, "What the store does wrong")
      ->check(CLI::IsMember(
          {"none", "acknowledge-first", "no-fence", "half-transaction", "forget-answers"}))
      ->capture_default_str();
  app.add_flag("--trace", trace, "Print what happens");
  CLI11_PARSE(app, argc, argv);
  return skein::simulation::Run(seed, worlds, sabotage, trace);
}
