#include "tests/policy/bound_cases.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

#include "cli/scenario_source.h"
#include "policy/planners/bound/solver.h"
#include "policy/registry.h"
#include "sim/domain/check.h"
#include "sim/episode.h"
#include "sim/generator.h"
#include "tests/property/dice.h"
#include "tests/property/random_scenario.h"
#include "tests/sim/triangle.h"

namespace skein::testing {
namespace {

template <class T>
T Value(absl::StatusOr<T> value) {
  SKEIN_CHECK(value.ok(), "a test case could not be made");
  return *std::move(value);
}

NetworkPtr Compile(Scenario scenario) { return Value(sim::Network::Create(std::move(scenario))); }

// Puts the effects of a day together to flights.
class FlightLog {
 public:
  explicit FlightLog(std::size_t aircraft) : planned_(aircraft) {}

  std::vector<FlownFlight> Read(const std::vector<TimedEffect>& effects) {
    for (const TimedEffect& timed : effects)
      std::visit([this](const auto& effect) { On(effect); }, timed.effect);
    return std::move(flown_);
  }

 private:
  void On(const FlightCommitted& effect) {
    planned_[effect.aircraft.index()] = {effect.origin, effect.destination, {}, effect.take_off};
  }
  void On(const FlightLanded& effect) {
    FlownFlight flight = planned_[effect.aircraft.index()];
    flight.landing = effect.vertiport;
    flown_.push_back(flight);
  }
  template <class Other>
  void On(const Other&) {}

