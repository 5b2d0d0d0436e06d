#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "proto/codec/scenario_codec.h"
#include "server/grpc/grpc_status.h"
#include "tests/server/grpc_harness.h"
#include "tests/sim/triangle.h"

// Whatever a caller sends: the right code, a message that names the field, nothing changed, and the
// server goes on.
namespace skein::server {
namespace {

using grpc::StatusCode;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class Request>
struct Row {
  std::string says;  // a part of the message
  std::function<void(Request*)> spoil;
  StatusCode code = StatusCode::INVALID_ARGUMENT;
};

std::string WithNul() { return std::string("a\0b", 3); }

class BadInputTest : public GrpcTest {
 protected:
  BadInputTest() {
    MakeTriangle();
    v1::IngestEventRequest advance = Event(kOpen);
    advance.mutable_item()->mutable_event()->mutable_time_advanced();
    MustIngest(advance);
    digest_ = Digest();
    EXPECT_EQ(digest_.size(), 16U) << digest_;
  }

  // Spoils a good request in the ways of `rows`, one after the other.
  template <class Stub, class Request, class Response>
  void Check(Stub& stub,
             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
             const Request& good, const std::vector<Row<Request>>& rows) {
    for (const Row<Request>& row : rows) {
      SCOPED_TRACE(Request::descriptor()->name() + ": " + row.says);
      Request request = good;
      row.spoil(&request);
      Response response;

      const grpc::Status status = CallMethod(stub, method, request, &response);

      EXPECT_THAT(status, FailsWith(row.code));
      EXPECT_THAT(status, SaysThat(row.says));
      EXPECT_LE(status.error_message().size(), kMaxErrorMessageBytes);
      EXPECT_EQ(Digest(), digest_);
    }
  }

