#include "gtest/gtest.h"

#include "tests/sim/small_scenario.h"

namespace skein::sim {
namespace {

TEST(WorldTripsTest, BoardsInOrderAndSkipsPartiesThatDoNotFit) {
  Scene scene;
  const TripId three = scene.Request(Clock(6, 0), kA, kB, 3);
  const TripId two = scene.Request(Clock(6, 1), kA, kB, 2);
  const TripId one = scene.Request(Clock(6, 2), kA, kB, 1);

  EXPECT_EQ(scene.Fly(kN1, kB).passengers, 4);

  EXPECT_EQ(scene.trip(three).status, TripStatus::kBoarded);
  EXPECT_EQ(scene.trip(two).status, TripStatus::kWaiting);
  EXPECT_EQ(scene.trip(one).status, TripStatus::kBoarded);
}

TEST(WorldTripsTest, BoardsNobodyBeforeTheEarliestDeparture) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), TripRequested{{}, kA, kB, 1, Clock(6, 1), Clock(6, 30), {}});

  EXPECT_EQ(scene.Fly(kN1, kB).passengers, 0);
}

TEST(WorldTripsTest, TakesAlongAPartyWhoseTimeComesBeforeThePlannedTakeOff) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.Fly(kN1, kC);
  scene.At(Clock(6, 0), TripRequested{{}, kA, kB, 1, Clock(6, 1), Clock(6, 30), {}});

  EXPECT_EQ(scene.Fly(kN2, kB).passengers, 1);  // its pad is free at 06:01
}

TEST(WorldTripsTest, ExpiresAfterTheLatestDeparture) {
  Scene scene;
  const TripId trip = scene.Request(Clock(6, 0), kA, kB, 2);

  scene.To(Clock(6, 40));
  EXPECT_EQ(scene.trip(trip).status, TripStatus::kWaiting);
  scene.To(Clock(6, 40) + SimDuration{1});

  EXPECT_EQ(scene.trip(trip).status, TripStatus::kExpired);
  EXPECT_EQ(scene.world.today().passengers_lost, 2);
}

TEST(WorldTripsTest, ABoardedPartyDoesNotExpireButIsLostIfItsFlightIsCancelledTooLate) {
  Scene scene;
  scene.To(Clock(6, 0));
  scene.At(Clock(6, 0), TripRequested{{}, kA, kB, 2, Clock(6, 0), Clock(6, 1), {}});
  const TripId trip{1};
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 0), TakeOffDelayed{kN1, 10 * kMinute});

  scene.To(Clock(6, 5));
  EXPECT_EQ(scene.trip(trip).status, TripStatus::kBoarded);
  scene.At(Clock(6, 5), CommitmentCancelled{kN1});

  EXPECT_EQ(scene.trip(trip).status, TripStatus::kExpired);
}

TEST(WorldTripsTest, ACancelledFlightGivesItsPartiesBackTheirPlaces) {
  Scene scene;
  const TripId first = scene.Request(Clock(6, 0), kA, kB, 2);
  scene.Fly(kN1, kB);
  const TripId second = scene.Request(Clock(6, 0), kA, kB, 1);

  scene.At(Clock(6, 0), CommitmentCancelled{kN1});

  EXPECT_EQ(scene.world.state().waiting[1], (std::vector<TripId>{first, second}));  // pair A, B
  EXPECT_EQ(scene.world.today().cancellations, 1);
}

TEST(WorldTripsTest, ACancelledPartyLeavesItsSeats) {
  Scene scene;
  const TripId trip = scene.Request(Clock(6, 0), kA, kB, 2);
  scene.Fly(kN1, kB);

  scene.At(Clock(6, 0), TripCancelled{trip});

  EXPECT_EQ(scene.aircraft(kN1).passengers, 0);
  EXPECT_EQ(scene.aircraft(kN1).fare_cents, 0);
  EXPECT_EQ(scene.trip(trip).status, TripStatus::kCancelled);
}

TEST(WorldTripsTest, BooksTheFareAtTakeOff) {
  Scene scene;  // batteries of N1 and N2 are full; N3 has cost 10 $ at 00:42
  scene.Request(Clock(6, 0), kA, kB, 2);
  scene.Fly(kN1, kB);
  EXPECT_EQ(scene.world.profit_cents(), -1000);

  scene.At(Clock(6, 0), TookOff{kN1});

  // 5 $ + 1 $ × 20 km ÷ 1.609344 km = 17.43 $ each.
  EXPECT_EQ(scene.world.profit_cents(), -1000 + 2 * 1743);
}

TEST(WorldTripsTest, TheWaitRunsFromTheEarliestDepartureToTheTakeOff) {
  Scene scene;
  scene.Request(Clock(6, 0), kA, kB, 2);
  scene.To(Clock(6, 10));
  scene.Fly(kN1, kB);
  scene.At(Clock(6, 10), TookOff{kN1});
  scene.At(Clock(6, 18, 40), Landed{kN1, kB, {}});

  EXPECT_EQ(scene.world.today().wait_ms_sum, 2 * 600'000);
  EXPECT_EQ(scene.world.today().passengers_served, 2);
}

TEST(WorldTripsTest, WakesAHoldingAircraftAtMostOnceAMinute) {
  Scenario scenario = Triangle();
  scenario.operations.wake_on_change = true;
  Scene scene(scenario);
  scene.To(Clock(6, 0));
  scene.Hold(kN1);
  scene.Request(Clock(6, 1), kA, kB, 1);
  EXPECT_TRUE(scene.aircraft(kN1).open);
  scene.Hold(kN1);

  scene.Request(Clock(6, 1, 59), kA, kB, 1);
  EXPECT_FALSE(scene.aircraft(kN1).open);
  scene.Request(Clock(6, 2), kA, kB, 1);
  EXPECT_TRUE(scene.aircraft(kN1).open);
}

}  // namespace
}  // namespace skein::sim
