#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server/grpc/grpc_status.h"
#include "server/grpc/ingest_stream.h"
#include "tests/server/grpc_harness.h"

namespace skein::server {
namespace {

using grpc::StatusCode;
using IngestCall = grpc::ClientReaderWriter<v1::IngestEventsRequest, v1::IngestEventsResponse>;

class IngestStreamTest : public GrpcTest {
 protected:
  IngestStreamTest() { MakeTriangle(); }

  // A message that moves the network to its own number of milliseconds.
  static v1::IngestEventsRequest Message(std::int64_t sequence) {
    v1::IngestEventsRequest request;
    v1::IngestItem* item = request.mutable_item();
    if (sequence == 1) item->set_network("networks/net");
    item->set_source("outside");
    item->set_source_sequence(sequence);
    item->mutable_event()->set_time_ms(sequence);
    item->mutable_event()->mutable_time_advanced();
    return request;
  }

  std::unique_ptr<IngestCall> Open(grpc::ClientContext* context) {
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return fleet_->IngestEvents(context);
  }
};

TEST_F(IngestStreamTest, AnswersInOrder) {
  constexpr std::int64_t kEvents = 1000;  // more than the window
  grpc::ClientContext context;
  const auto call = Open(&context);
  std::thread writer([&call] {
    for (std::int64_t k = 1; k <= kEvents; ++k) call->Write(Message(k));
    call->WritesDone();
  });

  v1::IngestEventsResponse response;
  std::int64_t last = 0;
  while (call->Read(&response)) EXPECT_EQ(response.result().last_source_sequence(), ++last);

  writer.join();
  EXPECT_EQ(last, kEvents);
  EXPECT_THAT(call->Finish(), IsOk());
  EXPECT_TRUE(metrics_.AwaitCalls("FleetService/IngestEvents", absl::StatusCode::kOk, 1));
}

TEST_F(IngestStreamTest, EndsWithTheFirstErrorAfterTheAnswersBeforeIt) {
  grpc::ClientContext context;
  const auto call = Open(&context);
  call->Write(Message(1));
  call->Write(Message(2));
  call->Write(Message(5));
  call->Write(Message(6));

  v1::IngestEventsResponse response;
  int answers = 0;
  while (call->Read(&response)) ++answers;

  EXPECT_EQ(answers, 2);
  const grpc::Status status = call->Finish();
  EXPECT_THAT(status, FailsWith(StatusCode::FAILED_PRECONDITION));
  EXPECT_THAT(status, SaysThat("item.sourceSequence = 5, want 3"));
  EXPECT_EQ(ReasonOfDetails(status.error_details()), "SOURCE_SEQUENCE_GAP");
}

TEST_F(IngestStreamTest, KeepsToOneNetwork) {
  grpc::ClientContext context;
  const auto call = Open(&context);
  call->Write(Message(1));
  v1::IngestEventsRequest other = Message(2);
  other.mutable_item()->set_network("networks/other");
  call->Write(other);

  v1::IngestEventsResponse response;
  while (call->Read(&response)) {
  }

  const grpc::Status status = call->Finish();
  EXPECT_THAT(status, FailsWith(StatusCode::INVALID_ARGUMENT));
  EXPECT_THAT(status, SaysThat("item.network"));
}

TEST_F(IngestStreamTest, EndsWhenTheCallerHasSentNothing) {
  grpc::ClientContext context;
  const auto call = Open(&context);
  call->WritesDone();

  EXPECT_THAT(call->Finish(), IsOk());
}

TEST_F(IngestStreamTest, SurvivesCallersThatGoAway) {
  constexpr int kCallers = 30;
  store_->Stall(true);
  for (int k = 0; k < kCallers; ++k) {
    grpc::ClientContext context;
    const auto call = Open(&context);
    call->Write(Message(1));
    call->Write(Message(2));
    context.TryCancel();
    EXPECT_THAT(call->Finish(), FailsWith(StatusCode::CANCELLED));
  }
  store_->Stall(false);

  // A call that is cancelled at once may never reach the server, so none is counted on.
  EXPECT_EQ(Digest().size(), 16U);
}

// Nobody reads the answers, so reading must stop at the window, and start again.
TEST_F(IngestStreamTest, StopsReadingWhileAnswersWait) {
  constexpr std::int64_t kEvents = 3 * static_cast<std::int64_t>(IngestStream::kWindow);
  store_->Stall(true);
  grpc::ClientContext context;
  const auto call = Open(&context);
  for (std::int64_t k = 1; k <= kEvents; ++k) ASSERT_TRUE(call->Write(Message(k)));
  call->WritesDone();
  store_->Stall(false);

  v1::IngestEventsResponse response;
  std::int64_t last = 0;
  while (call->Read(&response)) last = response.result().last_source_sequence();

  EXPECT_THAT(call->Finish(), IsOk());
  EXPECT_EQ(last, kEvents);
}

TEST_F(IngestStreamTest, EndsWhenTheServerStopsServing) {
  grpc::ClientContext context;
  const auto call = Open(&context);
  call->Write(Message(1));
  v1::IngestEventsResponse response;
  ASSERT_TRUE(call->Read(&response));

  server_->StopServing();

  EXPECT_FALSE(call->Read(&response));
  const grpc::Status status = call->Finish();
  EXPECT_THAT(status, FailsWith(StatusCode::UNAVAILABLE));
  EXPECT_EQ(ReasonOfDetails(status.error_details()), "DRAINING");
}

TEST_F(IngestStreamTest, IsRefusedWhenThereAreTooMany) {
  Stop();
  rpc_parts_.max_ingest_streams = 1;
  Start();
  grpc::ClientContext context;
  const auto call = Open(&context);
  call->Write(Message(1));
  v1::IngestEventsResponse response;
  ASSERT_TRUE(call->Read(&response));

  grpc::ClientContext second_context;
  const auto second = Open(&second_context);

  EXPECT_THAT(second->Finish(), FailsWith(StatusCode::RESOURCE_EXHAUSTED));
  call->WritesDone();
  EXPECT_THAT(call->Finish(), IsOk());
}

class WatchStreamTest : public GrpcTest {
 protected:
  WatchStreamTest() { MakeTriangle(); }

