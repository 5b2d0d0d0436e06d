#include "gtest/gtest.h"

#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

TEST(WorldSlotsTest, AFlightLeavesAtOnceIfEverythingIsFree) {
  Scene scene;
  scene.To(Clock(6, 0));

  const Verdict verdict = scene.Fly(kN1, kB);

  EXPECT_EQ(verdict.take_off, Clock(6, 0));
  EXPECT_EQ(verdict.landing, Clock(6, 8, 40));  // 20 km ÷ 50 m/s + 2 min = 520 s
}

TEST(WorldSlotsTest, TheSecondWaitsForThePadOfTheOrigin) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  EXPECT_EQ(scene.Fly(kN2, kC).take_off, Clock(6, 1));  // the movement takes a minute
}

TEST(WorldSlotsTest, TheSecondWaitsForTheLane) {
  Scenario scenario = Triangle();
  scenario.vertiports[0].pads = scenario.vertiports[1].pads = 2;
  scenario.operations.headway = 3 * kMinute;
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  EXPECT_EQ(scene.Fly(kN2, kB).take_off, Clock(6, 3));
}

TEST(WorldSlotsTest, TheSecondWaitsForThePadOfTheDestination) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN3, kC);  // 720 s: on the pad of C in [06:11, 06:12)
  scene.At(Clock(6, 0), TookOff{kN3});
  scene.To(Clock(6, 1, 40));

  const Verdict verdict = scene.Fly(kN1, kC);  // 620 s: at once it would need [06:11, 06:12) too

  EXPECT_EQ(verdict.take_off, Clock(6, 2, 40));
  EXPECT_EQ(verdict.landing, Clock(6, 13));
}

TEST(WorldSlotsTest, WithoutASlotInTimeTheFlightIsRefused) {
  Scenario scenario = Triangle();
  scenario.operations.max_take_off_wait = SimDuration{59'999};
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  EXPECT_EQ(scene.Fly(kN2, kC).refusal, Refusal::kNoSlot);
}

TEST(WorldSlotsTest, ADelayMovesTheFlightAndFreesItsSlot) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  scene.At(Clock(6, 0), TakeOffDelayed{kN1, 5 * kMinute});

  EXPECT_EQ(scene.aircraft(kN1).take_off, Clock(6, 5));
  EXPECT_EQ(scene.aircraft(kN1).landing, Clock(6, 13, 40));
  EXPECT_EQ(scene.Fly(kN2, kC).take_off, Clock(6, 0));
}

TEST(WorldSlotsTest, ADelayWithoutASlotAfterItCancels) {
  Scenario scenario = Triangle();
  scenario.operations.max_take_off_wait = kMinute / 2;
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);
  scene.To(Clock(6, 0, 30));
  ASSERT_EQ(scene.Fly(kN2, kC).take_off, Clock(6, 1));

  scene.At(Clock(6, 0, 30), TakeOffDelayed{kN1, kMinute / 4});  // from 06:00:45; free at 06:02

  const auto cancelled = scene.Seen<FlightCancelled>();
  ASSERT_EQ(cancelled.size(), 1U);
  EXPECT_EQ(cancelled[0].reason, CancelReason::kNoSlot);
  EXPECT_EQ(scene.vertiport(kB).inbound, 0);
  EXPECT_EQ(scene.world.open_points().size(), 2U);  // N1 again, and N3
}

TEST(WorldSlotsTest, AnUnusedSlotLapsesAsAnExcursion) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  scene.To(Clock(6, 1));

  const auto excursions = scene.Seen<Excursion>();
  ASSERT_EQ(excursions.size(), 1U);
  EXPECT_EQ(excursions[0].rule, GuardRule::kG5);
  EXPECT_EQ(scene.aircraft(kN1).take_off, Clock(6, 1));
}

TEST(WorldSlotsTest, ALateTakeOffWithinTheToleranceIsNoExcursion) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  scene.At(Clock(6, 0, 59), TookOff{kN1});
  scene.At(Clock(6, 9), Landed{kN1, kB, {}});

  EXPECT_EQ(scene.world.today().excursions, 0);
  EXPECT_EQ(scene.world.today().flights, 1);
}

TEST(WorldSlotsTest, ALateLandingHasHeldForSoLong) {
  // A to B: 20 kWh. Within the tolerance the plan stands; 600 s late are 6 kWh at 36 kW.
  for (const auto& [landing, charge_wh] :
       {std::pair{Clock(6, 9), 80'000}, std::pair{Clock(6, 18, 40), 74'000}}) {
    Scene scene;
    scene.To(Clock(6, 0));
    scene.Fly(kN1, kB);
    scene.At(Clock(6, 0), TookOff{kN1});

    scene.At(landing, Landed{kN1, kB, {}});

    EXPECT_EQ(scene.Seen<FlightLanded>().at(0).charge_wh, charge_wh);
  }
}

TEST(WorldSlotsTest, AnEarlyTakeOffIsAnExcursionWithANewLandingSlot) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 0), TakeOffDelayed{kN1, 10 * kMinute});

  scene.At(Clock(6, 2), TookOff{kN1});

  EXPECT_EQ(scene.world.today().excursions, 1);
  EXPECT_EQ(scene.aircraft(kN1).landing, Clock(6, 10, 40));
  EXPECT_EQ(scene.vertiport(kB).pads.starts(), (std::vector<SimTime>{Clock(6, 9, 40)}));
}

TEST(WorldSlotsTest, ALandingReportedBeforeTheSlotsOfItsTakeOffGivesThemBack) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 0), TakeOffDelayed{kN1, kMinute});
  scene.At(Clock(6, 0, 30), TookOff{kN1});  // within the tolerance, so the slots of 06:01 stand

  scene.At(Clock(6, 0, 40), Landed{kN1, kB, {}});

  EXPECT_TRUE(scene.vertiport(kA).pads.starts().empty());
  EXPECT_TRUE(scene.vertiport(kB).pads.starts().empty());
  EXPECT_EQ(scene.Fly(kN2, kB).take_off, Clock(6, 0, 40));
}

TEST(WorldSlotsTest, WithdrawnPadsSendCommitmentsBackToTheSearch) {
  Scenario scenario = Triangle();
  scenario.vertiports[0].pads = 2;
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);
  scene.Fly(kN2, kC);
  ASSERT_EQ(scene.aircraft(kN2).take_off, Clock(6, 0));

  Advisory advisory;
  advisory.id = AdvisoryId{1};
  advisory.kind = AdvisoryKind::kPadsClosed;
  advisory.vertiport = kA;
  advisory.count = 1;
  advisory.start = Clock(6, 0);
  advisory.end = Clock(7, 0);
  scene.At(Clock(6, 0), AdvisoryIssued{advisory});

  EXPECT_EQ(scene.aircraft(kN1).take_off, Clock(6, 0));
  EXPECT_EQ(scene.aircraft(kN2).take_off, Clock(6, 1));
}

}  // namespace
}  // namespace skein::sim