  std::string digest_;
};

TEST_F(BadInputTest, IsRefusedWhenCreatingANetwork) {
  using Request = v1::CreateNetworkRequest;
  Check(*networks_, &v1::NetworkService::Stub::CreateNetwork, Creation("other"),
        std::vector<Row<Request>>{
            {"requestId", [](Request* r) { r->clear_request_id(); }},
            {"requestId", [](Request* r) { r->set_request_id(WithNul()); }},
            {"requestId", [](Request* r) { r->set_request_id(std::string(65, 'a')); }},
            {"networkId", [](Request* r) { r->clear_network_id(); }},
            {"networkId", [](Request* r) { r->set_network_id(WithNul()); }},
            {"networkId", [](Request* r) { r->set_network_id("a/b"); }},
            {"networks/net", [](Request* r) { r->set_network_id("net"); },
             StatusCode::ALREADY_EXISTS},
            {"clock", [](Request* r) { r->clear_clock(); }},
            {"clock", [](Request* r) { r->set_clock(static_cast<v1::ClockMode>(77)); }},
            {"source", [](Request* r) { r->clear_scenario(); }},
            {"scenarioName", [](Request* r) { r->set_scenario_name("/etc/passwd"); }},
            {"dayStartUnixMs", [](Request* r) { r->set_day_start_unix_ms(5); }},
            {"policy", [](Request* r) { r->set_policy("clever"); }},
        });
}

TEST_F(BadInputTest, IsRefusedInAScenario) {
  using Request = v1::CreateNetworkRequest;
  const auto vertiport = [](Request* r, int k) {
    return r->mutable_scenario()->mutable_vertiports(k);
  };
  const auto aircraft = [](Request* r, int k) {
    return r->mutable_scenario()->mutable_aircraft(k);
  };
  Check(*networks_, &v1::NetworkService::Stub::CreateNetwork, Creation("other"),
        std::vector<Row<Request>>{
            {"vertiports[1].stands", [&](Request* r) { vertiport(r, 1)->set_stands(-3); }},
            {"vertiports[0].chargers", [&](Request* r) { vertiport(r, 0)->set_chargers(-1); }},
            {"vertiports[2].pads", [&](Request* r) { vertiport(r, 2)->set_pads(0); }},
            {"vertiports[2].name", [&](Request* r) { vertiport(r, 2)->set_name("A"); }},
            {"vertiports[2].name", [&](Request* r) { vertiport(r, 2)->set_name(WithNul()); }},
            {"vertiports", [](Request* r) { r->mutable_scenario()->clear_vertiports(); }},
            {"aircraft[1].name", [&](Request* r) { aircraft(r, 1)->set_name("N1"); }},
            {"aircraft[1].vertiport", [&](Request* r) { aircraft(r, 1)->set_vertiport("Z"); }},
            {"aircraft[2].initialStateOfCharge",
             [&](Request* r) { aircraft(r, 2)->set_initial_state_of_charge(1.5); }},
            {"aircraft[2].failureProbability",
             [&](Request* r) { aircraft(r, 2)->set_failure_probability(kNan); }},
            {"aircraftType.cruiseMPerS",
             [](Request* r) {
               r->mutable_scenario()->mutable_aircraft_type()->set_cruise_m_per_s(kNan);
             }},
            {"aircraftType.energyWhPerKm",
             [](Request* r) {
               r->mutable_scenario()->mutable_aircraft_type()->set_energy_wh_per_km(kInfinity);
             }},
            {"fare.baseUsd",
             [](Request* r) { r->mutable_scenario()->mutable_fare()->set_base_usd(-kInfinity); }},
            {"demand.requestsPerHour[2]",
             [](Request* r) {
               r->mutable_scenario()->mutable_demand()->set_requests_per_hour(2, kNan);
             }},
            {"demand.requestsPerHour",
             [](Request* r) {
               r->mutable_scenario()->mutable_demand()->mutable_requests_per_hour()->RemoveLast();
             }},
            {"corridors", [](Request* r) { r->mutable_scenario()->clear_corridors(); }},
            {"corridors[0].distanceM",
             [](Request* r) { r->mutable_scenario()->mutable_corridors(0)->set_distance_m(-1); }},
        });
}

TEST_F(BadInputTest, IsRefusedInAResourceName) {
  using Request = v1::GetFleetRequest;
  Check(*fleet_, &v1::FleetService::Stub::GetFleet, Request(),
        std::vector<Row<Request>>{
            {"network", [](Request*) {}},
            {"network", [](Request* r) { r->set_network("net"); }},
            {"network", [](Request* r) { r->set_network("networks/"); }},
            {"network", [](Request* r) { r->set_network("networks/net/"); }},
            {"network", [](Request* r) { r->set_network("networks/" + WithNul()); }},
            {"nowhere", [](Request* r) { r->set_network("networks/nowhere"); },
             StatusCode::NOT_FOUND},
        });
}

TEST_F(BadInputTest, IsRefusedInAnEvent) {
  using Request = v1::IngestEventRequest;
  const auto event = [](Request* r) { return r->mutable_item()->mutable_event(); };
  Request good = Event(kOpen);
  good.mutable_item()->mutable_event()->mutable_time_advanced();
  Check(*fleet_, &v1::FleetService::Stub::IngestEvent, good,
        std::vector<Row<Request>>{
            {"item.network", [](Request* r) { r->mutable_item()->clear_network(); }},
            {"item.source", [](Request* r) { r->mutable_item()->clear_source(); }},
            {"item.source", [](Request* r) { r->mutable_item()->set_source(WithNul()); }},
            {"item.source", [](Request* r) { r->mutable_item()->set_source("operator"); }},
            {"item.sourceSequence", [](Request* r) { r->mutable_item()->set_source_sequence(0); }},
            {"item.sourceSequence = 9, want 2",
             [](Request* r) { r->mutable_item()->set_source_sequence(9); },
             StatusCode::FAILED_PRECONDITION},
            {"event", [&](Request* r) { event(r)->clear_payload(); }},
            {"timeMs", [&](Request* r) { event(r)->set_time_ms(kOpen - 1); },
             StatusCode::FAILED_PRECONDITION},
            {"timeMs", [&](Request* r) { event(r)->set_time_ms(kOpen + 1); },
             StatusCode::FAILED_PRECONDITION},
            {"timeMs", [&](Request* r) { event(r)->set_time_ms(std::int64_t{1} << 60); }},
            {"tookOff.aircraft", [&](Request* r) { event(r)->mutable_took_off(); }},
            {"tookOff.aircraft",
             [&](Request* r) { event(r)->mutable_took_off()->set_aircraft("Z9"); }},
            {"tookOff.aircraft",
             [&](Request* r) { event(r)->mutable_took_off()->set_aircraft("N1"); },
             StatusCode::FAILED_PRECONDITION},
            {"landed.vertiport",
             [&](Request* r) {
               event(r)->mutable_landed()->set_aircraft("N1");
               event(r)->mutable_landed()->set_vertiport("Z");
             }},
            {"aircraftReported.chargeWh",
             [&](Request* r) {
               event(r)->mutable_aircraft_reported()->set_aircraft("N1");
               event(r)->mutable_aircraft_reported()->set_charge_wh(-5);
             }},
            {"forecastPublished.requestsPerHour",
             [&](Request* r) {
               for (int k = 0; k < 18; ++k)
                 event(r)->mutable_forecast_published()->add_requests_per_hour(kNan);
             }},
            {"forecastPublished.requestsPerHour",
             [&](Request* r) { event(r)->mutable_forecast_published()->add_requests_per_hour(1); }},
            {"tripRequested.trip",
             [&](Request* r) {
               v1::TripRequested* trip = event(r)->mutable_trip_requested();
               trip->set_trip(50);
               trip->set_origin("A");
               trip->set_destination("B");
               trip->set_passengers(1);
               trip->set_earliest_ms(kOpen);
               trip->set_latest_ms(kOpen + 60'000);
             },
             StatusCode::FAILED_PRECONDITION},
            {"aircraftAdded.name",
             [&](Request* r) {
               event(r)->mutable_aircraft_added()->set_name("N1");
               event(r)->mutable_aircraft_added()->set_vertiport("A");
               event(r)->mutable_aircraft_added()->set_charge_wh(1000);
             }},
        });
}

TEST_F(BadInputTest, IsRefusedInATripRequest) {
  using Request = v1::SubmitTripRequest;
  Request good;
  good.set_network("networks/net");
  good.set_request_id("trip-1");
  good.set_origin("A");
  good.set_destination("B");
  good.set_passengers(2);
  Check(*fleet_, &v1::FleetService::Stub::SubmitTrip, good,
        std::vector<Row<Request>>{
            {"requestId", [](Request* r) { r->clear_request_id(); }},
            {"origin", [](Request* r) { r->set_origin("nowhere"); }},
            {"destination", [](Request* r) { r->set_destination(WithNul()); }},
            {"destination", [](Request* r) { r->set_destination("A"); }},
            {"passengers", [](Request* r) { r->set_passengers(0); }},
            {"passengers", [](Request* r) { r->set_passengers(-2); }},
            {"passengers", [](Request* r) { r->set_passengers(5); }},
            {"earliestMs", [](Request* r) { r->set_earliest_ms(0); }},
            {"latestMs", [](Request* r) { r->set_latest_ms(kOpen - 1); }},
            {"fareCentsPerPassenger", [](Request* r) { r->set_fare_cents_per_passenger(-1); }},
            {"timeMs", [](Request* r) { r->set_time_ms(kOpen - 1); },
             StatusCode::FAILED_PRECONDITION},
        });
}

TEST_F(BadInputTest, IsRefusedInOperatorFacts) {
  using Advisory = v1::IssueAdvisoryRequest;
  Advisory advisory;
  advisory.set_network("networks/net");
  advisory.set_request_id("advisory-1");
  advisory.mutable_advisory()->set_kind(v1::ADVISORY_KIND_PADS_CLOSED);
  advisory.mutable_advisory()->set_vertiport("A");
  advisory.mutable_advisory()->set_count(1);
  advisory.mutable_advisory()->set_start_ms(kOpen);
  advisory.mutable_advisory()->set_end_ms(kOpen + 60'000);
  Check(*networks_, &v1::NetworkService::Stub::IssueAdvisory, advisory,
        std::vector<Row<Advisory>>{
            {"kind", [](Advisory* r) { r->mutable_advisory()->clear_kind(); }},
            {"vertiport", [](Advisory* r) { r->mutable_advisory()->set_vertiport("Z"); }},
            {"count", [](Advisory* r) { r->mutable_advisory()->set_count(-1); }},
            {"endMs", [](Advisory* r) { r->mutable_advisory()->set_end_ms(kOpen); }},
            {"id", [](Advisory* r) { r->mutable_advisory()->set_id(-1); }},
        });
  using Resource = v1::SetResourceOutOfOrderRequest;
  Resource resource;
  resource.set_network("networks/net");
  resource.set_request_id("resource-1");
  resource.set_vertiport("A");
  resource.set_resource(v1::RESOURCE_STANDS);
  resource.set_count(1);
  Check(*fleet_, &v1::FleetService::Stub::SetResourceOutOfOrder, resource,
        std::vector<Row<Resource>>{
            {"vertiport", [](Resource* r) { r->set_vertiport(""); }},
            {"resource", [](Resource* r) { r->clear_resource(); }},
            {"count", [](Resource* r) { r->set_count(-1); }},
            {"count", [](Resource* r) { r->set_count(99); }},
        });
  using Added = v1::AddAircraftRequest;
  Added added;
  added.set_network("networks/net");
  added.set_request_id("add-1");
  added.set_aircraft("N9");
  added.set_vertiport("B");
  added.set_charge_wh(50'000);
  Check(*fleet_, &v1::FleetService::Stub::AddAircraft, added,
        std::vector<Row<Added>>{
            {"aircraft", [](Added* r) { r->set_aircraft(WithNul()); }},
            {"aircraft", [](Added* r) { r->set_aircraft("N1"); }},
            {"chargeWh", [](Added* r) { r->set_charge_wh(-1); }},
            {"chargeWh", [](Added* r) { r->set_charge_wh(1'000'000'000); }},
            {"failureProbability", [](Added* r) { r->set_failure_probability(kNan); }},
            {"failureProbability", [](Added* r) { r->set_failure_probability(1.5); }},
        });
}

TEST_F(BadInputTest, IsRefusedInDispatch) {
  using Ask = v1::RequestDecisionRequest;
  Ask ask;
  ask.set_network("networks/net");
  ask.set_request_id("ask-1");
  ask.set_aircraft("N1");
  Check(*dispatch_, &v1::DispatchService::Stub::RequestDecision, ask,
        std::vector<Row<Ask>>{
            {"requestId", [](Ask* r) { r->set_request_id("no spaces"); }},
            {"aircraft", [](Ask* r) { r->set_aircraft("Z9"); }},
            {"aircraft", [](Ask* r) { r->clear_aircraft(); }},
            {"network", [](Ask* r) { r->set_network("networks/nowhere"); }, StatusCode::NOT_FOUND},
        });
  using Override = v1::OverrideDecisionRequest;
  Override choice;
  choice.set_network("networks/net");
  choice.set_request_id("choice-1");
  choice.mutable_decision()->set_aircraft("N1");
  choice.mutable_decision()->mutable_fly()->set_destination("B");
  Check(*dispatch_, &v1::DispatchService::Stub::OverrideDecision, choice,
        std::vector<Row<Override>>{
            {"decision", [](Override* r) { r->clear_decision(); }},
            {"decision", [](Override* r) { r->mutable_decision()->clear_action(); }},
            {"destination",
             [](Override* r) { r->mutable_decision()->mutable_fly()->set_destination("Z"); }},
            {"boardingTrips", [](Override* r) { r->mutable_decision()->add_boarding_trips(-1); }},
        });
  using List = v1::ListDecisionsRequest;
  List list;
  list.set_network("networks/net");
  Check(*dispatch_, &v1::DispatchService::Stub::ListDecisions, list,
        std::vector<Row<List>>{
            {"pageSize", [](List* r) { r->set_page_size(-1); }},
            {"pageSize", [](List* r) { r->set_page_size(1001); }},
            {"pageToken", [](List* r) { r->set_page_token("junk"); }},
            {"aircraft", [](List* r) { r->set_aircraft("Z9"); }},
        });
}

TEST_F(BadInputTest, NamesTheExpectedNumberAfterAGap) {
  v1::IngestEventRequest request = Event(kOpen);
  request.mutable_item()->mutable_event()->mutable_time_advanced();
  request.mutable_item()->set_source_sequence(7);
  v1::IngestEventResponse response;

  const grpc::Status status = Ingest(request, &response);

  EXPECT_THAT(status, FailsWith(StatusCode::FAILED_PRECONDITION));
  EXPECT_EQ(ReasonOfDetails(status.error_details()), "SOURCE_SEQUENCE_GAP");
}

TEST_F(BadInputTest, RefusesAnotherBodyUnderTheSameRequestId) {
  v1::GroundAircraftRequest request;
  request.set_network("networks/net");
  request.set_request_id("ground-1");
  request.set_aircraft("N1");
  v1::GroundAircraftResponse response;
  const auto method = &v1::FleetService::Stub::GroundAircraft;
  ASSERT_THAT(CallMethod(*fleet_, method, request, &response), IsOk());
  digest_ = Digest();
  request.set_aircraft("N2");

  const grpc::Status status = CallMethod(*fleet_, method, request, &response);

  EXPECT_THAT(status, FailsWith(StatusCode::INVALID_ARGUMENT));
  EXPECT_EQ(ReasonOfDetails(status.error_details()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Digest(), digest_);
}

TEST_F(BadInputTest, TakesARepeatedEventOnce) {
  v1::IngestEventRequest request = Event(kOpen);
  request.mutable_item()->set_source_sequence(1);
  request.mutable_item()->mutable_event()->mutable_aircraft_failed()->set_aircraft("N1");
  v1::IngestEventResponse response;

  EXPECT_THAT(Ingest(request, &response), IsOk());

  EXPECT_EQ(response.result().last_source_sequence(), 1);
  EXPECT_EQ(Digest(), digest_);
}

TEST_F(BadInputTest, RefusesMessagesThatAreTooLarge) {
  v1::CreateNetworkRequest request = Creation("other");
  request.mutable_scenario()->set_title(std::string(10'000'000, 'x'));
  v1::CreateNetworkResponse response;

  EXPECT_THAT(CallMethod(*networks_, &v1::NetworkService::Stub::CreateNetwork, request, &response),
              FailsWith(StatusCode::RESOURCE_EXHAUSTED));

  EXPECT_EQ(Digest(), digest_);
}

TEST_F(BadInputTest, RefusesSmallMessagesThatInflateToLargeOnes) {
  v1::CreateNetworkRequest request = Creation("other");
  request.mutable_scenario()->set_title(std::string(10'000'000, 'x'));
  v1::CreateNetworkResponse response;
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);

  EXPECT_THAT(networks_->CreateNetwork(&context, request, &response),
              FailsWith(StatusCode::RESOURCE_EXHAUSTED));

  EXPECT_EQ(Digest(), digest_);
}

TEST_F(BadInputTest, TakesLargeScenarios) {
  v1::CreateNetworkRequest request = Creation("other");
  for (int k = 0; k < 7000; ++k)
    request.mutable_scenario()->add_sources()->set_note(std::string(1000, 'x'));
  v1::CreateNetworkResponse response;

  EXPECT_THAT(CallMethod(*networks_, &v1::NetworkService::Stub::CreateNetwork, request, &response),
              IsOk());
}

// Sends bytes to a method and returns how the call ended.
grpc::Status SendBytes(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const std::string& bytes) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status;
}

TEST_F(BadInputTest, SurvivesBytesThatAreNoMessage) {
  const std::vector<std::string> methods = {
      "/skein.v1.NetworkService/CreateNetwork", "/skein.v1.FleetService/IngestEvent",
      "/skein.v1.FleetService/SubmitTrip", "/skein.v1.DispatchService/RequestDecision"};
  const std::vector<std::string> garbage = {
      std::string(1000, '\xFF'), std::string("\x0A\x7F", 2),
      std::string("\x0A\x02\xC3\x28", 4)};  // text that is not UTF-8
  for (const std::string& method : methods)
    for (const std::string& bytes : garbage)
      EXPECT_FALSE(SendBytes(channel_, method, bytes).ok()) << method;

  EXPECT_THAT(SendBytes(channel_, "/skein.v1.FleetService/Nonsense", ""),
              FailsWith(StatusCode::UNIMPLEMENTED));
  EXPECT_EQ(Digest(), digest_);
}

}  // namespace
}  // namespace skein::server
