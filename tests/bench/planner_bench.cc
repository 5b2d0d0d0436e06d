#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "benchmark/benchmark.h"
#include "policy/planners/rolling/plan_program.h"
#include "policy/planners/rolling/rolling.h"
#include "policy/rules/rules.h"
#include "sim/generator.h"
#include "sim/simulator.h"

// Speed of the planners. Run a release build on a quiet machine:
//
//   planner_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
namespace skein::policy {
namespace {

constexpr std::uint64_t kSeed = 900'000;

// Seconds of processor time of this thread, so that a busy machine does not count.
double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::shared_ptr<const sim::Network> Paper(const benchmark::State& state) {
  const sim::PaperOptions size{.vertiports = static_cast<int>(state.range(0)),
                               .aircraft = static_cast<int>(state.range(1))};
  return *sim::Network::Create(*sim::GeneratePaper(kSeed, size));
}

// Plays a day; visit(point) makes each choice.
template <class Visit>
void PlayDay(const std::shared_ptr<const sim::Network>& network, const Visit& visit) {
  sim::Simulator simulator(network, kSeed);
  Observation seen;
  while (const auto event = simulator.NextEvent()) {
    if (!simulator.Apply(*event).ok()) std::abort();
    while (!simulator.world().open_points().empty()) {
      const AircraftId id = simulator.world().open_points().front();
      simulator.world().Observe(id, &seen);
      simulator.Commit({id, visit(DecisionPoint{&seen, &simulator.world()}), {}});
    }
  }
}

// The processor time of all decisions of a day, plans included.
void RollingDay(benchmark::State& state) {
  const auto network = Paper(state);
  for (auto _ : state) {
    const auto rolling = MakeRolling(network);
    Choice choice;
    double total = 0;
    double longest = 0;
    int decisions = 0;
    PlayDay(network, [&](const DecisionPoint& point) {
      const double begin = ThreadSeconds();
      if (!rolling->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
      const double took = ThreadSeconds() - begin;
      total += took;
      longest = std::max(longest, took);
      ++decisions;
      return choice.action;
    });
    state.SetIterationTime(total);
    state.counters["ms_per_decision"] = 1000 * total / decisions;
    state.counters["ms_longest"] = 1000 * longest;
    state.counters["decisions"] = decisions;
  }
}
BENCHMARK(RollingDay)
    ->Args({8, 40})
    ->Args({16, 80})
    ->Args({32, 200})
    ->Args({64, 500})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kSecond);

// The worlds of a day with `greedy`, five minutes apart.
std::vector<sim::World> Moments(const std::shared_ptr<const sim::Network>& network) {
  const auto greedy = MakeGreedy(network);
  std::vector<sim::World> moments;
  Choice choice;
  PlayDay(network, [&](const DecisionPoint& point) {
    if (moments.empty() || point.world->now() >= moments.back().now() + 5 * kMinute)
      moments.push_back(*point.world);
    if (!greedy->DecideBatch({&point, 1}, {&choice, 1}).ok()) std::abort();
    return choice.action;
  });
  return moments;
}

// Solves the plans of those moments, each from the basis of the one before (warm) or from none
// (cold). items_per_second: plans; the counters are of the program, its iterations per plan.
void SolvePlans(benchmark::State& state, bool warm) {
  const auto network = Paper(state);
  const std::vector<sim::World> moments = Moments(network);
  const RollingOptions options;
  const auto plan_network = std::make_shared<PlanNetwork>(network, options);
  PlanProgram program(plan_network, options);
  LinearSolution solution;
  std::int64_t iterations = 0;
  std::int64_t plans = 0;
  double longest = 0;
  int most = 0;
  int failed = 0;
  for (auto _ : state) {
    auto solver = std::make_unique<LinearSolver>(program.program());
    for (const sim::World& world : moments) {
      if (!warm) solver = std::make_unique<LinearSolver>(program.program());
      const double begin = ThreadSeconds();
      program.Fill(ReadWorld(*plan_network, world));
      solver->Solve(program.program(), options.max_iterations, &solution);
      longest = std::max(longest, ThreadSeconds() - begin);
      iterations += solution.iterations;
      most = std::max(most, solution.iterations);
      failed += solution.optimal ? 0 : 1;
      ++plans;
    }
  }
  state.SetItemsProcessed(plans);
  state.counters["ms_longest"] = 1000 * longest;
  state.counters["rows"] = program.program().rows();
  state.counters["columns"] = program.program().columns();
  state.counters["iterations"] = static_cast<double>(iterations) / static_cast<double>(plans);
  state.counters["iterations_most"] = most;
  state.counters["out_of_iterations"] = failed;
}
BENCHMARK_CAPTURE(SolvePlans, warm, true)->Args({8, 40})->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(SolvePlans, cold, false)->Args({8, 40})->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(SolvePlans, warm, true)
    ->Args({16, 80})
    ->Args({32, 200})
    ->Args({64, 500})
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace skein::policy

BENCHMARK_MAIN();
