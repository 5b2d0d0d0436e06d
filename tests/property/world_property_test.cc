#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include "tests/property/hostile_run.h"

// Plays many random scenarios against the world and recounts its invariants at every step.
//
//   world_property_test [--runs=N] [--seed=S] [--threads=T] [--full] [--expect-failure]
//
// --full plays so many that the coverage that a release asks for is reached, else it fails.
// --expect-failure is for the control builds, which lack one rule of the guard: it succeeds only if
// some invariant breaks.
namespace skein::testing {
namespace {

struct Options {
  std::int64_t runs = 40;
  std::uint64_t seed = 1;
  int threads = 1;
  bool full = false;
  bool expect_failure = false;
};

constexpr std::int64_t kFullRuns = 2'000;

Options options;
const char* program = "world_property_test";
thread_local std::uint64_t running_seed = 0;

void WriteRepeat(char* line, std::size_t size, std::uint64_t seed) {
  const auto number = static_cast<unsigned long long>(seed);
  std::snprintf(line, size, "SEED=%llu; repeat: %s --seed=%llu --runs=1\n", number, program,
                number);
}

// A broken SKEIN_CHECK aborts: say which seed it was. In a control build that is a detection.
void OnAbort(int) {
  char line[512];
  WriteRepeat(line, sizeof line, running_seed);
  const std::string_view text(line);
  const auto written = write(STDOUT_FILENO, text.data(), text.size());
  _exit(options.expect_failure && written > 0 ? 0 : 134);
}

bool Parse(int count, char** arguments) {
  for (int k = 1; k < count; ++k) {
    const std::string_view argument = arguments[k];
    const std::size_t sign = argument.find('=');
    const std::string_view name = argument.substr(0, sign);
    const char* value = sign == std::string_view::npos ? "" : arguments[k] + sign + 1;
    if (name == "--runs")
      options.runs = std::atoll(value);
    else if (name == "--seed")
      options.seed = std::strtoull(value, nullptr, 10);
    else if (name == "--threads")
      options.threads = std::atoi(value);
    else if (name == "--full")
      options.full = true;
    else if (name == "--expect-failure")
      options.expect_failure = true;
    else {
      std::fprintf(stderr, "unknown argument %s\n", arguments[k]);
      return false;
    }
  }
  if (options.full) options.runs = kFullRuns;
  return true;
}

class Campaign {
 public:
  // Plays the runs on several threads. True if no invariant broke.
  bool Play() {
    std::vector<std::thread> threads;
    for (int k = 0; k < options.threads; ++k) threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    return !failed_;
  }
  const Coverage& coverage() const { return coverage_; }

 private:
  void Work() {
    while (true) {
      const std::int64_t run = next_.fetch_add(1);
      if (run >= options.runs || failed_) return;
      running_seed = options.seed + static_cast<std::uint64_t>(run);
      const RunResult result = RunHostileDay(running_seed);
      const std::lock_guard lock(mutex_);
      coverage_.Add(result.coverage);
      if (!result.status.ok()) {
        failed_ = true;
        char line[512];
        WriteRepeat(line, sizeof line, running_seed);
        std::printf("BROKEN: %s\n%s", std::string(result.status.message()).c_str(), line);
      }
    }
  }

  std::atomic<std::int64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  Coverage coverage_;  // guarded by mutex_
};

int Main(int count, char** arguments) {
  program = arguments[0];
  if (!Parse(count, arguments)) return 2;
  std::signal(SIGABRT, OnAbort);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const auto begin = std::chrono::steady_clock::now();
  Campaign campaign;
  const bool held = campaign.Play();
  if (options.expect_failure) {
    std::puts(held ? "FAILED: the missing rule was not noticed" : "noticed, as it should be");
    return held ? 1 : 0;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("coverage\n%s  %-28s %12.1f\n", campaign.coverage().Table().c_str(), "seconds",
              seconds.count());
  if (!held) return 1;
  const std::string shortfall = options.full ? campaign.coverage().Shortfall() : "";
  if (!shortfall.empty()) std::printf("FAILED: coverage is short\n%s", shortfall.c_str());
  return shortfall.empty() ? 0 : 1;
}

}  // namespace
}  // namespace skein::testing

int main(int count, char** arguments) { return skein::testing::Main(count, arguments); }
