#include "gtest/gtest.h"

#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

// The triangle with all three aircraft at A, half full; A has two chargers.
Scenario ThreeHalfFullAtA() {
  Scenario s = Triangle();
  for (Aircraft& aircraft : s.aircraft) {
    aircraft.vertiport = kA;
    aircraft.initial_state_of_charge = 0.5;
  }
  s.vertiports[0].stands = 4;
  return s;
}

TEST(WorldChargingTest, BillsASessionWhenTheTargetIsReached) {
  Scene scene;  // N3 stands at B with 50 of 100 kWh

  scene.To(Clock(1, 0));

  // 30 kWh at 100 kW and 20 kWh at 50 kW: 18 + 24 = 42 minutes. 50 kWh × 0.20 $ = 10 $.
  const auto ended = scene.Seen<ChargingEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(scene.effects.back().time, Clock(0, 42));
  EXPECT_EQ(ended[0].charge_wh, 100'000);
  EXPECT_EQ(ended[0].cost_cents, 1000);
  EXPECT_EQ(scene.world.profit_cents(), -1000);
}

TEST(WorldChargingTest, KnowsTheChargeInTheMiddleOfASession) {
  Scene scene;

  scene.To(Clock(0, 24));

  // 18 min to 80 kWh, then 6 min at 50 kW.
  EXPECT_EQ(scene.world.ChargeWh(kN3), 85'000);
}

TEST(WorldChargingTest, TheThirdOfThreeWaitsForOneOfTwoChargers) {
  Scene scene(ThreeHalfFullAtA());

  EXPECT_EQ(scene.vertiport(kA).charging, (std::vector<AircraftId>{kN1, kN2}));
  EXPECT_EQ(scene.vertiport(kA).charger_queue, (std::vector<AircraftId>{kN3}));

  scene.To(Clock(0, 42));

  EXPECT_EQ(scene.vertiport(kA).charging, (std::vector<AircraftId>{kN3}));
  EXPECT_EQ(scene.world.ChargeWh(kN3), 50'000);
}

TEST(WorldChargingTest, ACommitEndsTheSessionAndFreesTheCharger) {
  Scenario scenario = ThreeHalfFullAtA();
  scenario.operations.open_time = Clock(0, 0);
  scenario.operations.close_time = Clock(2, 0);
  Scene scene(scenario);
  scene.To(Clock(0, 6));

  ASSERT_TRUE(scene.Fly(kN1, kB).accepted());

  // 6 min at 100 kW: 10 kWh, 2 $.
  EXPECT_EQ(scene.aircraft(kN1).charge_wh, 60'000);
  EXPECT_EQ(scene.Seen<ChargingEnded>().at(0).cost_cents, 200);
  EXPECT_EQ(scene.vertiport(kA).charging, (std::vector<AircraftId>{kN2, kN3}));
}

TEST(WorldChargingTest, ACommitLeavesTheQueue) {
  Scenario scenario = ThreeHalfFullAtA();
  scenario.operations.open_time = Clock(0, 0);
  scenario.operations.close_time = Clock(2, 0);
  Scene scene(scenario);
  scene.To(Clock(0, 6));

  ASSERT_TRUE(scene.Fly(kN3, kB).accepted());  // 50 − 20 = 30 kWh: just enough for B and on to A

  EXPECT_TRUE(scene.vertiport(kA).charger_queue.empty());
}

TEST(WorldChargingTest, AWithdrawnChargerSendsTheLastToTheHeadOfTheQueue) {
  Scene scene(ThreeHalfFullAtA());

  scene.At(Clock(0, 6), ResourceOutOfOrder{kA, Resource::kChargers, 1});

  EXPECT_EQ(scene.vertiport(kA).charging, (std::vector<AircraftId>{kN1}));
  EXPECT_EQ(scene.vertiport(kA).charger_queue, (std::vector<AircraftId>{kN2, kN3}));
  EXPECT_EQ(scene.Seen<ChargingEnded>().at(0).energy_wh, 10'000);

  scene.At(Clock(0, 12), ResourceOutOfOrder{kA, Resource::kChargers, 0});

  EXPECT_EQ(scene.vertiport(kA).charging, (std::vector<AircraftId>{kN1, kN2}));
}

TEST(WorldChargingTest, AVertistopHasNoQueue) {
  Scenario scenario = Triangle();
  scenario.aircraft[2].vertiport = kC;
  Scene scene(scenario);

  EXPECT_TRUE(scene.Seen<ChargingStarted>().empty());
  EXPECT_FALSE(scene.aircraft(kN3).queued);
}

TEST(WorldChargingTest, AnAircraftOutOfServiceDoesNotCharge) {
  Scene scene;
  scene.At(Clock(0, 6), AircraftGrounded{kN3});
  EXPECT_FALSE(scene.aircraft(kN3).charging);

  scene.At(Clock(0, 7), AircraftReported{kN3, 30'000});
  EXPECT_FALSE(scene.aircraft(kN3).charging);
  EXPECT_EQ(scene.aircraft(kN3).charge_wh, 30'000);

  scene.At(Clock(0, 8), AircraftReturnedToService{kN3});
  EXPECT_TRUE(scene.aircraft(kN3).charging);
}

TEST(WorldChargingTest, AReportWithinAHundredthOfTheBatteryChangesNothing) {
  Scene scene;
  scene.At(Clock(0, 6), AircraftReported{kN3, 61'000});  // the world reckons 60 kWh
  EXPECT_EQ(scene.world.ChargeWh(kN3), 60'000);

  scene.At(Clock(0, 6), AircraftReported{kN3, 61'001});
  EXPECT_EQ(scene.world.ChargeWh(kN3), 61'001);
}

}  // namespace
}  // namespace skein::sim
