#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "benchmark/benchmark.h"

#include "policy/rules/rules.h"
#include "sim/episode.h"
#include "sim/generator.h"
#include "sim/simulator.h"

// Speed and memory of the world model. Run a release build on a quiet machine:
//
//   world_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
namespace {

// Heap in use and its peak, counted only while `counting` is set.
bool counting = false;
std::size_t in_use = 0;
std::size_t peak = 0;

void* Allocate(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  if (counting) {
    in_use += malloc_usable_size(memory);
    peak = std::max(peak, in_use);
  }
  return memory;
}

void Release(void* memory) noexcept {
  if (counting && memory != nullptr) in_use -= std::min(in_use, malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete[](void* memory) noexcept { Release(memory); }
void operator delete(void* memory, std::size_t) noexcept { Release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Release(memory); }

namespace skein::sim {
namespace {

constexpr std::uint64_t kSeed = 7;

std::shared_ptr<const Network> Paper(int vertiports = 8, int aircraft = 40) {
  return *Network::Create(*GeneratePaper(kSeed, {.vertiports = vertiports, .aircraft = aircraft}));
}

std::int64_t PlayDay(const std::shared_ptr<const Network>& network, std::uint64_t seed) {
  const auto policy = policy::MakeRandom(seed);
  return RunEpisode(network, seed, *policy)->summary.decisions;
}

// A whole `paper` day with `random`, realised day included. items_per_second: decisions.
void PaperDay(benchmark::State& state) {
  const auto network = Paper();
  std::int64_t decisions = 0;
  std::uint64_t seed = 0;
  for (auto _ : state) decisions += PlayDay(network, seed++);
  state.SetItemsProcessed(decisions);
}
BENCHMARK(PaperDay)->Unit(benchmark::kMillisecond);

// The counter is the largest heap in use during one day.
void PaperDayMemory(benchmark::State& state) {
  const auto network = Paper();
  for (auto _ : state) {
    in_use = peak = 0;
    counting = true;
    PlayDay(network, kSeed);
    counting = false;
  }
  state.counters["peak_MiB"] = static_cast<double>(peak) / (1 << 20);
}
BENCHMARK(PaperDayMemory)->Unit(benchmark::kMillisecond)->Iterations(3);

// Time per decision: Observe, which makes the mask, the choice of `random`, and Commit. The events
// between decisions are not counted. us_per_V_plus_A should hardly grow.
void DecisionTime(benchmark::State& state) {
  const auto vertiports = static_cast<int>(state.range(0));
  const auto aircraft = static_cast<int>(state.range(1));
  const auto network = Paper(vertiports, aircraft);
  std::int64_t decisions = 0;
  double total = 0;
  std::uint64_t seed = 0;
  Observation seen;
  Choice choice;
  for (auto _ : state) {
    Simulator simulator(network, seed);
    const auto policy = policy::MakeRandom(seed++);
    const World& world = simulator.world();
    std::chrono::duration<double> spent{0};
    while (const auto event = simulator.NextEvent()) {
      if (!simulator.Apply(*event).ok()) std::abort();
      if (world.open_points().empty()) continue;
      const auto begin = std::chrono::steady_clock::now();
      while (!world.open_points().empty()) {
        const AircraftId id = world.open_points().front();
        world.Observe(id, &seen);
        const DecisionPoint point{&seen, &world};
        if (!policy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
        benchmark::DoNotOptimize(simulator.Commit({id, choice.action, {}}));
        ++decisions;
      }
      spent += std::chrono::steady_clock::now() - begin;
    }
    state.SetIterationTime(spent.count());
    total += spent.count();
  }
  state.SetItemsProcessed(decisions);
  const double microseconds = total * 1e6 / static_cast<double>(decisions);
  state.counters["us_per_decision"] = microseconds;
  state.counters["ns_per_V_plus_A"] = microseconds * 1000 / (vertiports + aircraft);
}
BENCHMARK(DecisionTime)
    ->Args({8, 40})
    ->Args({16, 100})
    ->Args({32, 200})
    ->Args({64, 500})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// The world of `paper` in the middle of its day.
World Midday(const std::shared_ptr<const Network>& network) {
  Simulator simulator(network, kSeed);
  const auto policy = policy::MakeRandom(kSeed);
  const World& world = simulator.world();
  Observation seen;
  Choice choice;
  while (world.now() < SimTime{12 * kHour}) {
    if (!simulator.Apply(*simulator.NextEvent()).ok()) std::abort();
    while (!world.open_points().empty()) {
      const AircraftId id = world.open_points().front();
      world.Observe(id, &seen);
      const DecisionPoint point{&seen, &world};
      if (!policy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
      simulator.Commit({id, choice.action, {}});
    }
  }
  return world;
}

void ObserveOnly(benchmark::State& state) {
  const World world = Midday(Paper());
  Observation seen;
  for (auto _ : state) {
    world.Observe(AircraftId{0}, &seen);
    benchmark::DoNotOptimize(seen);
  }
}
BENCHMARK(ObserveOnly);

void DigestWorld(benchmark::State& state) {
  const World world = Midday(Paper());
  for (auto _ : state) benchmark::DoNotOptimize(world.Digest());
}
BENCHMARK(DigestWorld)->Unit(benchmark::kMicrosecond);

void CopyWorld(benchmark::State& state) {
  const World world = Midday(Paper());
  for (auto _ : state) benchmark::DoNotOptimize(World(world));
}
BENCHMARK(CopyWorld)->Unit(benchmark::kMicrosecond);

void SnapshotWorld(benchmark::State& state) {
  const World world = Midday(Paper());
  for (auto _ : state) benchmark::DoNotOptimize(world.Snapshot());
  state.counters["bytes"] = static_cast<double>(world.Snapshot().size());
}
BENCHMARK(SnapshotWorld)->Unit(benchmark::kMicrosecond);

void RestoreWorld(benchmark::State& state) {
  const World world = Midday(Paper());
  const std::string bytes = world.Snapshot();
  for (auto _ : state) benchmark::DoNotOptimize(World::Restore(world.shared_network(), bytes).ok());
}
BENCHMARK(RestoreWorld)->Unit(benchmark::kMicrosecond);

void GenerateScenario(benchmark::State& state) {
  std::uint64_t seed = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(GeneratePaper(seed++, {.vertiports = static_cast<int>(state.range(0)),
                                                    .aircraft = static_cast<int>(state.range(1))})
                                 .ok());
}
BENCHMARK(GenerateScenario)->Args({8, 40})->Args({64, 500})->Unit(benchmark::kMillisecond);

void CompileNetwork(benchmark::State& state) {
  const Scenario scenario = *GeneratePaper(kSeed);
  for (auto _ : state) benchmark::DoNotOptimize(Network::Create(scenario).ok());
}
BENCHMARK(CompileNetwork)->Unit(benchmark::kMicrosecond);

void RealiseDay(benchmark::State& state) {
  const auto network = Paper();
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(RealisedDay(network, seed++).events().size());
}
BENCHMARK(RealiseDay)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace skein::sim

BENCHMARK_MAIN();
