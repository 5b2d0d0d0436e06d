// Writes the days of the property test down for the auditor: per seed the scenario and the events.
//
//   property_days FOLDER FIRST_SEED RUNS
//
// The files are FOLDER/SEED.scenario.json and FOLDER/SEED.events.jsonl. A run may go on after the
// summary of its first day: the second day follows without a header.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

#include "cli/events_file.h"
#include "proto/codec/json.h"
#include "proto/codec/report_codec.h"
#include "proto/codec/scenario_codec.h"
#include "sim/network.h"
#include "tests/property/hostile_run.h"
#include "tests/property/random_scenario.h"

namespace skein::testing {
namespace {

absl::Status WriteDay(const std::string& folder, std::uint64_t seed) {
  const std::string stem = absl::StrCat(folder, "/", seed);
  SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(RandomScenario(seed)));
  std::ofstream scenario(stem + ".scenario.json");
  scenario << codec::ToJson(codec::EncodeScenario(network->scenario()));
  if (!scenario.flush()) return absl::UnavailableError(stem + ".scenario.json was not written");
  SKEIN_ASSIGN_OR_RETURN(auto events, cli::EventsFile::Create(stem + ".events.jsonl"));
  sim::EpisodeHooks hooks = events.BeginDay(network->scenario().name, *network, seed, "adversary");
  std::size_t days = 0;
  hooks.on_event = [&, record = hooks.on_event](const sim::World& world,
                                                const ExternalEvent& event) {
    record(world, event);
    const auto& settled = world.settled_days();
    for (; days < settled.size(); ++days)
      events.EndDay(codec::EncodeDayReport(settled[days], {network->battery_wh, seed, 0, 0}));
  };
  SKEIN_RETURN_IF_ERROR(RunHostileDay(seed, &hooks).status);
  return events.Finish();
}

int Run(const std::string& folder, std::uint64_t first_seed, std::uint64_t runs) {
  for (std::uint64_t seed = first_seed; seed < first_seed + runs; ++seed) {
    const absl::Status status = WriteDay(folder, seed);
    if (status.ok()) continue;
    std::fprintf(stderr, "SEED=%llu: %s\n", static_cast<unsigned long long>(seed),
                 status.ToString().c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace skein::testing

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: property_days FOLDER FIRST_SEED RUNS\n");
    return 2;
  }
  return skein::testing::Run(argv[1], std::strtoull(argv[2], nullptr, 10),
                             std::strtoull(argv[3], nullptr, 10));
}
