#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "benchmark/benchmark.h"
#include "policy/captain/captain_dispatcher.h"
#include "policy/captain/features/extractor.h"
#include "policy/captain/native/levels.h"
#include "policy/captain/native/native_backend.h"
#include "policy/captain/native/network.h"
#include "policy/rules/rules.h"
#include "sim/generator.h"
#include "sim/simulator.h"
#include "tests/policy/captain/random_checkpoint.h"
#ifdef SKEIN_WITH_TORCH
#include "policy/captain/torch/torch_backend.h"
#include "tests/bench/torch_product.h"
#endif

// Speed of the learned policy with the default sizes and random weights, which take the time that
// trained ones take. One core, batch 1. Run a release build on a quiet machine:
//
//   captain_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

// Counts what is allocated. Out of line, or gcc sees free() meet operator new and warns.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace skein::policy::captain {
namespace {

constexpr std::uint64_t kSeed = 900'000;
constexpr int kMostDecisions = 2000;
constexpr std::size_t kWarmUp = 100;  // decisions until all buffers have grown

using Micros = std::chrono::duration<double, std::micro>;

std::shared_ptr<const sim::Network> Paper(const benchmark::State& state) {
  const sim::PaperOptions size{.vertiports = static_cast<int>(state.range(0)),
                               .aircraft = static_cast<int>(state.range(1))};
  return *sim::Network::Create(*sim::GeneratePaper(kSeed, size));
}

// Plays a day, or the first decisions of it; visit(point) makes each choice.
template <class Visit>
void PlayDay(const std::shared_ptr<const sim::Network>& network, const Visit& visit) {
  sim::Simulator simulator(network, kSeed);
  Observation seen;
  int decisions = 0;
  while (const auto event = simulator.NextEvent()) {
    if (!simulator.Apply(*event).ok()) std::abort();
    while (!simulator.world().open_points().empty()) {
      if (++decisions > kMostDecisions) return;
      const AircraftId id = simulator.world().open_points().front();
      simulator.world().Observe(id, &seen);
      simulator.Commit({id, visit(DecisionPoint{&seen, &simulator.world()}), {}});
    }
  }
}

double Quantile(std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// A day of decisions, features included, each taken while the world goes on. Decides with `greedy`,
// so that the days are the same for every backend. The time of an iteration is the median.
void Decide(benchmark::State& state, const BackendFactory& factory) {
  const auto network = Paper(state);
  const auto captain = MakeCaptain(network, *factory(RandomCheckpoint({}, 1)));
  const auto greedy = MakeGreedy(network);
  Choice choice;
  std::vector<double> times;
  times.reserve(kMostDecisions);  // its growth is not the policy's
  std::int64_t allocated = 0;
  for (auto _ : state) {
    times.clear();
    allocated = 0;
    PlayDay(network, [&](const DecisionPoint& point) {
      const std::int64_t before = allocations;
      const auto begin = std::chrono::steady_clock::now();
      if (!captain->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
      times.push_back(Micros(std::chrono::steady_clock::now() - begin).count());
      if (times.size() > kWarmUp) allocated += allocations - before;
      if (!greedy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
      return choice.action;
    });
    std::sort(times.begin(), times.end());
    state.SetIterationTime(Quantile(times, 0.5) * 1e-6);
  }
  state.counters["p50_us"] = Quantile(times, 0.5);
  state.counters["p99_us"] = Quantile(times, 0.99);
  state.counters["decisions"] = static_cast<double>(times.size());
  state.counters["allocations"] = static_cast<double>(allocated);
}

void DecideNative(benchmark::State& state) { Decide(state, *NativeBackend(NativeLevels().back())); }
void DecideNativeBaseline(benchmark::State& state) { Decide(state, *NativeBackend("baseline")); }

#define SKEIN_SIZES Args({8, 40})->Args({16, 80})->Args({64, 500})->UseManualTime()->Iterations(1)
BENCHMARK(DecideNative)->SKEIN_SIZES->Unit(benchmark::kMicrosecond);
BENCHMARK(DecideNativeBaseline)->SKEIN_SIZES->Unit(benchmark::kMicrosecond);
#ifdef SKEIN_WITH_TORCH
void DecideTorch(benchmark::State& state) {
  SetTorchThreads(1);
  Decide(state, MakeTorchBackend);
}
BENCHMARK(DecideTorch)->SKEIN_SIZES->Unit(benchmark::kMicrosecond);
#endif

// Operations of the products that were computed: a multiplication and an addition each.
std::int64_t flops = 0;

void CountedMultiplyAdd(native::ConstRows a, std::size_t rows, const native::Panels& b,
                        native::Rows c) {
  flops += static_cast<std::int64_t>(2 * rows * b.depth * b.panels * native::kPanel);
  native::kBaselineKernels.multiply_add(a, rows, b, c);
}

// Operations of the same products as docs/policy.md states them, nothing folded.
double FlopsOfTheEquations(const CaptainOptions& model, double vertiports, double aircraft) {
  const double width = model.width;
  const double series = model.series_width;
  const double nodes = vertiports + aircraft;
  const double graph =
      nodes * model.layers * (model.hops + 1) * width * width +
      (vertiports * kFeatureCount<VertiportRow> + aircraft * kFeatureCount<AircraftRow>)*width;
  const double spread =
      2 * vertiports * vertiports * model.layers * model.hops * model.capsules * width;
  const double steps = vertiports * kSeriesSteps *
                       (kFeatureCount<SeriesRow> * series +
                        model.series_layers * (8 * series * series + 2 * kSeriesSteps * series));
  const double destinations =
      vertiports * width * (3 * width + series + kFeatureCount<EdgeRow> + 2 * width + 2);
  const double decoder = width * (4 * width + kFeatureCount<ContextRow> + 4 * width);
  return 2 * (graph + spread + steps + destinations + decoder);
}

// The network alone, over the features of a day; rates are of what is computed.
void Evaluate(benchmark::State& state) {
  const auto network = Paper(state);
  FeatureExtractor extractor(network);
  const auto greedy = MakeGreedy(network);
  Choice choice;
  std::vector<Features> all;
  PlayDay(network, [&](const DecisionPoint& point) {
    if (all.size() < 64) extractor.Extract(point, &all.emplace_back());
    if (!greedy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
    return choice.action;
  });
  const Checkpoint checkpoint = RandomCheckpoint({}, 1);
  const auto backend = *(*NativeBackend(NativeLevels().back()))(checkpoint);
  Evaluation out;
  std::size_t k = 0;
  for (auto _ : state) {
    const Features* const one = &all[k++ % all.size()];
    if (!backend->Evaluate({&one, 1}, {&out, 1}).ok()) std::abort();
  }
  native::Kernels counting = native::kBaselineKernels;
  counting.multiply_add = CountedMultiplyAdd;
  flops = 0;
  native::Network(checkpoint, counting).Evaluate(all.front(), &out);
  state.counters["kflop"] = static_cast<double>(flops) / 1e3;
  state.counters["kflop_of_the_equations"] =
      FlopsOfTheEquations({}, static_cast<double>(state.range(0)),
                          static_cast<double>(state.range(1))) /
      1e3;
  state.counters["flop/s"] =
      benchmark::Counter(static_cast<double>(flops), benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(Evaluate)->Args({8, 40})->Args({16, 80})->Args({64, 500})->Unit(benchmark::kMicrosecond);

// Features alone.
void Extract(benchmark::State& state) {
  const auto network = Paper(state);
  FeatureExtractor extractor(network);
  Features features;
  const auto greedy = MakeGreedy(network);
  Choice choice;
  std::vector<double> times;
  for (auto _ : state) {
    times.clear();
    PlayDay(network, [&](const DecisionPoint& point) {
      const auto begin = std::chrono::steady_clock::now();
      extractor.Extract(point, &features);
      times.push_back(Micros(std::chrono::steady_clock::now() - begin).count());
      if (!greedy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
      return choice.action;
    });
    std::sort(times.begin(), times.end());
    state.SetIterationTime(Quantile(times, 0.5) * 1e-6);
  }
}
BENCHMARK(Extract)->SKEIN_SIZES->Unit(benchmark::kMicrosecond);

// What the core can do: a square product by our own kernel and, with LibTorch, by its BLAS.
constexpr std::size_t kOrder = 512;
constexpr double kProductFlops = 2.0 * kOrder * kOrder * kOrder;

void OwnProduct(benchmark::State& state) {
  native::Matrix a(kOrder, kOrder);
  native::Matrix c(kOrder, kOrder);
  const native::PackedMatrix b(native::Dense(kOrder, kOrder));
  for (auto _ : state) {
    native::Levels().back()->multiply_add({a.data(), a.stride()}, kOrder, b.panels(), c.rows());
    benchmark::ClobberMemory();
  }
  state.counters["flop/s"] =
      benchmark::Counter(kProductFlops, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(OwnProduct)->Unit(benchmark::kMicrosecond);

#ifdef SKEIN_WITH_TORCH
void BlasProduct(benchmark::State& state) {
  SetTorchThreads(1);
  TorchProduct product(kOrder);
  for (auto _ : state) product.Compute();
  state.counters["flop/s"] =
      benchmark::Counter(kProductFlops, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(BlasProduct)->Unit(benchmark::kMicrosecond);
#endif

}  // namespace
}  // namespace skein::policy::captain

BENCHMARK_MAIN();
