#include <memory>
#include <string>

#include "benchmark/benchmark.h"
#include "server/metrics/prometheus_metrics.h"
#include "server/network/network_sampler.h"
#include "sim/generator.h"
#include "sim/world.h"

// What the metrics cost. Run a release build on a quiet machine:
//
//   metrics_bench --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
//
// dispatch_load --metrics compares whole servers.
namespace skein::server {
namespace {

std::unique_ptr<PrometheusMetrics> Make() { return PrometheusMetrics::Create({}).value(); }

sim::World LargeWorld() {
  const auto scenario = sim::GeneratePaper(7, {.vertiports = 64, .aircraft = 500});
  sim::World world =
      sim::World::Create(sim::Network::Create(*scenario).value(), sim::ClockMode::kSystem);
  const absl::Status opened = world.Apply({SimTime{6 * kHour}, TimeAdvanced{}});
  if (!opened.ok()) std::abort();
  return world;
}

NetworkSample SampleOf(const sim::World& world, NetworkSampler* sampler) {
  NetworkSample sample;
  sample.network = "large";
  sample.state = NetworkState::kActive;
  sampler->Take(world, &sample);
  return sample;
}

// All that is recorded of one decision that has a transaction of its own.
void RecordDecision(benchmark::State& state) {
  const auto metrics = Make();
  const DecisionSample decision{.network = "sfbay",
                                .policy = "captain:checkpoint",
                                .queue_s = 1e-4,
                                .observe_s = 1e-5,
                                .features_s = 1e-5,
                                .inference_s = 1e-4,
                                .guard_s = 1e-5,
                                .journal_s = 1e-3};
  const CommitSample commit{.duration_s = 1e-3, .records = 1, .requests = 1};
  const char* const method = "DispatchService/RequestDecision";
  for (auto _ : state) {
    metrics->Record(RpcSample{.method = method, .finished = false});
    metrics->Record(commit);
    metrics->Record(decision);
    metrics->Record(RpcSample{.method = method, .duration_s = 1e-3});
  }
}
BENCHMARK(RecordDecision);

// At most twice a second and network: what a sample of 64 vertiports and 500 aircraft costs the
// sequencer, and then the committing thread.
void TakeSample(benchmark::State& state) {
  const sim::World world = LargeWorld();
  NetworkSampler sampler(world);
  for (auto _ : state) benchmark::DoNotOptimize(SampleOf(world, &sampler));
}
BENCHMARK(TakeSample)->Unit(benchmark::kMicrosecond);

void RecordSample(benchmark::State& state) {
  const auto metrics = Make();
  const sim::World world = LargeWorld();
  NetworkSampler sampler(world);
  const NetworkSample sample = SampleOf(world, &sampler);
  for (auto _ : state) metrics->Record(sample);
}
BENCHMARK(RecordSample)->Unit(benchmark::kMicrosecond);

// The page of a server with one such network, without its way over HTTP. bytes: its size.
void WritePage(benchmark::State& state) {
  const auto metrics = Make();
  const sim::World world = LargeWorld();
  NetworkSampler sampler(world);
  metrics->Record(SampleOf(world, &sampler));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = metrics->Text().size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(WritePage)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace skein::server

BENCHMARK_MAIN();
