#include "policy/rules/rules.h"

#include "tests/policy/dispatcher_contract.h"

namespace skein::policy {
namespace {

TEST(HoldTest, KeepsTheContract) {
  ExpectDispatcherContract([](const auto&) { return MakeHold(); });
}

TEST(RandomTest, KeepsTheContract) {
  ExpectDispatcherContract([](const auto&) { return MakeRandom(5); });
}

TEST(FcfsTest, KeepsTheContract) {
  ExpectDispatcherContract([](const auto&) { return MakeFcfs(); });
}

TEST(GreedyTest, KeepsTheContract) {
  ExpectDispatcherContract([](const auto& network) { return MakeGreedy(network); });
}

// A network of three vertiports with one party waiting, as an observation alone.
struct TinyPoint {
  Observation seen;

  TinyPoint() {
    seen.now = TimeFromMs(0);
    seen.vertiport = VertiportId{0};
    seen.action_mask = {1, 1, 1};
    seen.destinations.resize(3);
    for (int k = 1; k < 3; ++k) {
      seen.destinations[static_cast<std::size_t>(k)].take_off = TimeFromMs(0);
      seen.destinations[static_cast<std::size_t>(k)].landing = TimeFromMs(600'000 * k);
    }
  }
};

TEST(RandomTest, DrawsUniformlyOverLegalActions) {
  TinyPoint tiny;
  tiny.seen.action_mask = {1, 0, 1};
  const auto random = MakeRandom(1);
  int holds = 0;
  int flights = 0;
  Choice choice;
  for (int k = 0; k < 10'000; ++k) {
    tiny.seen.decision_number = k;
    const DecisionPoint point{&tiny.seen, nullptr};
    ASSERT_TRUE(random->DecideBatch({&point, 1}, {&choice, 1}).ok());
    if (choice.action == Action::Hold()) ++holds;
    if (choice.action == Action::Fly(VertiportId{2})) ++flights;
  }
  EXPECT_EQ(holds + flights, 10'000);
  EXPECT_NEAR(holds, 5000, 200);  // four standard errors of 50
}

TEST(GreedyTest, ComparesProfitPerHourNotProfit) {
  const auto scenario = sim::GeneratePaper(900'001, {3, 3});
  ASSERT_TRUE(scenario.ok());
  const auto greedy = MakeGreedy(*sim::Network::Create(*scenario));
  TinyPoint tiny;
  // 10 USD after 10 minutes beat 11 USD after 20: turnaround and delay add the same to both.
  tiny.seen.destinations[1].revenue_cents = 1000;
  tiny.seen.destinations[2].revenue_cents = 1100;
  const DecisionPoint point{&tiny.seen, nullptr};
  Choice choice;

  ASSERT_TRUE(greedy->DecideBatch({&point, 1}, {&choice, 1}).ok());

  EXPECT_EQ(choice.action, Action::Fly(VertiportId{1}));
}

TEST(GreedyTest, HoldsRatherThanLosingMoney) {
  const auto scenario = sim::GeneratePaper(900'001, {3, 3});
  ASSERT_TRUE(scenario.ok());
  const auto greedy = MakeGreedy(*sim::Network::Create(*scenario));
  TinyPoint tiny;
  tiny.seen.destinations[1].energy_cost_cents = 1;
  tiny.seen.destinations[2].energy_cost_cents = 1;
  const DecisionPoint point{&tiny.seen, nullptr};
  Choice choice;

  ASSERT_TRUE(greedy->DecideBatch({&point, 1}, {&choice, 1}).ok());

  EXPECT_EQ(choice.action, Action::Hold());
}

}  // namespace
}  // namespace skein::policy
