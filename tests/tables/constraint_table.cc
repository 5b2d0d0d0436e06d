// Prints the table of docs/simulation.md: what rules earn on the built-in scenarios and how often
// stands, chargers and energy bind.
//
//   constraint_table [DAYS] [FIRST_SEED]

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/scenario_source.h"
#include "policy/registry.h"
#include "sim/episode.h"

namespace skein {
namespace {

struct Counts {
  double profit_usd = 0;
  double requests = 0;
  double unserved = 0;
  double decisions = 0;
  double stand_bound = 0;   // decisions with a destination masked by G1
  double energy_bound = 0;  // by G3
  double closed_bound = 0;  // by G4
  double slot_bound = 0;    // by G5
  double landings_below_target = 0;
  double landings_queued = 0;  // of those, found no charger free
};

// Counts, before each decision, which rules mask a destination.
class CountingDispatcher final : public Dispatcher {
 public:
  CountingDispatcher(std::unique_ptr<Dispatcher> inner, Counts& counts)
      : inner_(std::move(inner)), counts_(counts) {}

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    for (const DecisionPoint& point : points) {
      std::array<bool, 10> bound{};
      for (const DestinationEstimate& flight : point.observation->destinations)
        if (flight.refusal != Refusal::kNoCorridor)
          bound[static_cast<std::size_t>(RuleOf(flight.refusal))] = true;
      counts_.decisions += 1;
      counts_.stand_bound += bound[1];
      counts_.energy_bound += bound[3];
      counts_.closed_bound += bound[4];
      counts_.slot_bound += bound[5];
    }
    return inner_->DecideBatch(points, choices);
  }
  std::string name() const override { return inner_->name(); }

 private:
  std::unique_ptr<Dispatcher> inner_;
  Counts& counts_;
};

void CountQueues(const std::vector<TimedEffect>& effects, std::int64_t target_wh, Counts& counts) {
  std::map<AircraftId, SimTime> landed_at;
  for (const TimedEffect& timed : effects) {
    if (const auto* landed = std::get_if<FlightLanded>(&timed.effect)) {
      if (landed->charge_wh >= target_wh) continue;
      counts.landings_below_target += 1;
      landed_at[landed->aircraft] = timed.time;
    } else if (const auto* started = std::get_if<ChargingStarted>(&timed.effect)) {
      const auto landing = landed_at.find(started->aircraft);
      if (landing == landed_at.end()) continue;
      counts.landings_queued += timed.time > landing->second;
      landed_at.erase(landing);
    }
  }
}

absl::Status Measure(const std::string& scenario, const std::string& policy, int days,
                     std::uint64_t first_seed) {
  SKEIN_ASSIGN_OR_RETURN(const cli::DayNetworks networks, cli::DayNetworks::Create(scenario, {}));
  Counts counts;
  for (int day = 0; day < days; ++day) {
    const std::uint64_t seed = first_seed + static_cast<unsigned>(day);
    SKEIN_ASSIGN_OR_RETURN(const auto network, networks.Of(seed));
    SKEIN_ASSIGN_OR_RETURN(auto inner,
                           policy::MakeDispatcher(policy, {.network = network, .seed = seed}));
    CountingDispatcher dispatcher(std::move(inner), counts);
    std::vector<TimedEffect> effects;
    sim::EpisodeHooks hooks;
    hooks.effects = &effects;
    SKEIN_ASSIGN_OR_RETURN(const sim::EpisodeReport report,
                           sim::RunEpisode(network, seed, dispatcher, hooks));
    CountQueues(effects, network->charge_target_wh, counts);
    counts.profit_usd += static_cast<double>(report.summary.profit_cents()) / 100;
    counts.requests += static_cast<double>(report.summary.requests);
    counts.unserved += static_cast<double>(report.summary.requests_unserved);
  }
  const auto share = [](double part, double whole) { return whole > 0 ? 100 * part / whole : 0; };
  std::printf(
      "| `%s` | `%s` | %.0f | %.0f %% | %.0f %% | %.0f %% | %.1f %% | %.1f %% | %.0f %% |\n",
      scenario.c_str(), policy.c_str(), counts.profit_usd / days,
      share(counts.unserved, counts.requests), share(counts.stand_bound, counts.decisions),
      share(counts.energy_bound, counts.decisions), share(counts.closed_bound, counts.decisions),
      share(counts.slot_bound, counts.decisions),
      share(counts.landings_queued, counts.landings_below_target));
  return absl::OkStatus();
}

}  // namespace
}  // namespace skein

int main(int argc, char** argv) {
  const int days = argc > 1 ? std::atoi(argv[1]) : 50;
  if (days < 1) {
    std::fprintf(stderr, "usage: constraint_table [DAYS] [FIRST_SEED]\n");
    return 2;
  }
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  std::printf(
      "| scenario | policy | profit, USD a day | requests unserved | stands bind | energy "
      "binds | closures bind | slots bind | landings that queue for a charger |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  for (const char* scenario : {"paper", "metro:sfbay"}) {
    for (const char* policy : {"hold", "random", "fcfs", "greedy"}) {
      const absl::Status status = skein::Measure(scenario, policy, days, seed);
      if (!status.ok()) {
        std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
        return 1;
      }
    }
  }
  return 0;
}
