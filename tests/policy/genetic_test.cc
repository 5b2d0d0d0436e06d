#include "policy/planners/genetic/genetic.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "policy/planners/genetic/block_fitness.h"
#include "policy/planners/genetic/clairvoyant.h"
#include "policy/registry.h"
#include "policy/rules/rules.h"
#include "sim/episode.h"
#include "tests/policy/dispatcher_contract.h"
#include "tests/sim/small_scenario.h"

// `ga` on small days; the algorithm alone is in evolution_test.cc.
namespace skein::policy {
namespace {

using sim::kA;
using sim::kB;
using sim::kC;
using testing::HasSubstr;

constexpr std::uint64_t kSeed = 900'005;

std::shared_ptr<const sim::Network> Small() {
  return *sim::Network::Create(*sim::GeneratePaper(kSeed, {.vertiports = 5, .aircraft = 12}));
}

GeneticOptions Cheap() {
  GeneticOptions options;
  options.block = 20;
  options.evolution.population = 8;
  options.evolution.generations = 5;
  options.days = 2;
  return options;
}

std::shared_ptr<const sim::RealisedDay> DayOf(const std::shared_ptr<const sim::Network>& network,
                                              std::uint64_t seed) {
  return std::make_shared<const sim::RealisedDay>(network, seed);
}

std::int64_t ProfitOf(const std::shared_ptr<const sim::Network>& network, std::uint64_t seed,
                      Dispatcher& dispatcher) {
  const auto report = sim::RunEpisode(network, seed, dispatcher);
  EXPECT_TRUE(report.ok()) << std::string(report.status().message());
  return report->summary.profit_cents();
}

// The choices of the first `count` decisions of a day.
std::vector<Action> FirstActions(Dispatcher& dispatcher, std::size_t count) {
  sim::Simulator simulator(Small(), kSeed);
  Observation seen;
  Choice choice;
  std::vector<Action> actions;
  while (actions.size() < count) {
    while (simulator.world().open_points().empty())
      EXPECT_TRUE(simulator.Apply(*simulator.NextEvent()).ok());
    const AircraftId id = simulator.world().open_points().front();
    simulator.world().Observe(id, &seen);
    const DecisionPoint point{&seen, &simulator.world()};
    EXPECT_TRUE(dispatcher.DecideBatch({&point, 1}, {&choice, 1}).ok());
    EXPECT_TRUE(simulator.Commit({id, choice.action, {}}).accepted());
    actions.push_back(choice.action);
  }
  return actions;
}

TEST(GeneticTest, KeepsTheContract) {
  ExpectDispatcherContract([](const auto&) { return MakeGenetic(Cheap(), kSeed); });
}

TEST(GeneticTest, IsAFunctionOfItsSeed) {
  EXPECT_EQ(FirstActions(*MakeGenetic(Cheap(), 1), 60), FirstActions(*MakeGenetic(Cheap(), 1), 60));
  EXPECT_NE(FirstActions(*MakeGenetic(Cheap(), 1), 60), FirstActions(*MakeGenetic(Cheap(), 2), 60));
}

TEST(GeneticTest, DecidesTheSameOnAnyNumberOfThreads) {
  const std::vector<Action> expected = FirstActions(*MakeGenetic(Cheap(), 1), 60);
  for (const int threads : {2, 3}) {
    GeneticOptions options = Cheap();
    options.threads = threads;
    EXPECT_EQ(FirstActions(*MakeGenetic(options, 1), 60), expected) << threads << " threads";
  }
}

TEST(GeneticTest, PlansAtEveryEndOfABlock) {
  std::vector<PlannedBlock> blocks;
  const auto ga =
      MakeGenetic(Cheap(), 1, [&](const PlannedBlock& block) { blocks.push_back(block); });

  FirstActions(*ga, 60);

  ASSERT_EQ(blocks.size(), 3U);
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    EXPECT_EQ(blocks[k].first_decision, static_cast<std::int64_t>(20 * k));
    ASSERT_EQ(blocks[k].best_fitness.size(), 5U);
    EXPECT_TRUE(std::is_sorted(blocks[k].best_fitness.begin(), blocks[k].best_fitness.end()))
        << "the elite got worse";
  }
}

TEST(GeneticTest, PlansAgainForAnotherDay) {
  int blocks = 0;
  const auto ga = MakeGenetic(Cheap(), 1, [&](const PlannedBlock&) { ++blocks; });

  const std::vector<Action> first = FirstActions(*ga, 10);

  EXPECT_EQ(FirstActions(*ga, 10), first);
  EXPECT_EQ(blocks, 2);
}

// In a live network, which runs over days.
TEST(GeneticTest, PlansAgainInTheMorning) {
  GeneticOptions options = Cheap();
  options.block = 1000;
  int blocks = 0;
  const auto ga = MakeGenetic(options, 1, [&](const PlannedBlock&) { ++blocks; });
  sim::World world = sim::World::Create(Small(), sim::ClockMode::kSystem);
  Observation seen;
  Choice choice;
  for (const SimTime time : {SimTime{6 * kHour}, SimTime{7 * kHour}, SimTime{kDay + 6 * kHour}}) {
    ASSERT_TRUE(world.Apply({time, TimeAdvanced{}}).ok());
    const AircraftId id = world.open_points().front();
    world.Observe(id, &seen);
    const DecisionPoint point{&seen, &world};
    ASSERT_TRUE(ga->DecideBatch({&point, 1}, {&choice, 1}).ok());
    ASSERT_TRUE(world.Commit({id, Action::Hold(), {}}).accepted());
  }
  EXPECT_EQ(blocks, 2);
}

// A batch that is longer than a block is still answered by one plan, in the order of its decisions.
TEST(GeneticTest, AnswersABatchBeyondTheBlock) {
  GeneticOptions options = Cheap();
  options.block = 2;
  int blocks = 0;
  const auto ga = MakeGenetic(options, 1, [&](const PlannedBlock&) { ++blocks; });
  sim::Simulator simulator(Small(), kSeed);
  ASSERT_TRUE(simulator.Apply(*simulator.NextEvent()).ok());
  const std::span<const AircraftId> open = simulator.world().open_points();
  ASSERT_EQ(open.size(), 12U);
  std::vector<Observation> seen(open.size());
  std::vector<DecisionPoint> points;
  for (std::size_t k = 0; k < open.size(); ++k) {
    simulator.world().Observe(open[k], &seen[k]);
    seen[k].decision_number += static_cast<std::int64_t>(k);
    points.push_back({&seen[k], &simulator.world()});
  }
  std::vector<Choice> choices(points.size());

  ASSERT_TRUE(ga->DecideBatch(points, choices).ok());

  EXPECT_EQ(blocks, 1);
}

// Two futures of one past: while the worlds agree, so do the decisions.
TEST(GeneticTest, DoesNotDependOnTheFuture) {
  const auto network = Small();
  sim::Simulator past(network, kSeed);
  const auto random = MakeRandom(kSeed);
  Observation seen;
  Choice choice;
  const auto decide = [&](sim::Simulator& simulator, Dispatcher& dispatcher) {
    const AircraftId id = simulator.world().open_points().front();
    simulator.world().Observe(id, &seen);
    const DecisionPoint point{&seen, &simulator.world()};
    EXPECT_TRUE(dispatcher.DecideBatch({&point, 1}, {&choice, 1}).ok());
    EXPECT_TRUE(simulator.Commit({id, choice.action, {}}).accepted());
  };
  while (past.world().now() < SimTime{10 * kHour} || past.world().open_points().empty()) {
    while (!past.world().open_points().empty()) decide(past, *random);
    ASSERT_TRUE(past.Apply(*past.NextEvent()).ok());
  }
  const auto other_day =
      std::make_shared<const sim::RealisedDay>(sim::RealisedDay::Forecast(past.world(), 77));
  sim::Simulator one = past;
  sim::Simulator other(past.world(), other_day);
  const auto ga_one = MakeGenetic(Cheap(), kSeed);
  const auto ga_other = MakeGenetic(Cheap(), kSeed);
  int compared = 0;
  while (one.world().Digest() == other.world().Digest()) {
    if (one.world().open_points().empty()) {
      ASSERT_TRUE(one.Apply(*one.NextEvent()).ok());
      ASSERT_TRUE(other.Apply(*other.NextEvent()).ok());
      continue;
    }
    decide(one, *ga_one);
    const Action action = choice.action;
    decide(other, *ga_other);
    EXPECT_EQ(choice.action, action);
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

// If its forecast were the day itself, which has the same seed here, both would breed the same.
TEST(GeneticTest, DrawsNothingOfTheDayFromTheSeedOfTheDay) {
  GeneticOptions options = Cheap();
  options.days = 1;
  std::vector<std::int64_t> blind;
  std::vector<std::int64_t> seeing;
  const auto ga =
      MakeGenetic(options, kSeed, [&](const PlannedBlock& block) { blind = block.best_fitness; });
  const auto clairvoyant =
      MakeClairvoyantGenetic(options, kSeed, DayOf(Small(), kSeed),
                             [&](const PlannedBlock& block) { seeing = block.best_fitness; });

  FirstActions(*ga, 1);
  FirstActions(*clairvoyant, 1);

  EXPECT_NE(blind.front(), seeing.front());
}

TEST(ClairvoyantGeneticTest, EarnsAtLeastWhatGaEarns) {
  const auto network = Small();
  GeneticOptions options = Cheap();
  options.evolution.population = 12;
  std::int64_t ga = 0;
  std::int64_t clairvoyant = 0;
  for (std::uint64_t seed = 900'000; seed < 900'004; ++seed) {
    ga += ProfitOf(network, seed, *MakeGenetic(options, seed));
    clairvoyant +=
        ProfitOf(network, seed, *MakeClairvoyantGenetic(options, seed, DayOf(network, seed)));
  }
  EXPECT_GE(clairvoyant, ga);
}

// What it plans for a block is what the block then earns: nothing comes otherwise than foreseen.
TEST(ClairvoyantGeneticTest, EarnsExactlyWhatItPlans) {
  const auto network = Small();
  GeneticOptions options = Cheap();
  options.block = 1000;  // the whole day
  options.evolution.population = 2;
  options.evolution.generations = 1;
  std::vector<std::int64_t> planned;
  const auto clairvoyant = MakeClairvoyantGenetic(
      options, kSeed, DayOf(network, kSeed),
      [&](const PlannedBlock& block) { planned.push_back(block.best_fitness.back()); });

  const std::int64_t profit = ProfitOf(network, kSeed, *clairvoyant);

  EXPECT_EQ(planned, std::vector<std::int64_t>{profit});
}

TEST(ClairvoyantGeneticTest, IsRefusedByTheRegistry) {
  for (const char* const name : {"ga-clairvoyant", "ga-clairvoyant:population=4"}) {
    const absl::Status status = MakeDispatcher(name, {.network = Small()}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("only `skein evaluate` can make it"));
  }
}

TEST(RegistryTest, MakesGaWithItsOptions) {
  EXPECT_EQ((*MakeDispatcher("ga", {.network = Small()}))->name(), "ga");
  EXPECT_TRUE(MakeDispatcher("ga:population=4,generations=2,threads=2", {}).ok());
  EXPECT_THAT(std::string(MakeDispatcher("ga:population=1", {}).status().message()),
              HasSubstr("ga.population = \"1\", want an integer in [2, 100000]"));
  EXPECT_THAT(std::string(MakeDispatcher("ga:mutation=x", {}).status().message()),
              HasSubstr("ga.mutation = \"x\", want a number in [0, 1]"));
  EXPECT_THAT(std::string(MakeDispatcher("ga:elites=1", {}).status().message()),
              HasSubstr("ga.elites is unknown, want one of block, population"));
}

// One aircraft at A, three parties: A→C for 40 USD, A→B for 25 and B→A for 30. The nearest money is
// at C, but no one waits there; two decisions earn most by B and back. Each of these flights needs
// 20 kWh at 0.20 USD: 5500 − 800 = 4700 cents. (By C: at most 4000 − 500.)
class TinyTest : public testing::Test {
 protected:
  TinyTest() : world_(sim::World::Create(Describe(), sim::ClockMode::kExternal)) {
    const SimTime open{6 * kHour};
    EXPECT_TRUE(world_.Apply({open, TimeAdvanced{}}).ok());
    const auto request = [&](VertiportId from, VertiportId to, std::int64_t fare) {
      EXPECT_TRUE(
          world_.Apply({open, TripRequested{{}, from, to, 1, open, open + kHour, fare}}).ok());
    };
    request(kA, kC, 4000);
    request(kA, kB, 2500);
    request(kB, kA, 3000);
  }

  static std::shared_ptr<const sim::Network> Describe() {
    Scenario scenario = Triangle();
    scenario.aircraft.resize(1);
    for (Vertiport& vertiport : scenario.vertiports) vertiport.expected_delay = {};
    scenario.disturbance.delay_sigma = {};
    std::fill(scenario.demand.requests_per_hour.begin(), scenario.demand.requests_per_hour.end(),
              0);
    return *sim::Network::Create(scenario);
  }

  std::int64_t FitnessOf(const Chromosome& plan) {
    const auto day =
        std::make_shared<const sim::RealisedDay>(sim::RealisedDay::Forecast(world_, 1));
    BlockFitness fitness(1);
    fitness.Start(world_, std::span(&day, 1));
    std::int64_t value = 0;
    EXPECT_TRUE(fitness.Evaluate({&plan, 1}, {&value, 1}).ok());
    return value;
  }

  sim::World world_;
};

TEST_F(TinyTest, FitnessIsTheProfitOfTheBlock) {
  EXPECT_EQ(FitnessOf({1, 0}), 4700);
  EXPECT_EQ(FitnessOf({2, 2}), 3500);  // A→C: 25 kWh, 500 cents
  EXPECT_EQ(FitnessOf({0, 0}), 0);
}

TEST_F(TinyTest, FindsTheOptimumOfAllPlans) {
  std::int64_t best = 0;
  for (Gene a = 0; a < 3; ++a)
    for (Gene b = 0; b < 3; ++b)
      for (Gene c = 0; c < 3; ++c)
        for (Gene d = 0; d < 3; ++d) best = std::max(best, FitnessOf({a, b, c, d}));
  GeneticOptions options;
  options.block = 4;
  options.days = 1;
  options.evolution.population = 20;
  options.evolution.generations = 20;
  std::int64_t found = 0;
  const auto ga = MakeGenetic(
      options, 1, [&](const PlannedBlock& block) { found = block.best_fitness.back(); });
  Observation seen;
  world_.Observe(AircraftId{0}, &seen);
  const DecisionPoint point{&seen, &world_};
  Choice choice;

  ASSERT_TRUE(ga->DecideBatch({&point, 1}, {&choice, 1}).ok());

  EXPECT_EQ(found, best);
  EXPECT_GE(best, 4700);
}

}  // namespace
}  // namespace skein::policy
