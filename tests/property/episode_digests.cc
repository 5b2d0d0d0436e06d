#include "tests/property/episode_digests.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

#include "policy/rules/rules.h"
#include "sim/archive.h"
#include "sim/episode.h"
#include "sim/generator.h"
#include "tests/property/random_scenario.h"

namespace skein::testing {
namespace {

struct Job {
  std::shared_ptr<const sim::Network> network;
  const char* policy;
  std::uint64_t seed;
  std::int64_t profit_cents = 0;
  std::uint64_t digest = 0;
  bool ok = false;
};

constexpr const char* kPolicies[] = {"hold", "random", "fcfs", "greedy"};

std::unique_ptr<Dispatcher> MakePolicy(const Job& job) {
  switch (job.policy[0]) {
    case 'h': return policy::MakeHold();
    case 'r': return policy::MakeRandom(job.seed);
    case 'f': return policy::MakeFcfs();
    default: return policy::MakeGreedy(job.network);
  }
}

std::vector<Job> MakeJobs() {
  constexpr std::uint64_t kSeeds = 3;
  constexpr std::uint64_t kDrawn = 8;
  std::vector<std::shared_ptr<const sim::Network>> networks;
  networks.push_back(*sim::Network::Create(*sim::GeneratePaper(7)));
  networks.push_back(
      *sim::Network::Create(*sim::GeneratePaper(11, {.vertiports = 16, .aircraft = 60})));
  for (std::uint64_t k = 1; k <= kDrawn; ++k)
    networks.push_back(*sim::Network::Create(RandomScenario(k)));
  std::vector<Job> jobs;
  for (const auto& network : networks)
    for (const char* const policy : kPolicies)
      for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) jobs.push_back({network, policy, seed});
  return jobs;
}

void Play(Job& job) {
  const auto policy = MakePolicy(job);
  const auto report = sim::RunEpisode(job.network, job.seed, *policy);
  if (!report.ok()) {
    std::fprintf(stderr, "%s %s %d: %s\n", job.network->scenario().name.c_str(), job.policy,
                 static_cast<int>(job.seed), std::string(report.status().message()).c_str());
    return;
  }
  job.profit_cents = report->summary.profit_cents();
  job.digest = report->digest;
  job.ok = true;
}

}  // namespace

std::string EpisodeDigests(int threads) {
  std::vector<Job> jobs = MakeJobs();
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> workers;
  for (int k = 0; k < threads; ++k) {
    workers.emplace_back([&] {
      for (std::size_t job = next++; job < jobs.size(); job = next++) Play(jobs[job]);
    });
  }
  for (std::thread& worker : workers) worker.join();

  std::string text;
  sim::Hasher all;
  for (const Job& job : jobs) {
    if (!job.ok) return "";
    all.Field(job.profit_cents, job.digest);
    absl::StrAppendFormat(&text, "%s %s %d %d %016x\n", job.network->scenario().name, job.policy,
                          job.seed, job.profit_cents, job.digest);
  }
  absl::StrAppendFormat(&text, "all %016x\n", all.value());
  return text;
}

}  // namespace skein::testing
