#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "benchmark/benchmark.h"

#include "policy/planners/genetic/block_fitness.h"
#include "policy/planners/genetic/genetic.h"
#include "policy/rules/rules.h"
#include "sim/generator.h"
#include "sim/simulator.h"

// Cost of the genetic planner. Run a release build on a quiet machine:
//
//   genetic_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
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

}  // namespace
}  // namespace skein::policy

BENCHMARK_MAIN();
