#pragma once

#include <functional>
#include <memory>

#include "gtest/gtest.h"
#include "policy/rules/rules.h"
#include "sim/generator.h"
#include "sim/simulator.h"

// Decision points of simulated days, for tests of features and networks.
namespace skein::policy::captain {

inline std::shared_ptr<const sim::Network> PaperNetwork(std::uint64_t seed, int vertiports,
                                                        int aircraft) {
  const auto scenario = sim::GeneratePaper(seed, {vertiports, aircraft});
  EXPECT_TRUE(scenario.ok()) << scenario.status();
  const auto network = sim::Network::Create(*scenario);
  EXPECT_TRUE(network.ok()) << network.status();
  return *network;
}

// Plays a day with `dispatcher` and shows each decision point, at most `limit` of them.
inline void ForEachPoint(const std::shared_ptr<const sim::Network>& network, std::uint64_t seed,
                         Dispatcher& dispatcher, int limit,
                         const std::function<void(const DecisionPoint&)>& look) {
  sim::Simulator simulator(network, seed);
  Observation observation;
  Choice choice;
  int seen = 0;
  while (const auto event = simulator.NextEvent()) {
    ASSERT_TRUE(simulator.Apply(*event).ok());
    while (!simulator.world().open_points().empty()) {
      if (seen++ == limit) return;
      const AircraftId aircraft = simulator.world().open_points().front();
      simulator.world().Observe(aircraft, &observation);
      const DecisionPoint point{&observation, &simulator.world()};
      look(point);
      ASSERT_TRUE(dispatcher.DecideBatch({&point, 1}, {&choice, 1}).ok());
      ASSERT_TRUE(simulator.Commit({aircraft, choice.action, {}}).accepted());
    }
  }
}

}  // namespace skein::policy::captain
