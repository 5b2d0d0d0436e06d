#include <cstdlib>
#include <ctime>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"

#include "policy/planners/genetic/block_fitness.h"
#include "policy/planners/genetic/clairvoyant.h"
#include "policy/planners/genetic/genetic.h"
#include "policy/rules/rules.h"
#include "sim/episode.h"
#include "sim/generator.h"
#include "sim/simulator.h"

// Cost of the genetic planner, and what its plans are worth. Run a release build on a quiet
// machine:
//
//   genetic_bench --benchmark_filter=-PlayDays --benchmark_repetitions=5
//   genetic_bench --benchmark_filter=PlayDays
namespace skein::policy {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr int kBlock = 60;

// The world of `paper` in the middle of its day, at a decision point.
sim::World Midday() {
  const auto network = *sim::Network::Create(*sim::GeneratePaper(kSeed));
  sim::Simulator simulator(network, kSeed);
  const auto greedy = MakeGreedy(network);
  const sim::World& world = simulator.world();
  Observation seen;
  Choice choice;
  while (true) {
    if (!simulator.Apply(*simulator.NextEvent()).ok()) std::abort();
    while (!world.open_points().empty()) {
      if (world.now() >= SimTime{12 * kHour}) return world;
      const AircraftId id = world.open_points().front();
      world.Observe(id, &seen);
      const DecisionPoint point{&seen, &world};
      if (!greedy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
      simulator.Commit({id, choice.action, {}});
    }
  }
}

Chromosome AnyPlan(std::uint32_t child) {
  return RandomChromosome(kBlock, 8, {.seed = kSeed, .generation = 0, .child = child});
}

std::shared_ptr<const sim::RealisedDay> ForecastOf(const sim::World& world) {
  return std::make_shared<const sim::RealisedDay>(sim::RealisedDay::Forecast(world, kSeed));
}

// The fitness of one plan of 60 decisions on one forecast day.
void EvaluatePlan(benchmark::State& state) {
  const sim::World world = Midday();
  const auto day = ForecastOf(world);
  BlockFitness fitness(1);
  fitness.Start(world, std::span(&day, 1));
  std::uint32_t child = 0;
  std::int64_t profit = 0;
  for (auto _ : state) {
    const Chromosome plan = AnyPlan(child++);
    if (!fitness.Evaluate({&plan, 1}, {&profit, 1}).ok()) std::abort();
  }
}
BENCHMARK(EvaluatePlan)->Unit(benchmark::kMicrosecond);

// What of it is the copy of the simulator into a buffer that has grown.
void CopySimulator(benchmark::State& state) {
  const sim::World world = Midday();
  const sim::Simulator start(world, ForecastOf(world));
  sim::Simulator scratch = start;
  for (auto _ : state) {
    scratch = start;
    benchmark::DoNotOptimize(scratch);
  }
}
BENCHMARK(CopySimulator)->Unit(benchmark::kMicrosecond);

void DrawForecastDay(benchmark::State& state) {
  const sim::World world = Midday();
  std::uint64_t seed = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(sim::RealisedDay::Forecast(world, seed++).events().size());
}
BENCHMARK(DrawForecastDay)->Unit(benchmark::kMicrosecond);

// Breeding alone: a generation of 100 plans, evaluated for nothing.
void BreedGeneration(benchmark::State& state) {
  const auto nothing = [](std::span<const Chromosome>, std::span<std::int64_t> fitness) {
    for (std::size_t k = 0; k < fitness.size(); ++k) fitness[k] = static_cast<std::int64_t>(k);
    return absl::OkStatus();
  };
  for (auto _ : state)
    benchmark::DoNotOptimize(
        Evolve({.population = 100, .generations = 11}, kBlock, 8, kSeed, nothing).ok());
  state.SetItemsProcessed(state.iterations() * 10);
}
BENCHMARK(BreedGeneration)->Unit(benchmark::kMillisecond);

// A block with the settings of the paper, by number of threads.
void PlanBlock(benchmark::State& state) {
  const sim::World world = Midday();
  GeneticOptions options;
  options.threads = static_cast<int>(state.range(0));
  Observation seen;
  world.Observe(world.open_points().front(), &seen);
  const DecisionPoint point{&seen, &world};
  Choice choice;
  for (auto _ : state) {
    const auto ga = MakeGenetic(options, kSeed);
    if (!ga->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
  }
}
BENCHMARK(PlanBlock)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kSecond);

using Make = std::unique_ptr<Dispatcher> (*)(std::shared_ptr<const sim::Network>, std::uint64_t);

// The settings of the paper, on one thread, and five days of `paper`, each with its own network.
// ms_per_decision is CPU time, the simulation of the day included.
void PlayDays(benchmark::State& state, Make make) {
  constexpr int kDays = 5;
  std::int64_t decisions = 0;
  std::vector<double> profit_usd;
  double seconds = 0;
  for (auto _ : state) {
    const auto begin = std::clock();
    for (std::uint64_t seed = 900'000; seed < 900'000 + kDays; ++seed) {
      const auto network = *sim::Network::Create(*sim::GeneratePaper(seed));
      const auto policy = make(network, seed);
      const auto report = sim::RunEpisode(network, seed, *policy);
      if (!report.ok()) std::abort();
      decisions += report->summary.decisions;
      profit_usd.push_back(static_cast<double>(report->summary.profit_cents()) / 100);
    }
    seconds += static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  }
  for (int day = 0; day < kDays; ++day)
    state.counters["day" + std::to_string(day) + "_usd"] =
        profit_usd[static_cast<std::size_t>(day)];
  state.counters["mean_usd"] = std::accumulate(profit_usd.begin(), profit_usd.end(), 0.0) /
                               static_cast<double>(profit_usd.size());
  state.counters["ms_per_decision"] = 1000 * seconds / static_cast<double>(decisions);
  state.counters["s_per_day"] = seconds / static_cast<double>(profit_usd.size());
}

std::unique_ptr<Dispatcher> Random(std::shared_ptr<const sim::Network>, std::uint64_t seed) {
  return MakeRandom(seed);
}
std::unique_ptr<Dispatcher> Greedy(std::shared_ptr<const sim::Network> network, std::uint64_t) {
  return MakeGreedy(std::move(network));
}
std::unique_ptr<Dispatcher> Ga(std::shared_ptr<const sim::Network>, std::uint64_t seed) {
  return MakeGenetic({}, seed);
}
std::unique_ptr<Dispatcher> GaWithOneDay(std::shared_ptr<const sim::Network>, std::uint64_t seed) {
  return MakeGenetic({.days = 1}, seed);
}
std::unique_ptr<Dispatcher> Clairvoyant(std::shared_ptr<const sim::Network> network,
                                        std::uint64_t seed) {
  return MakeClairvoyantGenetic({}, seed,
                                std::make_shared<const sim::RealisedDay>(std::move(network), seed));
}
BENCHMARK_CAPTURE(PlayDays, random, Random)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(PlayDays, greedy, Greedy)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(PlayDays, ga, Ga)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(PlayDays, ga_one_day, GaWithOneDay)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(PlayDays, clairvoyant, Clairvoyant)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace skein::policy

BENCHMARK_MAIN();
