#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/domain/dispatcher.h"
#include "sim/generator.h"
#include "sim/simulator.h"

// What every dispatcher promises, whoever wrote it: header of sim/domain/dispatcher.h.
//
//   TEST(GreedyTest, KeepsTheContract) { ExpectDispatcherContract([](auto net) { … }); }
namespace skein::policy {

using MakeForTest =
    std::function<std::unique_ptr<Dispatcher>(std::shared_ptr<const sim::Network> network)>;

// Plays half a day and hands every decision point to `look`; decisions are the dispatcher's.
inline void PlayForContract(const std::shared_ptr<const sim::Network>& network,
                            Dispatcher& dispatcher,
                            const std::function<void(const DecisionPoint&, const Choice&)>& look) {
  sim::Simulator simulator(network, 900'001);
  Observation observation;
  Choice choice;
  for (int events = 0; events < 1500; ++events) {
    const auto event = simulator.NextEvent();
    if (!event.has_value()) return;
    ASSERT_TRUE(simulator.Apply(*event).ok());
    while (!simulator.world().open_points().empty()) {
      const AircraftId aircraft = simulator.world().open_points().front();
      simulator.world().Observe(aircraft, &observation);
      const DecisionPoint point{&observation, &simulator.world()};
      const absl::Status status = dispatcher.DecideBatch({&point, 1}, {&choice, 1});
      ASSERT_TRUE(status.ok()) << status;
      look(point, choice);
      ASSERT_TRUE(simulator.Commit({aircraft, choice.action, {}}).accepted());
    }
  }
}

inline void ExpectDispatcherContract(const MakeForTest& make) {
  const auto scenario = sim::GeneratePaper(900'001, {5, 12});
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const auto network = sim::Network::Create(*scenario);
  ASSERT_TRUE(network.ok()) << network.status();
  const auto first = make(*network);
  const auto second = make(*network);
  EXPECT_FALSE(first->name().empty());
  int decisions = 0;
  PlayForContract(*network, *first, [&](const DecisionPoint& point, const Choice& choice) {
    ++decisions;
    const Observation& seen = *point.observation;
    const VertiportId at =
        choice.action.kind == ActionKind::kHold ? seen.vertiport : choice.action.destination;
    EXPECT_EQ(seen.action_mask[at.index()], 1) << "chose an illegal action";
    EXPECT_TRUE(choice.scores.empty() || choice.scores.size() == seen.action_mask.size());
    EXPECT_GE(choice.probability, 0);
    EXPECT_LE(choice.probability, 1);
    // The same sequence of points gives the same choices, alone and in a batch.
    const std::vector<DecisionPoint> twice(2, point);
    std::vector<Choice> again(2);
    ASSERT_TRUE(second->DecideBatch(twice, again).ok());
    EXPECT_EQ(again[0].action, choice.action);
    EXPECT_EQ(again[1].action, choice.action);
  });
  EXPECT_GT(decisions, 100);
}

}  // namespace skein::policy
