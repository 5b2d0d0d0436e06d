#include "tests/server/harness.h"

#include "policy/rules/rules.h"
#include "proto/codec/scenario_codec.h"
#include "tests/sim/triangle.h"

namespace skein::server {

ControllerTest::ControllerTest() {
  options_.sequencer_threads = 2;
  Restart();
}

ControllerTest::~ControllerTest() { store_.Stall(false); }

void ControllerTest::Restart() {
  controller_.reset();
  ControllerParts parts;
  parts.store = &store_;
  parts.clock = &clock_;
  parts.metrics = metrics_;
  parts.dispatchers =
      [this](const DispatcherRequest& request) -> absl::StatusOr<std::unique_ptr<Dispatcher>> {
    if (request.policy == "greedy") return policy::MakeGreedy(request.network);
    if (request.policy == "random") return policy::MakeRandom(request.seed);
    if (request.policy == "scripted")
      return std::make_unique<ScriptedPolicy>(
          [this](const Observation& observation, Choice* choice) {
            return script_(observation, choice);
          });
    return factory_(request);
  };
  parts.scenarios = [](const std::string& name) -> absl::StatusOr<Scenario> {
    if (name == "triangle") return Triangle();
    return absl::InvalidArgumentError("= " + name + " is unknown");
  };
  auto opened = Controller::Open(options_, parts);
  ASSERT_TRUE(opened.ok()) << opened.status();
  controller_ = std::move(opened).value();
}

void ControllerTest::Crash() {
  // The last snapshot fails to be written; everything else is durable already.
  store_.FailCommits(1'000'000, storage::FaultyStore::Fault::kNotWritten);
  controller_.reset();
  store_.FailCommits(0, storage::FaultyStore::Fault::kNotWritten);
  Restart();
}

v1::CreateNetworkRequest ControllerTest::Creation(const std::string& id,
                                                  const std::string& policy) {
  v1::CreateNetworkRequest request;
  request.set_request_id("create-" + id);
  request.set_network_id(id);
  request.set_scenario_name("triangle");
  request.set_clock(v1::CLOCK_MODE_EXTERNAL);
  request.set_policy(policy);
  return request;
}

absl::StatusOr<v1::CreateNetworkResponse> ControllerTest::Create(const std::string& id,
                                                                 const std::string& policy) {
  return Ask(controller(), &Controller::CreateNetwork, Creation(id, policy));
}

absl::StatusOr<v1::IngestEventResponse> ControllerTest::Ingest(const std::string& id,
                                                               std::int64_t sequence,
                                                               const v1::Event& event) {
  v1::IngestEventRequest request;
  request.mutable_item()->set_network("networks/" + id);
  request.mutable_item()->set_source("outside");
  request.mutable_item()->set_source_sequence(sequence);
  *request.mutable_item()->mutable_event() = event;
  return Ask(controller(), &Controller::IngestEvent, request);
}

absl::StatusOr<v1::IngestEventResponse> ControllerTest::Advance(const std::string& id,
                                                                std::int64_t sequence,
                                                                std::int64_t ms) {
  v1::Event event;
  event.set_time_ms(ms);
  event.mutable_time_advanced();
  return Ingest(id, sequence, event);
}

absl::StatusOr<v1::RequestDecisionResponse> ControllerTest::Decide(const std::string& id,
                                                                   const std::string& aircraft,
                                                                   const std::string& request_id) {
  v1::RequestDecisionRequest request;
  request.set_network("networks/" + id);
  request.set_request_id(request_id);
  request.set_aircraft(aircraft);
  request.set_want_digest(true);
  return Ask(controller(), &Controller::RequestDecision, request);
}

absl::StatusOr<v1::Network> ControllerTest::Get(const std::string& id) {
  v1::GetNetworkRequest request;
  request.set_name("networks/" + id);
  request.set_want_digest(true);
  auto answer = Ask(controller(), &Controller::GetNetwork, request);
  if (!answer.ok()) return answer.status();
  return answer->network();
}

std::string ControllerTest::Digest(const std::string& id) {
  const absl::StatusOr<v1::Network> network = Get(id);
  return network.ok() ? network->progress().digest() : network.status().ToString();
}

v1::SubmitTripRequest ControllerTest::Trip(const std::string& id, const std::string& request_id) {
  v1::SubmitTripRequest request;
  request.set_network("networks/" + id);
  request.set_request_id(request_id);
  request.set_origin("A");
  request.set_destination("B");
  request.set_passengers(2);
  return request;
}

}  // namespace skein::server
