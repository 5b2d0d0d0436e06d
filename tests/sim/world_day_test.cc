#include "gtest/gtest.h"

#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

TEST(WorldDayTest, OpensAPointForEveryReadyAircraft) {
  Scene scene;
  scene.To(Clock(5, 59, 59));
  EXPECT_TRUE(scene.world.open_points().empty());

  scene.To(Clock(6, 0));

  EXPECT_EQ(scene.world.open_points().size(), 3U);
  EXPECT_EQ(scene.world.open_points().front(), kN1);
}

TEST(WorldDayTest, AnExternalClockDoesNotPassAnOpenPointOrATimer) {
  const auto network = *Network::Create(Triangle());
  World world = World::Create(network, ClockMode::kExternal);
  EXPECT_EQ(world.Apply({Clock(6, 0, 1), TimeAdvanced{}}).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(world.next_stop(), Clock(6, 0));
  ASSERT_TRUE(world.Apply({Clock(6, 0), TimeAdvanced{}}).ok());

  EXPECT_EQ(world.Apply({Clock(6, 0, 1), TimeAdvanced{}}).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(WorldDayTest, AHoldEndsInADecisionPoint) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Hold(kN1);
  EXPECT_FALSE(scene.aircraft(kN1).open);

  scene.To(Clock(6, 15));

  EXPECT_TRUE(scene.aircraft(kN1).open);
  EXPECT_EQ(scene.aircraft(kN1).due, Clock(6, 15));
}

TEST(WorldDayTest, ATurnaroundEndsInADecisionPoint) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 0), TookOff{kN1});
  scene.At(Clock(6, 8, 40), Landed{kN1, kB, {}});

  scene.To(Clock(6, 16, 39));
  EXPECT_EQ(scene.aircraft(kN1).phase, AircraftPhase::kTurnaround);
  scene.To(Clock(6, 16, 40));

  EXPECT_TRUE(scene.aircraft(kN1).open);
}

TEST(WorldDayTest, AFailedAircraftIsDownUntilItReturns) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), AircraftFailed{kN1});
  EXPECT_EQ(scene.aircraft(kN1).phase, AircraftPhase::kOutOfService);
  EXPECT_EQ(scene.vertiport(kA).on_ground, 2);  // it keeps its stand

  scene.At(Clock(6, 30), AircraftReturnedToService{kN1});

  EXPECT_TRUE(scene.aircraft(kN1).open);
  EXPECT_EQ(scene.world.today().aircraft_down_ms, 30 * 60'000);
}

TEST(WorldDayTest, LosesThoseWhoStillWaitAtClosing) {
  Scene scene;
  scene.Request(Clock(7, 50), kA, kB, 3);

  scene.To(Clock(8, 0));

  EXPECT_EQ(scene.Seen<TripEnded>().at(0).outcome, TripOutcome::kClosingTime);
  EXPECT_TRUE(scene.world.open_points().empty());
  ASSERT_TRUE(scene.world.terminated());
  EXPECT_EQ(scene.world.settled_days()[0].passengers_lost, 3);
}

TEST(WorldDayTest, ADayEndsWhenTheLastFlightHasLanded) {
  Scene scene;
  scene.To(Clock(7, 59));
  scene.Fly(kN1, kB);
  scene.At(Clock(7, 59), TookOff{kN1});
  scene.To(Clock(8, 0));
  EXPECT_FALSE(scene.world.terminated());

  scene.At(Clock(8, 7, 40), Landed{kN1, kB, {}});

  EXPECT_TRUE(scene.world.terminated());
}

TEST(WorldDayTest, SettlesStoredEnergyAtTheLowestPrice) {
  Scenario scenario = Triangle();
  scenario.cost.energy_usd_per_kwh[3] = 0.1;
  Scene scene(scenario);
  scene.To(Clock(7, 59));
  scene.Fly(kN1, kB);
  scene.At(Clock(7, 59), TookOff{kN1});
  scene.At(Clock(8, 7, 40), Landed{kN1, kB, {}});

  // N3 drew 50 kWh at 0.20 $ (1000 cents). Stored: N3 + 50, N1 − 20 = + 30 kWh × 0.10 $ = 300.
  const auto settled = scene.Seen<DaySettled>();
  ASSERT_EQ(settled.size(), 1U);
  EXPECT_EQ(settled[0].stored_energy_wh, 30'000);
  EXPECT_EQ(settled[0].cost_cents, -300);
  EXPECT_EQ(settled[0].profit_cents, -700);
  EXPECT_EQ(scene.world.profit_cents(), -700);
}

TEST(WorldDayTest, TheNextDayOpensWithAFreshSummary) {
  Scene scene;
  scene.To(Clock(8, 0));

  scene.To(Clock(30, 0));

  EXPECT_EQ(scene.world.open_points().size(), 3U);
  EXPECT_EQ(scene.world.today().day, 1);
  EXPECT_EQ(scene.world.settled_days().size(), 1U);
}

TEST(WorldDayTest, ATripForTomorrowIsCountedTomorrow) {
  Scene scene;
  scene.At(Clock(7, 0), TripRequested{{}, kA, kB, 2, Clock(30, 30), Clock(31, 0), {}});

  scene.To(Clock(8, 0));

  EXPECT_EQ(scene.world.settled_days()[0].passengers_requested, 0);
  EXPECT_EQ(scene.world.today().passengers_requested, 2);
}

TEST(WorldDayTest, ATakeOffThatLapsesIntoTheNextDayIsCancelled) {
  Scenario scenario = Triangle();
  scenario.operations.open_time = Clock(22, 0);
  scenario.operations.close_time = Clock(24, 0);
  Scene scene(scenario);
  scene.To(Clock(23, 59, 30));
  ASSERT_TRUE(scene.Fly(kN1, kB).accepted());

  scene.To(Clock(24, 1));

  EXPECT_EQ(scene.Seen<FlightCancelled>().at(0).reason, CancelReason::kClosingTime);
  EXPECT_TRUE(scene.world.terminated());
}

}  // namespace
}  // namespace skein::sim