  std::vector<FlownFlight> planned_;  // per aircraft, the latest commitment
  std::vector<FlownFlight> flown_;
};

void Search(const sim::Simulator& from, std::int64_t* best) {
  sim::Simulator simulator = from;
  while (simulator.world().open_points().empty()) {
    const auto event = simulator.NextEvent();
    if (!event) {
      *best = std::max(*best, simulator.world().settled_days().back().profit_cents());
      return;
    }
    SKEIN_CHECK(simulator.Apply(*event).ok(), "the simulator's own event was refused");
  }
  const AircraftId aircraft = simulator.world().open_points().front();
  for (std::int32_t j = -1; j < simulator.world().network().vertiport_count(); ++j) {
    sim::Simulator branch = simulator;
    const Action action = j < 0 ? Action::Hold() : Action::Fly(VertiportId{j});
    if (branch.Commit({aircraft, action, {}}).accepted()) Search(branch, best);
  }
}

}  // namespace

NetworkPtr Paper(std::uint64_t seed, int vertiports, int aircraft) {
  return Compile(Value(sim::GeneratePaper(seed, {vertiports, aircraft})));
}

NetworkPtr Sfbay() { return Compile(Value(cli::ResolveScenario("metro:sfbay"))); }

NetworkPtr Drawn(std::uint64_t seed) { return Compile(RandomScenario(seed)); }

NetworkPtr Tiny(std::uint64_t seed) {
  Dice dice(seed);
  Scenario s = Triangle();
  if (dice.Chance(0.3)) {
    s.vertiports.resize(2);
    std::erase_if(s.corridors, [](const Corridor& corridor) {
      return std::max(corridor.origin, corridor.destination) == VertiportId{2};
    });
  }
  for (Corridor& corridor : s.corridors) corridor.closure_probability = dice.Chance(0.3) ? 0.5 : 0;
  s.aircraft.resize(static_cast<std::size_t>(dice.Int(1, 3)));
  for (Aircraft& aircraft : s.aircraft) {
    aircraft.vertiport = VertiportId{dice.Int(0, 1)};
    aircraft.initial_state_of_charge = dice.Chance(0.5) ? 1 : dice.Between(0.4, 1);
    aircraft.failure_probability = dice.Chance(0.3) ? 0.1 : 0;
  }
  // More aircraft make more sequences of decisions, and a shorter day fewer.
  constexpr int kOpenMinutes[] = {60, 50, 32};
  s.operations.close_time = s.operations.open_time + kOpenMinutes[s.aircraft.size() - 1] * kMinute;
  s.operations.turnaround = dice.Int(4, 12) * kMinute;
  s.operations.hold = 4 * kMinute;
  s.disturbance.closure_min = 10 * kMinute;
  s.disturbance.closure_max = 40 * kMinute;
  s.demand.patience = dice.Int(20, 40) * kMinute;
  const std::size_t count = s.vertiports.size();
  s.demand.requests_per_hour.assign(count * count, dice.Between(0.3, 1.2));
  for (std::size_t k = 0; k < count; ++k) s.demand.requests_per_hour[k * (count + 1)] = 0;
  s.fare.base_usd = dice.Between(5, 20);
  s.cost.per_landing_usd = dice.Chance(0.5) ? 0 : dice.Between(1, 8);
  s.cost.per_passenger_mile_usd = dice.Between(0, 0.5);
  return Compile(std::move(s));
}

std::vector<std::string> PolicyNames() { return {"hold", "random", "fcfs", "greedy", "rolling"}; }

PlayedDay Play(const NetworkPtr& network, std::uint64_t seed, const std::string& policy) {
  const auto dispatcher = Value(policy::MakeDispatcher(policy, {.network = network, .seed = seed}));
  std::vector<TimedEffect> effects;
  sim::EpisodeHooks hooks;
  hooks.effects = &effects;
  const sim::EpisodeReport report = Value(sim::RunEpisode(network, seed, *dispatcher, hooks));
  PlayedDay played;
  played.profit_cents = report.summary.profit_cents();
  played.diversions = report.summary.diversions;
  played.cancellations = report.summary.cancellations;
  played.flights = FlightLog(network->scenario().aircraft.size()).Read(effects);
  return played;
}

std::string FaultOfBound(const NetworkPtr& network, std::uint64_t seed,
                         const policy::BoundOptions& options) {
  const auto report = policy::HindsightBound(network, seed, options);
  if (!report.ok()) return std::string(report.status().message());
  for (const std::string& name : PolicyNames()) {
    const std::int64_t profit_cents = Play(network, seed, name).profit_cents;
    if (profit_cents > report->bound_cents)
      return absl::StrCat(name, " earns ", profit_cents, " cents, above the bound of ",
                          report->bound_cents, "; SEED=", seed,
                          " SCENARIO=", network->scenario().name);
  }
  return "";
}

std::string FaultOfFixedFlights(const NetworkPtr& network, std::uint64_t seed,
                                const PlayedDay& played, const policy::ProgramOptions& options) {
  const sim::RealisedDay day(network, seed);
  policy::HindsightProgram hindsight(*network, day, options);
  using Key = std::tuple<VertiportId, VertiportId, VertiportId, int>;
  std::map<Key, int> flown;
  for (const FlownFlight& flight : played.flights)
    ++flown[{flight.origin, flight.destination, flight.landing,
             hindsight.grid().Of(flight.anchor)}];
  for (std::size_t k = 0; k < hindsight.flights().size(); ++k) {
    const policy::FlightArc& arc = hindsight.flights()[k];
    const auto found = flown.find({arc.origin, arc.destination, arc.landing, arc.bin});
    hindsight.mutable_program().FixColumn(hindsight.FlightColumn(k),
                                          found == flown.end() ? 0 : found->second);
    if (found != flown.end()) flown.erase(found);
  }
  if (!flown.empty()) {
    const auto& [origin, destination, landing, bin] = flown.begin()->first;
    return absl::StrCat("no flight ", origin.value, " to ", destination.value, ", landing on ",
                        landing.value, ", in bin ", bin);
  }
  const policy::Solution solution = policy::SolveBySimplex(hindsight.program(), {});
  if (solution.status == policy::SolveStatus::kInfeasible) return "infeasible";
  if (solution.status != policy::SolveStatus::kOptimal) return "not solved";
  const double value = solution.objective + hindsight.allowance_cents();
  if (value + 1e-3 < static_cast<double>(played.profit_cents))
    return absl::StrCat("value ", value, " below profit ", played.profit_cents);
  return "";
}

std::int64_t BestProfitCents(const NetworkPtr& network, std::uint64_t seed) {
  std::int64_t best = std::numeric_limits<std::int64_t>::min();
  Search(sim::Simulator(network, seed), &best);
  return best;
}

}  // namespace skein::testing
