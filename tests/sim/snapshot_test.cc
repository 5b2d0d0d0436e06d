#include <string>

#include "gtest/gtest.h"

#include "policy/rules/rules.h"
#include "sim/episode.h"
#include "sim/generator.h"
#include "sim/simulator.h"
#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

std::shared_ptr<const Network> Paper() {
  return *Network::Create(*GeneratePaper(7, {.vertiports = 5, .aircraft = 12}));
}

// Plays a day with `random`. After every `every`-th event the world is replaced by its restored
// snapshot (0: never); before every event `observe` random onlookers look at it.
std::uint64_t PlayDay(const std::shared_ptr<const Network>& network, int every, bool observe) {
  Simulator simulator(network, 3);
  const auto policy = policy::MakeRandom(3);
  Observation seen;
  Choice choice;
  int events = 0;
  while (const auto event = simulator.NextEvent()) {
    EXPECT_TRUE(simulator.Apply(*event).ok());
    if (every > 0 && ++events % every == 0) {
      const std::uint64_t digest = simulator.world().Digest();
      auto restored = World::Restore(network, simulator.world().Snapshot());
      EXPECT_TRUE(restored.ok());
      if (!restored.ok()) return 0;
      EXPECT_EQ(restored->Digest(), digest);
      simulator.mutable_world() = *std::move(restored);
    }
    const World& world = simulator.world();
    if (observe && ToMs(event->time) % 3 == 0)
      world.Observe(AircraftId{static_cast<std::int32_t>(ToMs(event->time) % 12)}, &seen);
    while (!world.open_points().empty()) {
      const AircraftId aircraft = world.open_points().front();
      world.Observe(aircraft, &seen);
      const DecisionPoint point{&seen, &world};
      EXPECT_TRUE(policy->DecideBatch({&point, 1}, {&choice, 1}).ok());
      EXPECT_TRUE(simulator.Commit({aircraft, choice.action, {}}).accepted());
    }
  }
  const std::string snapshot = simulator.world().Snapshot();
  return simulator.world().Digest() ^ std::hash<std::string>()(snapshot);
}

TEST(SnapshotTest, ARestoredWorldContinuesIdentically) {
  const auto network = Paper();

  EXPECT_EQ(PlayDay(network, 7, false), PlayDay(network, 0, false));
}

TEST(SnapshotTest, ObservingAtExtraTimesChangesNothing) {
  const auto network = Paper();

  EXPECT_EQ(PlayDay(network, 0, true), PlayDay(network, 0, false));
}

// A world in the middle of everything: airborne with an alternate, committed, charging, waiting.
Scene Busy() {
  Scene scene;
  scene.Request(Clock(6, 0), kA, kB, 2);
  scene.Request(Clock(6, 0), kA, kC, 2);
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 0), TookOff{kN1});
  scene.Fly(kN2, kC);
  scene.Hold(kN3);
  scene.Close(Clock(6, 1), kB, Clock(6, 1), Clock(7, 0));
  scene.world.CollectEffects(nullptr);
  return scene;
}

TEST(SnapshotTest, KeepsSummaryTimersAndMovements) {
  const Scene scene = Busy();

  const auto restored = World::Restore(scene.world.shared_network(), scene.world.Snapshot());

  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->Digest(), scene.world.Digest());
  EXPECT_EQ(restored->Snapshot(), scene.world.Snapshot());
  EXPECT_EQ(restored->next_stop(), scene.world.next_stop());
  EXPECT_EQ(restored->next_timer(), scene.world.next_timer());
  EXPECT_EQ(restored->next_movement(), scene.world.next_movement());
  EXPECT_EQ(restored->profit_cents(), scene.world.profit_cents());
  EXPECT_EQ(restored->clock(), ClockMode::kSystem);
}

TEST(SnapshotTest, KeepsAPublishedForecast) {
  Scene scene = Busy();
  std::vector<double> rates(scene.world.forecast().begin(), scene.world.forecast().end());
  rates[2] = 9;
  scene.At(Clock(6, 1), ForecastPublished{rates});

  const auto restored = World::Restore(scene.world.shared_network(), scene.world.Snapshot());

  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->forecast()[2], 9);
  EXPECT_EQ(restored->Digest(), scene.world.Digest());
}

TEST(SnapshotTest, DamagedBytesAreDataLoss) {
  const Scene scene = Busy();
  const std::string good = scene.world.Snapshot();

  for (std::size_t k = 0; k < good.size(); ++k) {
    std::string bad = good;
    bad[k] = static_cast<char>(bad[k] ^ 0x10);
    EXPECT_EQ(World::Restore(scene.world.shared_network(), bad).status().code(),
              absl::StatusCode::kDataLoss)
        << "byte " << k;
  }
}

TEST(SnapshotTest, TruncatedBytesAreDataLoss) {
  const Scene scene = Busy();
  const std::string good = scene.world.Snapshot();

  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_EQ(World::Restore(scene.world.shared_network(), good.substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
}

TEST(SnapshotTest, AnotherNetworkIsAFailedPrecondition) {
  Scenario other = Triangle();
  other.aircraft_type.seats = 5;

  EXPECT_EQ(World::Restore(*Network::Create(other), Busy().world.Snapshot()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(DigestTest, SeesACentOfFareButNotTheProfit) {
  Scene one;
  Scene two;
  one.At(Clock(6, 0), TripRequested{{}, kA, kB, 1, Clock(6, 0), Clock(6, 30), 1000});
  two.At(Clock(6, 0), TripRequested{{}, kA, kB, 1, Clock(6, 0), Clock(6, 30), 1001});
  EXPECT_NE(one.world.Digest(), two.world.Digest());

  one.At(Clock(6, 0), TripCancelled{TripId{1}});
  two.At(Clock(6, 0), TripCancelled{TripId{1}});
  EXPECT_EQ(one.world.Digest(), two.world.Digest());
}

}  // namespace
}  // namespace skein::sim
