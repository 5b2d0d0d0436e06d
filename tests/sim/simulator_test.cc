#include "sim/simulator.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"

#include "policy/rules/rules.h"
#include "sim/generator.h"

namespace skein::sim {
namespace {

constexpr std::uint64_t kSeed = 900'003;

// A small `paper` day on which much goes wrong.
std::shared_ptr<const Network> Troubled() {
  Scenario scenario = *GeneratePaper(7, {.vertiports = 5, .aircraft = 12});
  for (Aircraft& aircraft : scenario.aircraft) aircraft.failure_probability = 0.1;
  for (Corridor& corridor : scenario.corridors) corridor.closure_probability = 0.5;
  scenario.demand.advance_booking_share = 0.5;
  scenario.demand.advance_booking_max = kHour;
  scenario.operations.telemetry_period = 10 * kMinute;
  scenario.operations.telemetry_max_age = 30 * kMinute;
  scenario.operations.wake_on_change = true;
  return *Network::Create(std::move(scenario));
}

void Answer(Simulator& simulator, Dispatcher& dispatcher) {
  Observation seen;
  Choice choice;
  while (!simulator.world().open_points().empty()) {
    const AircraftId id = simulator.world().open_points().front();
    simulator.world().Observe(id, &seen);
    const DecisionPoint point{&seen, &simulator.world()};
    ASSERT_TRUE(dispatcher.DecideBatch({&point, 1}, {&choice, 1}).ok());
    ASSERT_TRUE(simulator.Commit({id, choice.action, {}}).accepted());
  }
}

// Answers open points and plays the next event; false at the end of the day.
bool Step(Simulator& simulator, Dispatcher& dispatcher) {
  Answer(simulator, dispatcher);
  const auto event = simulator.NextEvent();
  if (!event.has_value()) return false;
  const absl::Status status = simulator.Apply(*event);
  EXPECT_TRUE(status.ok()) << std::string(status.message());
  return status.ok();
}

// The digest at the end of the day under `random`, whose draws are addressed by decision number.
std::uint64_t DigestAtTheEnd(Simulator simulator) {
  const auto random = policy::MakeRandom(kSeed);
  while (Step(simulator, *random)) {
  }
  return simulator.world().Digest();
}

TEST(SimulatorTest, GoesOnFromAnyMomentAsIfUninterrupted) {
  const auto network = Troubled();
  const auto day = std::make_shared<const RealisedDay>(network, kSeed);
  const std::uint64_t expected = DigestAtTheEnd(Simulator(network, kSeed));
  Simulator simulator(network, kSeed);
  const auto random = policy::MakeRandom(kSeed);
  int resumed = 0;
  int before_failure = 0;
  int under_repair = 0;
  int with_open_points = 0;
  for (int events = 0; Step(simulator, *random); ++events) {
    const World& world = simulator.world();
    const auto next = world.open_points().empty() ? simulator.NextEvent() : std::nullopt;
    const bool fails = next.has_value() && std::holds_alternative<AircraftFailed>(next->payload);
    if (events % 101 != 0 && !fails) continue;
    ++resumed;
    before_failure += fails ? 1 : 0;
    with_open_points += world.open_points().empty() ? 0 : 1;
    for (const AircraftState& aircraft : world.state().aircraft)
      under_repair += aircraft.failed ? 1 : 0;

    EXPECT_EQ(DigestAtTheEnd(Simulator(world, day)), expected)
        << "after event " << events << " at " << ToMs(world.now()) << " ms";
  }
  EXPECT_GT(resumed, 30);
  EXPECT_GT(before_failure, 3);
  EXPECT_GT(under_repair, 10);
  EXPECT_GT(with_open_points, 0);
}

TEST(SimulatorTest, CopiesGoTheirOwnWay) {
  const auto network = Troubled();
  Simulator simulator(network, kSeed);
  const auto random = policy::MakeRandom(kSeed);
  for (int events = 0; events < 500; ++events) ASSERT_TRUE(Step(simulator, *random));
  const std::uint64_t before = simulator.world().Digest();

  Simulator copy = simulator;
  const auto hold = policy::MakeHold();
  while (Step(copy, *hold)) {
  }

  EXPECT_EQ(simulator.world().Digest(), before);
  EXPECT_EQ(&copy.day(), &simulator.day());
  EXPECT_EQ(DigestAtTheEnd(simulator), DigestAtTheEnd(Simulator(network, kSeed)));
}

TEST(SimulatorTest, PlaysAForecastDayToItsEnd) {
  const auto network = Troubled();
  const auto random = policy::MakeRandom(kSeed);
  Simulator simulator(network, kSeed);
  std::set<std::uint64_t> digests;
  for (int events = 0; Step(simulator, *random); ++events) {
    if (events % 500 != 0) continue;
    const auto forecast = std::make_shared<const RealisedDay>(
        RealisedDay::Forecast(simulator.world(), static_cast<std::uint64_t>(events)));
    digests.insert(DigestAtTheEnd(Simulator(simulator.world(), forecast)));
    EXPECT_EQ(digests.count(DigestAtTheEnd(Simulator(simulator.world(), forecast))), 1U);
  }
  EXPECT_GT(digests.size(), 3U);
}

// With nobody to board any more, the money is the same.
TEST(SimulatorTest, EndsDemandAndNothingElse) {
  Simulator simulator(Troubled(), kSeed);
  const auto random = policy::MakeRandom(kSeed);
  while (simulator.world().now() < SimTime{9 * kHour}) ASSERT_TRUE(Step(simulator, *random));
  Simulator without = simulator;
  without.EndDemand();
  const auto hold = policy::MakeHold();
  const auto play = [&](Simulator& day, int* requests, int* advisories) {
    Answer(day, *hold);
    while (const auto event = day.NextEvent()) {
      *requests += std::holds_alternative<TripRequested>(event->payload) ? 1 : 0;
      *advisories += std::holds_alternative<AdvisoryIssued>(event->payload) ? 1 : 0;
      ASSERT_TRUE(day.Apply(*event).ok());
      Answer(day, *hold);
    }
  };
  int requests = 0;
  int requests_without = 0;
  int advisories = 0;
  int advisories_without = 0;

  play(simulator, &requests, &advisories);
  play(without, &requests_without, &advisories_without);

  EXPECT_GT(requests, 100);
  EXPECT_EQ(requests_without, 0);
  EXPECT_GT(advisories, 0);
  EXPECT_EQ(advisories_without, advisories);
  EXPECT_EQ(without.world().profit_cents(), simulator.world().profit_cents());
}

// A live network on its second day, whose clock is the service's.
TEST(SimulatorTest, PlaysTheSecondDayOfALiveNetwork) {
  const auto network = Troubled();
  World world = World::Create(network, ClockMode::kSystem);
  const SimTime noon{kDay + 12 * kHour};
  ASSERT_TRUE(world.Apply({noon, TimeAdvanced{}}).ok());
  ASSERT_EQ(world.today().day, 1);
  const auto forecast = std::make_shared<const RealisedDay>(RealisedDay::Forecast(world, 1));
  ASSERT_GT(forecast->events().size(), 100U);
  EXPECT_GT(forecast->events().front().time, noon);
  EXPECT_LT(forecast->events().back().time, SimTime{kDay + 18 * kHour});

  Simulator simulator(world, forecast);
  const auto random = policy::MakeRandom(kSeed);
  while (Step(simulator, *random)) {
  }

  ASSERT_EQ(simulator.world().settled_days().size(), 2U);
  EXPECT_GT(simulator.world().settled_days().back().flights, 50);
}

TEST(SimulatorTest, PlaysOverdueMovementsAtOnce) {
  const auto network = *Network::Create(*GeneratePaper(7));
  World world = World::Create(network, ClockMode::kSystem);
  ASSERT_TRUE(world.Apply({SimTime{6 * kHour}, TimeAdvanced{}}).ok());
  const AircraftId first = world.open_points().front();
  Verdict verdict;
  for (int k = 0; k < network->vertiport_count(); ++k) {
    verdict = world.Commit({first, Action::Fly(VertiportId{k}), {}});
    if (verdict.accepted()) break;
  }
  ASSERT_TRUE(verdict.accepted());
  ASSERT_TRUE(world.Apply({verdict.take_off, TookOff{first}}).ok());
  const SimTime late = verdict.landing + 5 * kMinute;
  ASSERT_TRUE(world.Apply({late, TimeAdvanced{}}).ok());

  Simulator simulator(world, std::make_shared<const RealisedDay>(RealisedDay::Forecast(world, 1)));
  const auto hold = policy::MakeHold();
  while (simulator.world().state().at(first).airborne()) ASSERT_TRUE(Step(simulator, *hold));

  EXPECT_EQ(simulator.world().now(), late);
}

}  // namespace
}  // namespace skein::sim
