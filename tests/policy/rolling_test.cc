#include "policy/planners/rolling/rolling.h"

#include <utility>

#include "policy/rules/rules.h"
#include "sim/episode.h"
#include "tests/policy/dispatcher_contract.h"
#include "tests/policy/two_vertiports.h"

namespace skein::policy {
namespace {

std::shared_ptr<const sim::Network> Paper(std::uint64_t seed, const sim::PaperOptions& size) {
  return *sim::Network::Create(*sim::GeneratePaper(seed, size));
}

TEST(RollingTest, KeepsTheContract) {
  ExpectDispatcherContract([](const auto& network) { return MakeRolling(network); });
}

TEST(RollingTest, PlaysTheSameDayTwice) {
  const auto network = Paper(900'002, {5, 12});

  const auto first = sim::RunEpisode(network, 900'002, *MakeRolling(network));
  const auto second = sim::RunEpisode(network, 900'002, *MakeRolling(network));

  EXPECT_EQ(first->digest, second->digest);
  EXPECT_EQ(first->summary.refusals, 0);
}

TEST(RollingTest, EarnsMoreThanGreedy) {
  std::int64_t rolling_cents = 0;
  std::int64_t greedy_cents = 0;
  for (const std::uint64_t seed : {900'000U, 900'001U}) {
    const auto network = Paper(seed, {});
    rolling_cents += sim::RunEpisode(network, seed, *MakeRolling(network))->summary.profit_cents();
    greedy_cents += sim::RunEpisode(network, seed, *MakeGreedy(network))->summary.profit_cents();
  }

  EXPECT_GT(static_cast<double>(rolling_cents), 1.1 * static_cast<double>(greedy_cents));
}

TEST(RollingTest, FallsBackToGreedyWhenTheIterationsRunOut) {
  const auto network = Paper(900'001, {5, 12});
  const auto rolling = MakeRolling(network, {.max_iterations = 1});
  const auto greedy = MakeGreedy(network);
  int flights = 0;

  PlayForContract(network, *rolling, [&](const DecisionPoint& point, const Choice& choice) {
    Choice expected;
    ASSERT_TRUE(greedy->DecideBatch({&point, 1}, {&expected, 1}).ok());
    EXPECT_EQ(choice.action, expected.action);
    if (choice.action.kind == ActionKind::kFly) ++flights;
  });

  EXPECT_GT(flights, 10);
}

TEST(RollingTest, StaysOnTheGroundWhenNobodyIsExpected) {
  Scenario scenario = *sim::GeneratePaper(900'001, {5, 12});
  for (double& rate : scenario.demand.requests_per_hour) rate = 0;
  const auto network = *sim::Network::Create(std::move(scenario));

  const auto report = sim::RunEpisode(network, 1, *MakeRolling(network));

  EXPECT_GT(report->summary.holds, 0);
  EXPECT_EQ(report->summary.flights, 0);
}

// A morning at TwoVertiports with two aircraft at A, as a test needs it.
class TwoAircraft : public testing::Test {
 protected:
  TwoAircraft()
      : network(*sim::Network::Create([] {
          Scenario scenario = TwoVertiports();
          scenario.aircraft.push_back({"N2", kA, 1, 0});
          return scenario;
        }())),
        world(sim::World::Create(network, sim::ClockMode::kSystem)),
        rolling(MakeRolling(network)) {
    Apply({world.next_stop(), TimeAdvanced{}});
  }

  void Apply(const ExternalEvent& event) {
    const absl::Status status = world.Apply(event);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Request(VertiportId from, VertiportId to, int passengers) {
    Apply({world.now(),
           TripRequested{{}, from, to, passengers, world.now(), world.now() + 40 * kMinute, {}}});
  }
  void Observe() {
    for (std::int32_t k = 0; k < 2; ++k) world.Observe(AircraftId{k}, &seen[k]);
  }
  Choice DecideFirst() {
    const DecisionPoint point{&seen[0], &world};
    Choice choice;
    EXPECT_TRUE(rolling->DecideBatch({&point, 1}, {&choice, 1}).ok());
    return choice;
  }

  const std::shared_ptr<const sim::Network> network;
  sim::World world;
  const std::unique_ptr<Dispatcher> rolling;
  Observation seen[2];
};

// 4 passengers bring 5 + 12.43 USD each, 20 kWh cost 4 USD: 65.72 USD, and the plan's bonus.
TEST_F(TwoAircraft, ExplainsItsChoiceInDollars) {
  Request(kA, kB, 4);
  Observe();

  const Choice choice = DecideFirst();

  EXPECT_EQ(choice.action, Action::Fly(kB));
  EXPECT_NEAR(choice.scores[1], 65.72 + RollingOptions{}.tie_bonus_usd, 0.01);
  EXPECT_NEAR(choice.scores[0], 0, 0.01);
  EXPECT_GT(choice.value, 60);
}

TEST_F(TwoAircraft, GoesWherePassengersWait) {
  Request(kB, kA, 4);
  Observe();

  EXPECT_EQ(DecideFirst().action, Action::Fly(kB));
}

TEST_F(TwoAircraft, CountsOnPassengersOnlyOnceInABatch) {
  Request(kA, kB, 4);
  Observe();
  const DecisionPoint points[] = {{&seen[0], &world}, {&seen[1], &world}};
  Choice choices[2];

  ASSERT_TRUE(rolling->DecideBatch(points, choices).ok());

  EXPECT_EQ(choices[0].action, Action::Fly(kB));
  EXPECT_EQ(choices[1].action, Action::Hold());
}

TEST_F(TwoAircraft, HoldsWhenNothingElseIsLegal) {
  Request(kA, kB, 4);
  Observe();
  seen[0].action_mask = {1, 0};

  EXPECT_EQ(DecideFirst().action, Action::Hold());
}

TEST_F(TwoAircraft, PlansAgainWhenAVertiportCloses) {
  Request(kB, kA, 4);
  Observe();
  ASSERT_EQ(DecideFirst().action, Action::Fly(kB));
  Advisory advisory;
  advisory.id = AdvisoryId{1};
  advisory.vertiport = kB;
  advisory.start = world.now() + 10 * kMinute;
  advisory.end = world.now() + 3 * kHour;  // beyond closing time
  Apply({world.now(), AdvisoryIssued{advisory}});
  Observe();

  // There is time to fly to B, but not to leave it again with the passengers.
  ASSERT_EQ(seen[0].action_mask[1], 1);
  EXPECT_EQ(DecideFirst().action, Action::Hold());
}

}  // namespace
}  // namespace skein::policy
