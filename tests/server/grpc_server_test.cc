#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "server/base/reason.h"
#include "server/grpc/grpc_status.h"
#include "server/grpc/listener_watchdog.h"
#include "sim/domain/mutex.h"
#include "tests/server/grpc_harness.h"

namespace skein::server {
namespace {

using grpc::StatusCode;

TEST(GrpcStatusTest, CarriesTheReason) {
  const grpc::Status status =
      ToGrpcStatus(WithReason(absl::FailedPreconditionError("no"), kNoDecisionPoint));

  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "no");
  EXPECT_EQ(ReasonOfDetails(status.error_details()), "NO_DECISION_POINT");
}

TEST(GrpcStatusTest, HasNoDetailsWithoutAReason) {
  const grpc::Status status = ToGrpcStatus(absl::NotFoundError("no"));

  EXPECT_EQ(status.error_details(), "");
  EXPECT_EQ(ReasonOfDetails(status.error_details()), std::nullopt);
  EXPECT_EQ(ReasonOfDetails("\xFF\xFF"), std::nullopt);
}

TEST(GrpcStatusTest, ShortensMessagesBetweenCharacters) {
  std::string message;
  for (int k = 0; k < 1000; ++k) message += "\xC3\xA9";  // é

  const std::string shortened = ToGrpcStatus(absl::UnknownError(message)).error_message();

  EXPECT_LE(shortened.size(), kMaxErrorMessageBytes);
  EXPECT_EQ(shortened.find('.') % 2, 1U);  // after whole characters and a space
}

TEST(ParseHostPortTest, TakesHostsAndPorts) {
  const auto v4 = ParseHostPort("listen", "127.0.0.1:0");
  const auto v6 = ParseHostPort("listen", "[::1]:65535");

  ASSERT_TRUE(v4.ok() && v6.ok());
  EXPECT_EQ(v4->host, "127.0.0.1");
  EXPECT_EQ(v4->port, 0);
  EXPECT_EQ(v6->host, "[::1]");
  EXPECT_EQ(v6->port, 65535);
}

TEST(ParseHostPortTest, RefusesAnythingElse) {
  for (const char* const address :
       {"", "host", "host:", ":1", "host:65536", "host:-1", "host:1x", "host:100000000000"}) {
    const absl::Status status = ParseHostPort("listen", address).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << address;
    EXPECT_EQ(status.message().substr(0, 6), "listen") << address;
  }
}

class ServerRunnerTest : public GrpcTest {};

TEST_F(ServerRunnerTest, SaysThatItServes) {
  EXPECT_TRUE(CheckHealth(server_->address(), std::chrono::seconds(5)).ok());
}

TEST_F(ServerRunnerTest, SaysThatItStops) {
  server_->StopServing();

  EXPECT_EQ(CheckHealth(server_->address(), std::chrono::seconds(5)).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(ServerRunnerTest, RefusesAPortThatIsInUse) {
  ServerOptions options;
  options.listen = server_->address();

  const auto second = ServerRunner::Start(options, rpc_parts_);

  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable) << second.status();
  EXPECT_NE(second.status().message().find(options.listen), std::string::npos);
}

TEST_F(ServerRunnerTest, RefusesOptionsOutOfRange) {
  ServerOptions options;
  options.max_message_bytes = 1;

  const auto second = ServerRunner::Start(options, rpc_parts_);

  EXPECT_EQ(second.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(second.status().message(), "maxMessageBytes = 1, want [1024, 67108864]");
}

TEST_F(ServerRunnerTest, RefusesNewWorkWhileDraining) {
  MakeTriangle();
  server_->StopServing();
  controller_->Drain();
  v1::GetFleetRequest request;
  request.set_network("networks/net");
  v1::GetFleetResponse response;

  const grpc::Status status =
      CallMethod(*fleet_, &v1::FleetService::Stub::GetFleet, request, &response);

  EXPECT_THAT(status, FailsWith(StatusCode::UNAVAILABLE));
  EXPECT_EQ(ReasonOfDetails(status.error_details()), "DRAINING");
}

TEST_F(ServerRunnerTest, RemembersWhatItAcknowledged) {
  MakeTriangle();
  v1::IngestEventRequest advance = Event(kOpen);
  advance.mutable_item()->mutable_event()->mutable_time_advanced();
  MustIngest(advance);
  const std::string digest = Digest();

  Stop();
  Start();

  EXPECT_EQ(Digest(), digest);
}

TEST_F(ServerRunnerTest, ShutsDownInTimeWithCallsInFlight) {
  MakeTriangle();
  store_->Stall(true);
  std::vector<std::thread> callers;
  for (int k = 0; k < 4; ++k) {
    callers.emplace_back([this, k] {
      v1::GroundAircraftRequest request;
      request.set_network("networks/net");
      request.set_request_id("ground-" + std::to_string(k));
      request.set_aircraft("N1");
      v1::GroundAircraftResponse response;
      CallMethod(*fleet_, &v1::FleetService::Stub::GroundAircraft, request, &response);
    });
  }
  std::thread release([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    store_->Stall(false);
  });

  server_->Shutdown(std::chrono::milliseconds(10));

  for (std::thread& caller : callers) caller.join();
  release.join();
}

TEST_F(ServerRunnerTest, AnswersLateCallersOnce) {
  MakeTriangle();
  store_->Stall(true);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  v1::GroundAircraftRequest request;
  request.set_network("networks/net");
  request.set_request_id("ground-1");
  request.set_aircraft("N1");
  v1::GroundAircraftResponse response;

  EXPECT_THAT(fleet_->GroundAircraft(&context, request, &response),
              FailsWith(StatusCode::DEADLINE_EXCEEDED));

  store_->Stall(false);
  EXPECT_THAT(CallMethod(*fleet_, &v1::FleetService::Stub::GroundAircraft, request, &response),
              IsOk());
}

TEST_F(ServerRunnerTest, CountsCallsByMethodAndCode) {
  v1::GetFleetRequest request;
  request.set_network("networks/nowhere");
  v1::GetFleetResponse response;
  CallMethod(*fleet_, &v1::FleetService::Stub::GetFleet, request, &response);

  EXPECT_EQ(metrics_.calls("FleetService/GetFleet", absl::StatusCode::kNotFound), 1);
}

TEST(ListenerWatchdogTest, NoticesThatNobodyListens) {
  Mutex mutex;
  bool dead = false;
  ListenerWatchdog watchdog({.target = "127.0.0.1:1",
                             .period = std::chrono::milliseconds(10),
                             .timeout = std::chrono::milliseconds(50)},
                            [&](const absl::Status&) {
                              MutexLock lock(&mutex);
                              dead = true;
                            });

  MutexLock lock(&mutex);
  EXPECT_TRUE(mutex.AwaitFor(std::chrono::seconds(20), [&] { return dead; }));
}

// What happens outside is never refused for being bad news: it is counted as an excursion.
class ExcursionTest : public GrpcTest {
 protected:
  // N1 has taken off from A to B; returns its planned landing.
  std::int64_t FlyToB() {
    MakeTriangle();
    v1::IngestEventRequest advance = Event(kOpen);
    advance.mutable_item()->mutable_event()->mutable_time_advanced();
    MustIngest(advance);
    Decide("N1", true);
    Decide("N2", false);
    Decide("N3", false);
    v1::IngestEventRequest took_off = Event(take_off_);
    took_off.mutable_item()->mutable_event()->mutable_took_off()->set_aircraft("N1");
    MustIngest(took_off);
    return landing_;
  }

  void Decide(const std::string& aircraft, bool fly) {
    v1::OverrideDecisionRequest request;
    request.set_network("networks/net");
    request.set_request_id("choice-" + aircraft);
    request.mutable_decision()->set_aircraft(aircraft);
    if (fly)
      request.mutable_decision()->mutable_fly()->set_destination("B");
    else
      request.mutable_decision()->mutable_hold();
    v1::OverrideDecisionResponse response;
    ASSERT_THAT(
        CallMethod(*dispatch_, &v1::DispatchService::Stub::OverrideDecision, request, &response),
        IsOk());
    ASSERT_TRUE(response.decision().verdict().accepted()) << response.ShortDebugString();
    if (!fly) return;
    take_off_ = response.decision().verdict().take_off_ms();
    landing_ = response.decision().verdict().landing_ms();
  }

  void Land(const std::string& vertiport, std::int64_t time_ms, std::int64_t charge_wh) {
    v1::IngestEventRequest request = Event(time_ms);
    v1::Landed* landed = request.mutable_item()->mutable_event()->mutable_landed();
    landed->set_aircraft("N1");
    landed->set_vertiport(vertiport);
    if (charge_wh >= 0) landed->set_charge_wh(charge_wh);
    MustIngest(request);
  }

  std::int64_t take_off_ = 0;
  std::int64_t landing_ = 0;
};

TEST_F(ExcursionTest, IsNotCountedForAFlightAsPlanned) {
  Land("B", FlyToB(), -1);

  EXPECT_EQ(Day().excursions(), 0);
}

TEST_F(ExcursionTest, IsCountedForALateLanding) {
  const std::int64_t late = FlyToB() + 5 * 60'000;

  Land("B", late, -1);

  EXPECT_EQ(Day().excursions(), 1);
}

TEST_F(ExcursionTest, IsCountedForALandingElsewhere) {
  const std::int64_t planned = FlyToB();

  Land("A", planned, -1);

  EXPECT_GE(Day().excursions(), 1);
}

TEST_F(ExcursionTest, IsCountedForTooLittleCharge) {
  const std::int64_t planned = FlyToB();

  Land("B", planned, 100);

  EXPECT_EQ(Day().excursions(), 1);
}

TEST_F(ExcursionTest, IsCountedForStandsWithdrawnUnderAircraft) {
  FlyToB();
  v1::SetResourceOutOfOrderRequest request;
  request.set_network("networks/net");
  request.set_request_id("stands-1");
  request.set_vertiport("B");
  request.set_resource(v1::RESOURCE_STANDS);
  request.set_count(2);
  v1::SetResourceOutOfOrderResponse response;

  ASSERT_THAT(
      CallMethod(*fleet_, &v1::FleetService::Stub::SetResourceOutOfOrder, request, &response),
      IsOk());

  EXPECT_EQ(Day().excursions(), 1);
}

}  // namespace
}  // namespace skein::server
