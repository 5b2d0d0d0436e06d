// Prints one line per simulated day, "SIZE POLICY SEED DIGEST PROFIT_CENTS". tests/run.sh --full
// compares the lines of programs that different compilers and options made.

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "policy/rules/rules.h"
#include "sim/domain/status.h"
#include "sim/episode.h"
#include "sim/generator.h"
#include "sim/network.h"

namespace skein {
namespace {

constexpr std::uint64_t kFirstSeed = 1'000'000;
constexpr std::uint64_t kDays = 10;

absl::Status PrintDay(const sim::PaperOptions& size, std::uint64_t seed) {
  SKEIN_ASSIGN_OR_RETURN(Scenario scenario, sim::GeneratePaper(seed, size));
  scenario.operations.telemetry_period = seed % 2 == 0 ? SimDuration{0} : kMinute;
  SKEIN_ASSIGN_OR_RETURN(const std::shared_ptr<const sim::Network> network,
                         sim::Network::Create(std::move(scenario)));
  std::vector<std::unique_ptr<Dispatcher>> dispatchers;
  dispatchers.push_back(policy::MakeHold());
  dispatchers.push_back(policy::MakeRandom(seed));
  dispatchers.push_back(policy::MakeFcfs());
  dispatchers.push_back(policy::MakeGreedy(network));
  for (const auto& dispatcher : dispatchers) {
    SKEIN_ASSIGN_OR_RETURN(const sim::EpisodeReport day,
                           sim::RunEpisode(network, seed, *dispatcher));
    std::printf("%dx%d %s %" PRIu64 " %016" PRIx64 " %" PRId64 "\n", size.vertiports, size.aircraft,
                dispatcher->name().c_str(), seed, day.digest, day.summary.profit_cents());
  }
  return absl::OkStatus();
}

absl::Status PrintAll() {
  for (std::uint64_t k = 0; k < kDays; ++k)
    SKEIN_RETURN_IF_ERROR(PrintDay({.vertiports = 8, .aircraft = 40}, kFirstSeed + k));
  return PrintDay({.vertiports = 24, .aircraft = 120}, kFirstSeed);
}

}  // namespace
}  // namespace skein

int main() {
  const absl::Status status = skein::PrintAll();
  if (status.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  return 1;
}
