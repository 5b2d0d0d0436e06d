#include "tests/server/grpc_harness.h"

#include <filesystem>
#include <utility>

#include "grpcpp/create_channel.h"
#include "policy/rules/rules.h"
#include "proto/codec/scenario_codec.h"
#include "tests/sim/triangle.h"

namespace skein::server {
namespace {

std::string MakeFolder() {
  std::string pattern = testing::TempDir() + "skein-grpc-XXXXXX";
  return mkdtemp(pattern.data()) == nullptr ? "" : pattern;
}

absl::StatusOr<std::unique_ptr<Dispatcher>> MakePolicy(const DispatcherRequest& request) {
  if (request.policy == "greedy") return policy::MakeGreedy(request.network);
  if (request.policy == "random") return policy::MakeRandom(request.seed);
  return absl::InvalidArgumentError("policy = \"" + request.policy + "\" is unknown");
}

}  // namespace

bool CountingMetrics::AwaitCalls(const std::string& method, absl::StatusCode code,
                                 int count) const {
  const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto found = calls_.find({method, code});
    return found != calls_.end() && found->second >= count;
  };
  MutexLock lock(&mutex_);
  return mutex_.AwaitFor(std::chrono::seconds(20), enough);
}

GrpcTest::GrpcTest() : folder_(MakeFolder()) {
  server_options_.listen = "127.0.0.1:0";
  Start();
}

GrpcTest::~GrpcTest() {
  if (store_ != nullptr) store_->Stall(false);
  Stop();
  std::filesystem::remove_all(folder_);
}

void GrpcTest::Start() {
  auto sqlite = storage::SqliteStore::Open({.path = folder_ + "/fleet.db"});
  ASSERT_TRUE(sqlite.ok()) << sqlite.status();
  sqlite_ = std::move(sqlite).value();
  store_ = std::make_unique<storage::FaultyStore>(sqlite_.get());
  ControllerParts parts;
  parts.store = store_.get();
  parts.clock = &clock_;
  parts.metrics = &metrics_;
  parts.dispatchers = MakePolicy;
  parts.scenarios = [](const std::string& name) -> absl::StatusOr<Scenario> {
    if (name == "triangle") return Triangle();
    return absl::InvalidArgumentError("= \"" + name + "\" is not a built-in scenario");
  };
  auto controller = Controller::Open(controller_options_, parts);
  ASSERT_TRUE(controller.ok()) << controller.status();
  controller_ = std::move(controller).value();
  rpc_parts_.controller = controller_.get();
  rpc_parts_.metrics = &metrics_;
  auto server = ServerRunner::Start(server_options_, rpc_parts_);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = std::move(server).value();
  channel_ = Connect();
  networks_ = v1::NetworkService::NewStub(channel_);
  fleet_ = v1::FleetService::NewStub(channel_);
  dispatch_ = v1::DispatchService::NewStub(channel_);
}

void GrpcTest::Stop() {
  server_.reset();
  controller_.reset();
  store_.reset();
  sqlite_.reset();
}

std::shared_ptr<grpc::Channel> GrpcTest::Connect() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(),
                                   arguments);
}

v1::CreateNetworkRequest GrpcTest::Creation(const std::string& id) {
  v1::CreateNetworkRequest request;
  request.set_request_id("create-" + id);
  request.set_network_id(id);
  *request.mutable_scenario() = codec::EncodeScenario(Triangle());
  request.set_clock(v1::CLOCK_MODE_EXTERNAL);
  request.set_policy("greedy");
  return request;
}

void GrpcTest::MakeTriangle() {
  v1::CreateNetworkResponse response;
  ASSERT_THAT(
      CallMethod(*networks_, &v1::NetworkService::Stub::CreateNetwork, Creation("net"), &response),
      IsOk());
}

v1::IngestEventRequest GrpcTest::Event(std::int64_t time_ms) const {
  v1::IngestEventRequest request;
  request.mutable_item()->set_network("networks/net");
  request.mutable_item()->set_source("outside");
  request.mutable_item()->set_source_sequence(sequence_ + 1);
  request.mutable_item()->mutable_event()->set_time_ms(time_ms);
  return request;
}

grpc::Status GrpcTest::Ingest(const v1::IngestEventRequest& request,
                              v1::IngestEventResponse* response) {
  return CallMethod(*fleet_, &v1::FleetService::Stub::IngestEvent, request, response);
}

void GrpcTest::MustIngest(const v1::IngestEventRequest& request) {
  v1::IngestEventResponse response;
  ASSERT_THAT(Ingest(request, &response), IsOk()) << request.ShortDebugString();
  sequence_ = response.result().last_source_sequence();
}

std::string GrpcTest::Digest() {
  v1::GetNetworkRequest request;
  request.set_name("networks/net");
  request.set_want_digest(true);
  v1::GetNetworkResponse response;
  const grpc::Status status =
      CallMethod(*networks_, &v1::NetworkService::Stub::GetNetwork, request, &response);
  return status.ok() ? response.network().progress().digest() : status.error_message();
}

v1::DayReport GrpcTest::Day() {
  v1::GetDaySummaryRequest request;
  request.set_network("networks/net");
  v1::GetDaySummaryResponse response;
  EXPECT_THAT(CallMethod(*fleet_, &v1::FleetService::Stub::GetDaySummary, request, &response),
              IsOk());
  return response.report();
}

}  // namespace skein::server
