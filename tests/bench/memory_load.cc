// Whether a server's memory stays flat: clients with a paper network of 8 vertiports and 40
// aircraft each play day after day on the embedded store, and the server tells now and then what it
// holds.
//
//   memory_load [--decisions 1000000] [--clients 16] [--policy random] [--folder .]

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "sim/domain/status.h"
#include "tests/bench/load_run.h"
#include "tests/bench/load_server.h"

namespace skein::bench {
namespace {

constexpr double kWarmUpShare = 0.2;  // of the decisions, left out of the slope
constexpr int kSamples = 200;
constexpr std::chrono::milliseconds kLook{50};
// Samples that follow each other are alike; means of so many stretches hardly are.
constexpr int kStretches = 10;
constexpr double kStudentT = 2.306;  // 97.5 %, with kStretches - 2 degrees of freedom

struct Options {
  std::int64_t decisions = 1'000'000;
  int clients = 16;
  std::string policy = "random";
  std::string folder = ".";
};

struct Sample {
  double decisions = 0;
  double resident_bytes = 0;
  double heap_bytes = 0;
};

struct Slope {
  double bytes_per_decision = 0;
  double half_width = 0;  // of the interval of 95 %
};

std::vector<Sample> Means(const std::vector<Sample>& samples) {
  std::vector<Sample> means(kStretches);
  for (int k = 0; k < kStretches; ++k) {
    const std::size_t begin = samples.size() * static_cast<std::size_t>(k) / kStretches;
    const std::size_t end = samples.size() * static_cast<std::size_t>(k + 1) / kStretches;
    const auto count = static_cast<double>(end - begin);
    Sample& mean = means[static_cast<std::size_t>(k)];
    for (std::size_t i = begin; i < end; ++i) {
      mean.decisions += samples[i].decisions / count;
      mean.resident_bytes += samples[i].resident_bytes / count;
      mean.heap_bytes += samples[i].heap_bytes / count;
    }
  }
  return means;
}

// Least squares over the means of stretches.
Slope SlopeOf(const std::vector<Sample>& samples, double Sample::*bytes) {
  const std::vector<Sample> points = Means(samples);
  double x = 0, y = 0, xx = 0, xy = 0, residuals = 0;
  for (const Sample& p : points) {
    x += p.decisions / kStretches;
    y += p.*bytes / kStretches;
  }
  for (const Sample& p : points) {
    xx += (p.decisions - x) * (p.decisions - x);
    xy += (p.decisions - x) * (p.*bytes - y);
  }
  const double slope = xy / xx;
  for (const Sample& p : points) residuals += std::pow(p.*bytes - y - slope * (p.decisions - x), 2);
  return {slope, kStudentT * std::sqrt(residuals / (kStretches - 2) / xx)};
}

void Print(const char* what, const Slope& slope) {
  std::printf("%s: %+.3f bytes a decision, 95 %%: %+.3f to %+.3f\n", what, slope.bytes_per_decision,
              slope.bytes_per_decision - slope.half_width,
              slope.bytes_per_decision + slope.half_width);
}

class Soak {
 public:
  Soak(const Options& options, const LoadServer* server) : options_(options), server_(server) {}

  absl::Status Run() {
    SKEIN_ASSIGN_OR_RETURN(clients_,
                           MakeLoadClients(*server_, options_.clients, "client", options_.policy));
    outcomes_.resize(clients_.size());
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < clients_.size(); ++k)
      threads.emplace_back([this, k] {
        outcomes_[k] = clients_[k]->Run(measuring_, stop_);
        if (!outcomes_[k].ok()) stop_ = true;
      });
    const absl::Status sampled = TakeSamples();
    stop_ = true;
    for (std::thread& thread : threads) thread.join();
    for (const absl::Status& outcome : outcomes_) SKEIN_RETURN_IF_ERROR(outcome);
    SKEIN_RETURN_IF_ERROR(sampled);
    Report();
    return absl::OkStatus();
  }

 private:
  std::int64_t Count() const {
    std::int64_t count = 0;
    for (const auto& client : clients_) count += client->decisions();
    return count;
  }

  absl::Status TakeSamples() {
    std::printf("%10s %10s %14s %10s\n", "decisions", "seconds", "resident MiB", "heap MiB");
    const auto begin = std::chrono::steady_clock::now();
    std::int64_t due = 0;
    while (!stop_) {
      const std::int64_t count = Count();
      if (count >= due) {
        SKEIN_ASSIGN_OR_RETURN(const LoadServer::Memory memory, server_->AskMemory());
        samples_.push_back({static_cast<double>(count), static_cast<double>(memory.resident_bytes),
                            static_cast<double>(memory.heap_bytes)});
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        std::printf("%10lld %10.1f %14.2f %10.2f\n", static_cast<long long>(count), taken.count(),
                    samples_.back().resident_bytes / 1048576, samples_.back().heap_bytes / 1048576);
        std::fflush(stdout);
        due = count + options_.decisions / kSamples;
      }
      if (count >= options_.decisions) break;
      std::this_thread::sleep_for(kLook);
    }
    return absl::OkStatus();
  }

  void Report() const {
    std::int64_t days = 0;
    for (const auto& client : clients_) days += client->result().days;
    std::vector<Sample> warm;
    for (const Sample& sample : samples_)
      if (sample.decisions >= kWarmUpShare * static_cast<double>(options_.decisions))
        warm.push_back(sample);
    std::printf("\n%lld days of %d networks were settled; after the first %.0f %%:\n",
                static_cast<long long>(days), options_.clients, 100 * kWarmUpShare);
    Print("resident", SlopeOf(warm, &Sample::resident_bytes));
    Print("heap", SlopeOf(warm, &Sample::heap_bytes));
  }

  const Options& options_;
  const LoadServer* const server_;
  std::vector<std::unique_ptr<LoadClient>> clients_;
  std::vector<absl::Status> outcomes_;
  std::vector<Sample> samples_;
  std::atomic<bool> measuring_{false};
  std::atomic<bool> stop_{false};
};

absl::Status Run(const Options& options) {
  std::string folder = options.folder + "/memory-load-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr)
    return absl::UnavailableError(options.folder + " cannot be written");
  const std::string file = folder + "/load.db";
  absl::Status status;
  {
    const auto server = LoadServer::Start({.where = file, .metrics = true});
    status = server.ok() ? Soak(options, &*server).Run() : server.status();
  }
  if (status.ok())
    std::printf("on disk: %.0f bytes a decision\n",
                static_cast<double>(std::filesystem::file_size(file)) /
                    static_cast<double>(options.decisions));
  std::filesystem::remove_all(folder);
  return status;
}

}  // namespace
}  // namespace skein::bench

int main(int argc, char** argv) {
  skein::bench::Options options;
  CLI::App app("Measures a server's memory over many decisions");
  app.add_option("--decisions", options.decisions, "How many")
      ->check(CLI::Range(std::int64_t{10'000}, std::int64_t{1'000'000'000}));
  app.add_option("--clients", options.clients, "Networks that run at once")
      ->check(CLI::Range(1, 256));
  app.add_option("--policy", options.policy, "Policy of the networks");
  app.add_option("--folder", options.folder, "Where the store lies");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = skein::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return 1;
}
