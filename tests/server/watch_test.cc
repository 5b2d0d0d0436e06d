// Streams: the first picture, what changes, slow readers.

#include <string>
#include <vector>

#include "server/controller.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

class WatchTest : public ControllerTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Create("a").ok());
    ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  }

  std::shared_ptr<FleetWatch> WatchFleet(bool effects, std::int64_t interval_ms = 0) {
    v1::WatchFleetRequest request;
    request.set_network("networks/a");
    request.set_effects(effects);
    request.set_snapshot_interval_ms(interval_ms);
    auto watch = controller().MakeFleetWatch(nullptr);
    controller().WatchFleet(request, watch);
    return watch;
  }
  std::shared_ptr<TripWatch> WatchTrip(std::int64_t trip) {
    v1::WatchTripRequest request;
    request.set_network("networks/a");
    request.set_trip(trip);
    auto watch = controller().MakeTripWatch(nullptr);
    controller().WatchTrip(request, watch);
    return watch;
  }
  // A read is answered after everything before it was published.
  void Settle() { ASSERT_TRUE(Get("a").ok()); }

  template <class Watch>
  auto TakeAll(Watch& watch) {
    Settle();
    std::vector<typename decltype(watch->Take())::value_type> messages;
    while (auto message = watch->Take()) messages.push_back(*message);
    return messages;
  }
};

TEST_F(WatchTest, ShowsTheFleetThenWhatItDoes) {
  const auto watch = WatchFleet(true);
  const auto first = TakeAll(watch);
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());
  const auto second = TakeAll(watch);

  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].fleet().aircraft_size(), 3);
  EXPECT_EQ(first[0].fleet().journal_sequence(), 1);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_TRUE(second[0].effect().effect().has_aircraft_holds());
  EXPECT_EQ(second[0].missed_effects(), 0);
}

TEST_F(WatchTest, ShowsTheFleetAgainAfterTheInterval) {
  const auto watch = WatchFleet(false, 1000);
  ASSERT_EQ(TakeAll(watch).size(), 1U);
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());
  EXPECT_TRUE(TakeAll(watch).empty());

  clock_.Advance(1000);
  const auto later = TakeAll(watch);

  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].fleet().journal_sequence(), 2);
  clock_.Advance(1000);
  EXPECT_TRUE(TakeAll(watch).empty());  // nothing has changed
}

TEST_F(WatchTest, GivesASlowReaderASnapshotInsteadOfWhatItMissed) {
  options_.watch_queue_length = 2;
  Restart();
  const auto watch = WatchFleet(true);
  for (const char* const name : {"N1", "N2", "N3"}) ASSERT_TRUE(Decide("a", name, name).ok());
  Settle();  // the snapshot is asked for after the queue overflowed
  const auto messages = TakeAll(watch);

  // Three effects: each was missed, or comes after the snapshot that stands for those missed.
  ASSERT_FALSE(messages.empty());
  EXPECT_TRUE(messages.front().has_fleet());
  EXPECT_GE(messages.front().missed_effects(), 2);
  EXPECT_GE(messages.front().fleet().journal_sequence(), 3);
}

TEST_F(WatchTest, ShowsNothingThatIsNotDurable) {
  const auto watch = WatchFleet(true);
  ASSERT_EQ(TakeAll(watch).size(), 1U);
  store_.FailCommits(1, storage::FaultyStore::Fault::kNotWritten);
  ASSERT_FALSE(Decide("a", "N1", "d-1").ok());

  const auto after = TakeAll(watch);  // rebuilt: everybody gets a picture

  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].fleet().journal_sequence(), 1);
}

TEST_F(WatchTest, FollowsATripToItsEnd) {
  ASSERT_TRUE(Ask(controller(), &Controller::SubmitTrip, Trip("a", "t-1")).ok());
  const auto watch = WatchTrip(1);
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());
  v1::CancelTripRequest cancel;
  cancel.set_network("networks/a");
  cancel.set_request_id("c-1");
  cancel.set_trip(1);
  ASSERT_TRUE(Ask(controller(), &Controller::CancelTrip, cancel).ok());

  const auto messages = TakeAll(watch);

  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].trip().state(), v1::TRIP_STATE_WAITING);
  EXPECT_EQ(messages[1].trip().state(), v1::TRIP_STATE_ASSIGNED);
  EXPECT_EQ(messages[1].trip().aircraft(), "N1");
  EXPECT_EQ(messages[2].trip().state(), v1::TRIP_STATE_CANCELLED);
  EXPECT_EQ(watch->closed(), absl::OkStatus());
}

TEST_F(WatchTest, ClosesStreamsOfUnknownThings) {
  const auto trip = WatchTrip(77);
  Settle();
  auto fleet = controller().MakeFleetWatch(nullptr);
  v1::WatchFleetRequest request;
  request.set_network("networks/none");
  controller().WatchFleet(request, fleet);
  auto hasty = WatchFleet(false, 1);

  EXPECT_THAT(trip->closed().value(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(fleet->closed().value(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(hasty->closed().value(), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST_F(WatchTest, BoundsTheNumberOfStreams) {
  options_.max_watchers = 1;
  Restart();
  auto first = WatchFleet(false);
  const auto second = WatchFleet(false);
  Settle();

  EXPECT_FALSE(first->closed().has_value());
  EXPECT_THAT(second->closed().value(), HasCode(absl::StatusCode::kResourceExhausted));
  first->Cancel();
  first.reset();
  second->Cancel();
  EXPECT_FALSE(WatchFleet(false)->closed().has_value());
}

TEST_F(WatchTest, EndsStreamsWhenItDrains) {
  const auto fleet = WatchFleet(true);
  ASSERT_TRUE(Ask(controller(), &Controller::SubmitTrip, Trip("a", "t-1")).ok());
  const auto trip = WatchTrip(1);

  controller().Drain();
  while (fleet->Take().has_value()) continue;
  while (trip->Take().has_value()) continue;

  EXPECT_THAT(fleet->closed().value(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(trip->closed().value(), HasCode(absl::StatusCode::kUnavailable));
}

TEST(WatchQueueTest, TellsTheReaderAndStopsWhenItHasGone) {
  int told = 0;
  WatchQueue<int> queue(2, [&told] { ++told; });

  EXPECT_TRUE(queue.Push(1));
  EXPECT_TRUE(queue.Push(2));
  EXPECT_FALSE(queue.Push(3));
  EXPECT_EQ(told, 2);
  queue.Close(absl::OkStatus());
  EXPECT_EQ(told, 3);
  EXPECT_EQ(queue.closed(), std::nullopt);
  EXPECT_EQ(queue.Take(), 1);
  EXPECT_EQ(queue.Take(), 2);
  EXPECT_EQ(queue.closed(), absl::OkStatus());
  queue.Cancel();
  EXPECT_TRUE(queue.Push(4));
  EXPECT_EQ(queue.Take(), std::nullopt);
  EXPECT_EQ(told, 3);
}

}  // namespace
}  // namespace skein::server
