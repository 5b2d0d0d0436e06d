#include "sim/guard.h"

#include "gtest/gtest.h"

#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

TEST(GuardTest, G1CountsAircraftOnTheGroundAndInbound) {
  Scenario scenario = Triangle();
  scenario.vertiports[1].stands = 2;  // N3 stands there
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  EXPECT_TRUE(scene.Fly(kN1, kB).accepted());

  EXPECT_EQ(scene.Fly(kN2, kB).refusal, Refusal::kNoStand);
}

TEST(GuardTest, G1KeepsContingencyStandsFree) {
  Scenario scenario = Triangle();
  scenario.vertiports[1].contingency_stands = 2;
  Scene scene(scenario);
  scene.To(Clock(6, 0));

  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kNoStand);
}

TEST(GuardTest, G1FreesAStandOnlyWhenItsAircraftHasTakenOff) {
  Scenario scenario = Triangle();
  scenario.vertiports[1].stands = 1;
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  scene.Fly(kN3, kC);
  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kNoStand);

  scene.At(Clock(6, 0), TookOff{kN3});

  EXPECT_TRUE(scene.Fly(kN1, kB).accepted());
}

TEST(GuardTest, G2AllowsOneCommitmentPerAircraft) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  EXPECT_EQ(scene.Fly(kN1, kC).refusal, Refusal::kCommitted);
  EXPECT_EQ(scene.Hold(kN1).refusal, Refusal::kCommitted);
  scene.At(Clock(6, 0), TookOff{kN1});
  EXPECT_EQ(scene.Fly(kN1, kC).refusal, Refusal::kCommitted);
}

// Lands on B with `wh` − 20 kWh.
Refusal FlyToBWith(Scenario scenario, std::int64_t wh) {
  Scene scene(std::move(scenario));
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), AircraftReported{kN1, wh});
  return scene.Fly(kN1, kB).refusal;
}

