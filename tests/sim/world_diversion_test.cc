#include "gtest/gtest.h"

#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

// N1 is on its way from A to B (06:00 to 06:08:40) with two passengers when B closes at 06:05.
class WorldDiversionTest : public ::testing::Test {
 protected:
  explicit WorldDiversionTest(Scenario scenario = Triangle()) : scene(std::move(scenario)) {}

  void TakeOff() {
    trip = scene.Request(Clock(6, 0), kA, kB, 2);
    ASSERT_TRUE(scene.Fly(kN1, kB).accepted());
    scene.At(Clock(6, 0), TookOff{kN1});
  }
  void AddAircraft(VertiportId at, const char* name) {
    scene.At(scene.world.now(), AircraftAdded{name, at, 100'000, 0});
  }

  Scene scene;
  TripId trip;
};

TEST_F(WorldDiversionTest, ReservesTheNearestStandAtOnce) {
  TakeOff();

  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(6, 30));

  const auto reserved = scene.Seen<AlternateReserved>();
  ASSERT_EQ(reserved.size(), 1U);
  EXPECT_EQ(reserved[0].alternate, kA);
  EXPECT_EQ(scene.vertiport(kA).inbound, 1);
  EXPECT_EQ(scene.vertiport(kB).inbound, 1);
  // Overhead B at 06:07:40 with 80 kWh; 20 to A and 10 of reserve leave 50 kWh ÷ 36 kW = 5000 s.
  EXPECT_EQ(reserved[0].latest_divert, Clock(7, 31));
  EXPECT_EQ(scene.world.next_movement(), std::nullopt);
}

TEST_F(WorldDiversionTest, HoldsUntilTheReopeningAndLands) {
  TakeOff();
  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(6, 30));

  scene.To(Clock(6, 7, 40));
  EXPECT_EQ(scene.aircraft(kN1).phase, AircraftPhase::kHolding);
  scene.To(Clock(6, 30));

  EXPECT_EQ(scene.vertiport(kA).inbound, 0);
  EXPECT_EQ(scene.aircraft(kN1).landing, Clock(6, 31));
  scene.At(Clock(6, 31), Landed{kN1, kB, {}});
  // 80 kWh less 1340 s of holding (06:07:40 to 06:30) at 36 kW = 13.4 kWh.
  EXPECT_EQ(scene.aircraft(kN1).charge_wh, 66'600);
  EXPECT_EQ(scene.trip(trip).status, TripStatus::kServed);
  EXPECT_EQ(scene.world.today().diversions, 0);
}

TEST_F(WorldDiversionTest, DivertsAtTheLatestMomentWithExactlyTheReserve) {
  TakeOff();
  const std::int64_t fare = scene.aircraft(kN1).fare_cents;
  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(12, 0));

  scene.To(Clock(7, 31));

  ASSERT_EQ(scene.Seen<DiversionStarted>().size(), 1U);
  EXPECT_EQ(scene.aircraft(kN1).landing, Clock(7, 39, 40));  // 520 s
  EXPECT_EQ(scene.vertiport(kB).inbound, 0);
  EXPECT_EQ(scene.vertiport(kA).inbound, 1);
  scene.At(Clock(7, 39, 40), Landed{kN1, kA, {}});
  EXPECT_EQ(scene.aircraft(kN1).charge_wh, 10'000);
  EXPECT_EQ(scene.trip(trip).status, TripStatus::kDiverted);
  EXPECT_EQ(scene.Seen<FlightLanded>().at(0).refund_cents, fare);
  EXPECT_EQ(scene.world.today().revenue_cents, 0);
  EXPECT_EQ(scene.world.today().passengers_diverted, 2);
  EXPECT_EQ(scene.world.today().excursions, 0);
}

TEST_F(WorldDiversionTest, AMeasuredChargeMovesTheLatestTimeToDivert) {
  TakeOff();
  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(12, 0));
  scene.To(Clock(7, 0));  // overhead since 06:07:40: 80 − 31.4 kWh