  void Advance(std::int64_t time_ms) {
    v1::IngestEventRequest request = Event(time_ms);
    request.mutable_item()->mutable_event()->mutable_time_advanced();
    MustIngest(request);
  }
  static v1::WatchFleetRequest Request() {
    v1::WatchFleetRequest request;
    request.set_network("networks/net");
    request.set_effects(true);
    return request;
  }
};

TEST_F(WatchStreamTest, BeginsWithASnapshotThenTellsEffects) {
  grpc::ClientContext context;
  const auto call = fleet_->WatchFleet(&context, Request());
  v1::WatchFleetResponse response;
  ASSERT_TRUE(call->Read(&response));
  EXPECT_TRUE(response.has_fleet());

  Advance(kOpen);

  ASSERT_TRUE(call->Read(&response));
  EXPECT_TRUE(response.has_effect());
  context.TryCancel();
  while (call->Read(&response)) {
  }
  EXPECT_THAT(call->Finish(), FailsWith(StatusCode::CANCELLED));
  EXPECT_TRUE(metrics_.AwaitCalls("FleetService/WatchFleet", absl::StatusCode::kCancelled, 1));
}

TEST_F(WatchStreamTest, EndsAtOnceForAnUnknownNetwork) {
  grpc::ClientContext context;
  v1::WatchFleetRequest request = Request();
  request.set_network("networks/nowhere");
  const auto call = fleet_->WatchFleet(&context, request);

  EXPECT_THAT(call->Finish(), FailsWith(StatusCode::NOT_FOUND));
}

TEST_F(WatchStreamTest, SurvivesWatchersThatGoAway) {
  for (int k = 0; k < 50; ++k) {
    grpc::ClientContext context;
    const auto call = fleet_->WatchFleet(&context, Request());
    v1::WatchFleetResponse response;
    if (k % 2 == 0) call->Read(&response);
    context.TryCancel();
    call->Finish().error_code();
    Advance(k + 1);
  }

  EXPECT_EQ(Digest().size(), 16U);
}

TEST_F(WatchStreamTest, FollowsATripToItsEnd) {
  Advance(kOpen);
  v1::SubmitTripRequest submit;
  submit.set_network("networks/net");
  submit.set_request_id("trip-1");
  submit.set_origin("A");
  submit.set_destination("B");
  submit.set_passengers(1);
  v1::SubmitTripResponse submitted;
  ASSERT_THAT(CallMethod(*fleet_, &v1::FleetService::Stub::SubmitTrip, submit, &submitted), IsOk());
  v1::WatchTripRequest watch;
  watch.set_network("networks/net");
  watch.set_trip(submitted.trip().id());
  grpc::ClientContext context;
  const auto call = fleet_->WatchTrip(&context, watch);
  v1::WatchTripResponse response;
  ASSERT_TRUE(call->Read(&response));
  v1::CancelTripRequest cancel;
  cancel.set_network("networks/net");
  cancel.set_request_id("cancel-1");
  cancel.set_trip(submitted.trip().id());
  v1::CancelTripResponse cancelled;

  ASSERT_THAT(CallMethod(*fleet_, &v1::FleetService::Stub::CancelTrip, cancel, &cancelled), IsOk());

  ASSERT_TRUE(call->Read(&response));
  EXPECT_FALSE(call->Read(&response));
  EXPECT_THAT(call->Finish(), IsOk());
}

TEST_F(WatchStreamTest, EndsWhenTheServerDrains) {
  grpc::ClientContext context;
  const auto call = fleet_->WatchFleet(&context, Request());
  v1::WatchFleetResponse response;
  ASSERT_TRUE(call->Read(&response));

  controller_->Drain();

  while (call->Read(&response)) {
  }
  EXPECT_THAT(call->Finish(), FailsWith(StatusCode::UNAVAILABLE));
}

}  // namespace
}  // namespace skein::server