TEST(GuardTest, G3KeepsTheReserve) {
  Scenario scenario = Triangle();
  scenario.energy.alternate_required = false;

  EXPECT_EQ(FlyToBWith(scenario, 29'999), Refusal::kReserve);
  EXPECT_EQ(FlyToBWith(scenario, 30'000), Refusal::kNone);
}

TEST(GuardTest, G3KeepsTheNearestAlternateInReach) {
  // 20 to B, 20 on to A, 10 of reserve there; with a hold of 10 minutes at 36 kW 6 kWh more.
  Scenario scenario = Triangle();
  EXPECT_EQ(FlyToBWith(scenario, 49'999), Refusal::kAlternate);
  EXPECT_EQ(FlyToBWith(scenario, 50'000), Refusal::kNone);

  scenario.energy.alternate_hold = 10 * kMinute;
  EXPECT_EQ(FlyToBWith(scenario, 55'999), Refusal::kAlternate);
  EXPECT_EQ(FlyToBWith(scenario, 56'000), Refusal::kNone);
}

TEST(GuardTest, G3CountsOnlyOpenAlternates) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), AircraftReported{kN3, 60'000});
  scene.Close(Clock(6, 0), kB, Clock(6, 5), Clock(8, 0));

  // B to C: 30, on to A: 25 (B, 30, is closed anyway), 10 of reserve.
  EXPECT_EQ(scene.Fly(kN3, kC).refusal, Refusal::kAlternate);
  scene.At(Clock(6, 0), AircraftReported{kN3, 75'000});
  // The vertistop's rule: from C a charger must be in reach, with an alternate there: 30 to C, 25
  // to A, and from A the nearest open alternate is C: 25 + 10.
  EXPECT_EQ(scene.Fly(kN3, kC).refusal, Refusal::kNoChargerInReach);
  scene.At(Clock(6, 0), AircraftReported{kN3, 90'000});
  EXPECT_TRUE(scene.Fly(kN3, kC).accepted());
}

TEST(GuardTest, AMeasuredChargeBelowG3CancelsWithTheChargeNeeded) {
  // To B: 20, and 30 for the alternate. To C, a vertistop: 25, on to A: 25, 30 for its alternate.
  for (const auto& [to, needed] : {std::pair{kB, 50'000}, std::pair{kC, 80'000}}) {
    Scene scene;
    scene.To(Clock(6, 0));
    ASSERT_TRUE(scene.Fly(kN1, to).accepted());

    scene.At(Clock(6, 0), AircraftReported{kN1, needed});
    EXPECT_TRUE(scene.Seen<FlightCancelled>().empty());
    scene.At(Clock(6, 0), AircraftReported{kN1, needed - 1'001});

    ASSERT_EQ(scene.Seen<FlightCancelled>().size(), 1U);
    EXPECT_EQ(scene.Seen<FlightCancelled>()[0].reason, CancelReason::kLowCharge);
    ASSERT_EQ(scene.Seen<Excursion>().size(), 1U);
    EXPECT_EQ(scene.Seen<Excursion>()[0].actual, needed - 1'001);
    EXPECT_EQ(scene.Seen<Excursion>()[0].limit, needed);
  }
}

TEST(GuardTest, G4RefusesWhatMeetsAClosure) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Close(Clock(6, 0), kB, Clock(6, 8), Clock(6, 30));  // the landing is [06:07:40, 06:08:40)
  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kClosed);

  EXPECT_TRUE(scene.Fly(kN1, kC).accepted());
}

TEST(GuardTest, G4LetsThroughWhatIsOverBeforeTheClosure) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Close(Clock(6, 0), kB, Clock(6, 8, 40), Clock(6, 30));

  EXPECT_TRUE(scene.Fly(kN1, kB).accepted());
}

TEST(GuardTest, G4ClosesACorridorOneWayOrBoth) {
  Advisory advisory;
  advisory.id = AdvisoryId{1};
  advisory.kind = AdvisoryKind::kCorridorClosed;
  advisory.vertiport = kB;
  advisory.corridor_end = kA;
  advisory.start = Clock(6, 0);
  advisory.end = Clock(7, 0);
  for (const bool both : {false, true}) {
    Scene scene;
    scene.To(Clock(6, 0));
    advisory.both_directions = both;
    scene.At(Clock(6, 0), AdvisoryIssued{advisory});
    EXPECT_EQ(scene.Fly(kN3, kA).refusal, Refusal::kClosed);
    EXPECT_EQ(scene.Fly(kN1, kB).refusal, both ? Refusal::kClosed : Refusal::kNone);
  }
}

TEST(GuardTest, G4CancelsCommitmentsThatANewClosureMeets) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kB);

  scene.Close(Clock(6, 0), kB, Clock(6, 8), Clock(6, 30));

  EXPECT_EQ(scene.Seen<FlightCancelled>().at(0).reason, CancelReason::kClosed);
  EXPECT_EQ(scene.world.today().closures_met, 1);
}

TEST(GuardTest, G4KnowsOnlyCorridorsThatExist) {
  Scenario scenario = Triangle();
  scenario.corridors.erase(scenario.corridors.begin());  // A to B
  scenario.demand.requests_per_hour[2] = scenario.demand.requests_per_hour[3] = 0;
  Scene scene(scenario);
  scene.To(Clock(6, 0));

  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kNoCorridor);
  EXPECT_EQ(scene.Fly(kN1, kA).refusal, Refusal::kNoCorridor);
  EXPECT_EQ(scene.Fly(kN1, VertiportId{7}).refusal, Refusal::kNoCorridor);
  EXPECT_EQ(scene.Fly(kN1, VertiportId{}).refusal, Refusal::kNoCorridor);
}

TEST(GuardTest, G6WantsAnAircraftTurnedAroundAndInService) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), AircraftGrounded{kN2});
  EXPECT_EQ(scene.Fly(kN2, kB).refusal, Refusal::kOutOfService);
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 0), TookOff{kN1});
  scene.At(Clock(6, 8, 40), Landed{kN1, kB, {}});

  EXPECT_EQ(scene.Fly(kN1, kA).refusal, Refusal::kTurnaround);
}

TEST(GuardTest, G7RefusesNamedPartiesThatCannotBoard) {
  Scene scene;
  const TripId three = scene.Request(Clock(6, 0), kA, kB, 3);
  const TripId two = scene.Request(Clock(6, 0), kA, kB, 2);
  const TripId other = scene.Request(Clock(6, 0), kA, kC, 1);

  EXPECT_EQ(scene.Fly(kN1, kB, {three, two}).refusal, Refusal::kSeats);
  EXPECT_EQ(scene.Fly(kN1, kB, {other}).refusal, Refusal::kNotBoardable);
  EXPECT_EQ(scene.Fly(kN1, kB, {two, two}).refusal, Refusal::kNotBoardable);
  EXPECT_EQ(scene.Fly(kN1, kB, {TripId{99}}).refusal, Refusal::kNotBoardable);
  EXPECT_EQ(scene.Fly(kN1, kB, {TripId{}}).refusal, Refusal::kNotBoardable);
  EXPECT_EQ(scene.Fly(kN1, kB, {two}).passengers, 2);
  EXPECT_EQ(scene.Fly(kN2, kB, {two}).refusal, Refusal::kNotBoardable);
}

TEST(GuardTest, G8WantsFreshTelemetryForFlightsButNotForHolds) {
  Scenario scenario = Triangle();
  scenario.operations.telemetry_max_age = 5 * kMinute;
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kStaleTelemetry);
  EXPECT_TRUE(scene.Hold(kN2).accepted());

  scene.At(Clock(6, 0), AircraftReported{kN1, 100'000});
  scene.To(Clock(6, 5));

  EXPECT_TRUE(scene.Fly(kN1, kB).accepted());
}

TEST(GuardTest, G9CommitsNothingOutsideOpeningHours) {
  Scene scene;
  scene.To(Clock(5, 59));
  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kClosingTime);
  scene.To(Clock(8, 0));
  EXPECT_EQ(scene.Fly(kN1, kB).refusal, Refusal::kClosingTime);
  EXPECT_EQ(scene.Hold(kN1).refusal, Refusal::kClosingTime);
}

TEST(GuardTest, G9PlansNoTakeOffAfterClosing) {
  Scene scene;
  scene.To(Clock(7, 59, 30));
  EXPECT_TRUE(scene.Fly(kN1, kB).accepted());

  EXPECT_EQ(scene.Fly(kN2, kC).refusal, Refusal::kClosingTime);  // the pad is free at 08:00:30
}

TEST(GuardTest, ARefusalChangesNothingButItsCount) {
  Scene scene;
  scene.To(Clock(5, 59));
  const std::uint64_t digest = scene.world.Digest();

  scene.Fly(kN1, kB);

  EXPECT_EQ(scene.world.Digest(), digest);
  EXPECT_EQ(scene.world.today().refusals, 1);
}

}  // namespace
}  // namespace skein::sim