  scene.At(Clock(7, 0), AircraftReported{kN1, 40'000});

  // 10 kWh above what A needs: 1000 s at 36 kW.
  EXPECT_EQ(scene.Seen<AlternateReserved>().at(1).latest_divert, Clock(7, 16, 40));
  EXPECT_EQ(scene.vertiport(kA).inbound, 1);
  scene.To(Clock(7, 16, 40));
  EXPECT_EQ(scene.aircraft(kN1).phase, AircraftPhase::kDiverting);
}

TEST_F(WorldDiversionTest, AMeasuredChargeTooLowForTheAlternateIsAnEmergency) {
  TakeOff();
  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(12, 0));
  scene.To(Clock(7, 0));

  scene.At(Clock(7, 0), AircraftReported{kN1, 29'999});  // 20 to A and 10 of reserve are 30

  ASSERT_EQ(scene.Seen<EmergencyDeclared>().size(), 1U);
  EXPECT_EQ(scene.Seen<EmergencyDeclared>()[0].vertiport, kB);
  EXPECT_EQ(scene.vertiport(kA).inbound, 0);
}

TEST_F(WorldDiversionTest, ReckonsTheChargeOnTheWayToTheAlternate) {
  TakeOff();
  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(12, 0));

  scene.To(Clock(7, 34, 50));  // 230 of the 460 s from overhead B to overhead A, 20 kWh

  EXPECT_EQ(scene.world.ChargeWh(kN1), 20'000);  // 30 at the latest moment to divert
}

TEST_F(WorldDiversionTest, AStandPromisedToAnotherIsNotFreeForOneThatLandsElsewhere) {
  AddAircraft(kB, "N4");
  const AircraftId n4{3};
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), AircraftReported{kN3, 100'000});
  ASSERT_TRUE(scene.Fly(kN3, kA).accepted());  // the third at A, where N1 and N2 stand
  ASSERT_TRUE(scene.Fly(n4, kC).accepted());
  scene.At(Clock(6, 0), TookOff{kN3});
  scene.At(Clock(6, 1), TookOff{n4});

  scene.At(Clock(6, 5), Landed{n4, kA, {}});

  EXPECT_EQ(scene.vertiport(kA).blocked_pads, 1);
  const Excursion blocked = scene.Seen<Excursion>().back();
  EXPECT_EQ(blocked.rule, GuardRule::kG1);
  EXPECT_EQ(blocked.actual, 4);
  EXPECT_EQ(blocked.limit, 3);
}

TEST_F(WorldDiversionTest, LandsAsAnEmergencyIfNoStandIsInReach) {
  TakeOff();
  for (const char* const name : {"N4", "N5"}) AddAircraft(kA, name);  // with N2: three of three
  scene.Close(Clock(6, 2), kC, Clock(6, 2), Clock(7, 0));

  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(6, 30));

  const auto declared = scene.Seen<EmergencyDeclared>();
  ASSERT_EQ(declared.size(), 1U);
  EXPECT_EQ(declared[0].landing, Clock(6, 8, 40));
  scene.At(Clock(6, 8, 40), Landed{kN1, kB, {}});
  EXPECT_EQ(scene.world.today().emergency_landings, 1);
  EXPECT_EQ(scene.world.today().excursions, 1);
  EXPECT_EQ(scene.trip(trip).status, TripStatus::kServed);
}

TEST_F(WorldDiversionTest, AFlightWhoseLandingMovementHasBegunCompletesIt) {
  TakeOff();

  scene.Close(Clock(6, 7, 40), kB, Clock(6, 7, 40), Clock(6, 30));

  EXPECT_TRUE(scene.Seen<AlternateReserved>().empty());
  EXPECT_EQ(scene.aircraft(kN1).landing, Clock(6, 8, 40));
}

TEST_F(WorldDiversionTest, CountsWhatWasBurnedInTheHoldWhenTheAlternateClosesToo) {
  TakeOff();
  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(12, 0));

  // At 07:21 it has held for 4400 s, 44 kWh: 36 kWh are left, 26 above the reserve. C is 30 away.
  scene.Close(Clock(7, 21), kA, Clock(7, 21), Clock(12, 0));

  ASSERT_EQ(scene.Seen<EmergencyDeclared>().size(), 1U);
  EXPECT_EQ(scene.Seen<EmergencyDeclared>()[0].vertiport, kB);
  EXPECT_EQ(scene.Seen<AlternateReserved>().size(), 1U);  // A, at first
}

TEST_F(WorldDiversionTest, TheOneWithTheLeastTimeChoosesFirst) {
  TakeOff();
  AddAircraft(kC, "N4");
  AddAircraft(kC, "N5");
  const AircraftId n4{3};
  scene.To(Clock(6, 2));
  ASSERT_TRUE(scene.Fly(n4, kB).accepted());  // 30 kWh: less time to hold than N1
  scene.At(Clock(6, 2), TookOff{n4});
  AddAircraft(kA, "N6");  // one stand left at A

  scene.Close(Clock(6, 5), kB, Clock(6, 5), Clock(12, 0));

  const auto reserved = scene.Seen<AlternateReserved>();
  ASSERT_EQ(reserved.size(), 2U);
  EXPECT_EQ(reserved[0].aircraft, n4);
  EXPECT_EQ(reserved[0].alternate, kA);
  EXPECT_EQ(reserved[1].aircraft, kN1);
  EXPECT_EQ(reserved[1].alternate, kC);
}

TEST_F(WorldDiversionTest, ALandingWithoutAStandBlocksAPadUntilOneIsFree) {
  scene.To(Clock(6, 0));
  AddAircraft(kB, "N4");  // N3 and N4 at B, one stand left
  ASSERT_TRUE(scene.Fly(kN1, kB).accepted());
  ASSERT_TRUE(scene.Fly(kN2, kC).accepted());
  scene.At(Clock(6, 0), TookOff{kN1});
  scene.At(Clock(6, 1), TookOff{kN2});

  scene.At(Clock(6, 9), Landed{kN2, kB, {}});  // elsewhere: the stand is promised to N1

  EXPECT_EQ(scene.aircraft(kN2).phase, AircraftPhase::kBlockingPad);
  EXPECT_EQ(scene.vertiport(kB).blocked_pads, 1);
  scene.At(Clock(6, 9), Landed{kN1, kB, {}});
  EXPECT_EQ(scene.aircraft(kN1).phase, AircraftPhase::kTurnaround);
  scene.At(Clock(6, 10), AircraftRemoved{kN3});
  EXPECT_EQ(scene.aircraft(kN2).phase, AircraftPhase::kTurnaround);
  EXPECT_EQ(scene.vertiport(kB).blocked_pads, 0);
}

TEST_F(WorldDiversionTest, ACancelledCommitmentFreesTheStandForThePadsBlocker) {
  scene.To(Clock(6, 0));
  AddAircraft(kB, "N4");
  ASSERT_TRUE(scene.Fly(kN1, kB).accepted());
  ASSERT_TRUE(scene.Fly(kN2, kC).accepted());
  scene.At(Clock(6, 1), TookOff{kN2});
  // N1 has not taken off; with the only pad of B blocked it has no slot, and gives its stand back.
  scene.At(Clock(6, 1), Landed{kN2, kB, {}});

  EXPECT_EQ(scene.Seen<FlightCancelled>().at(0).reason, CancelReason::kNoSlot);
  EXPECT_EQ(scene.vertiport(kB).blocked_pads, 0);
  EXPECT_EQ(scene.aircraft(kN2).phase, AircraftPhase::kTurnaround);
}

}  // namespace
}  // namespace skein::sim
