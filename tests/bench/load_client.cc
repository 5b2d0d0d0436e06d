#include "tests/bench/load_client.h"

#include <chrono>
#include <optional>
#include <utility>

#include "grpcpp/create_channel.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/names.h"
#include "proto/codec/resource_name.h"
#include "proto/codec/scenario_codec.h"
#include "sim/simulator.h"
#include "skein/v1/dispatch_service.grpc.pb.h"
#include "skein/v1/fleet_service.grpc.pb.h"
#include "skein/v1/network_service.grpc.pb.h"

namespace skein::bench {
namespace {

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

struct LoadClient::Operation {
  Operation(const LoadOptions& options, const std::shared_ptr<const sim::Network>& network)
      : channel(Connect(options.address)),
        networks(v1::NetworkService::NewStub(channel)),
        fleet(v1::FleetService::NewStub(channel)),
        dispatch(v1::DispatchService::NewStub(channel)),
        names(network->scenario()),
        simulator(network, options.seed),
        network_name(codec::NetworkName(options.id)) {}

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::NetworkService::Stub> networks;
  std::unique_ptr<v1::FleetService::Stub> fleet;
  std::unique_ptr<v1::DispatchService::Stub> dispatch;
  codec::Names names;
  sim::Simulator simulator;
  std::string network_name;
  std::int64_t sequence = 0;
};

LoadClient::LoadClient(LoadOptions options, std::shared_ptr<const sim::Network> network)
    : options_(std::move(options)), network_(std::move(network)) {}

LoadClient::~LoadClient() = default;

absl::Status LoadClient::Run(const std::atomic<bool>& measuring, const std::atomic<bool>& stop) {
  SKEIN_RETURN_IF_ERROR(Begin());
  while (!stop) {
    if (!operation_->simulator.world().open_points().empty()) {
      SKEIN_RETURN_IF_ERROR(Decide(measuring));
    } else if (const auto event = operation_->simulator.NextEvent(); event.has_value()) {
      SKEIN_RETURN_IF_ERROR(PlayEvent(*event));
    } else {
      SKEIN_RETURN_IF_ERROR(EndDay());
    }
  }
  return CheckDigest();
}

absl::Status LoadClient::Begin() {
  operation_ = std::make_unique<Operation>(options_, network_);
  v1::CreateNetworkRequest request;
  request.set_request_id("create");
  request.set_network_id(options_.id);
  *request.mutable_scenario() = codec::EncodeScenario(network_->scenario());
  request.set_clock(v1::CLOCK_MODE_EXTERNAL);
  request.set_policy(options_.policy);
  request.set_policy_seed(options_.seed);
  v1::CreateNetworkResponse response;
  grpc::ClientContext context;
  return ToAbsl(operation_->networks->CreateNetwork(&context, request, &response));
}

// The next day is drawn from the same models as the first.
absl::Status LoadClient::EndDay() {
  SKEIN_RETURN_IF_ERROR(CheckDigest());
  ++result_.days;
  sim::World world = operation_->simulator.world();
  auto day = std::make_shared<const sim::RealisedDay>(
      sim::RealisedDay::Forecast(world, options_.seed + static_cast<std::uint64_t>(result_.days)));
  operation_->simulator = sim::Simulator(std::move(world), std::move(day));
  return absl::OkStatus();
}

absl::Status LoadClient::PlayEvent(const ExternalEvent& event) {
  v1::IngestEventRequest request;
  request.mutable_item()->set_network(operation_->network_name);
  request.mutable_item()->set_source("load");
  request.mutable_item()->set_source_sequence(++operation_->sequence);
  *request.mutable_item()->mutable_event() = codec::EncodeEvent(event, operation_->names);
  v1::IngestEventResponse response;
  grpc::ClientContext context;
  SKEIN_RETURN_IF_ERROR(ToAbsl(operation_->fleet->IngestEvent(&context, request, &response)));
  return operation_->simulator.Apply(event);
}

absl::Status LoadClient::Decide(bool measure) {
  const sim::World& world = operation_->simulator.world();
  v1::RequestDecisionRequest request;
  request.set_network(operation_->network_name);
  request.set_request_id(absl::StrCat("decision-", world.state().decision_count));
  request.set_aircraft(operation_->names.Of(world.open_points().front()));
  v1::RequestDecisionResponse response;
  grpc::ClientContext context;
  const auto begin = std::chrono::steady_clock::now();
  SKEIN_RETURN_IF_ERROR(
      ToAbsl(operation_->dispatch->RequestDecision(&context, request, &response)));
  const auto end = std::chrono::steady_clock::now();
  ++decisions_;
  if (measure) {
    result_.decision_ms.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
    if (response.decision().decision().has_fly()) ++result_.flights;
  }
  SKEIN_ASSIGN_OR_RETURN(const Decision decision,
                         codec::DecodeDecision(response.decision().decision(), operation_->names));
  if (operation_->simulator.Commit(decision).accepted()) return absl::OkStatus();
  return absl::InternalError("our guard refuses what the server's accepted");
}

absl::Status LoadClient::CheckDigest() {
  v1::GetNetworkRequest request;
  request.set_name(operation_->network_name);
  request.set_want_digest(true);
  v1::GetNetworkResponse response;
  grpc::ClientContext context;
  SKEIN_RETURN_IF_ERROR(ToAbsl(operation_->networks->GetNetwork(&context, request, &response)));
  const std::string ours = codec::HexDigest(operation_->simulator.world().Digest());
  if (response.network().progress().digest() == ours) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the server's digest is ",
                                          response.network().progress().digest(), ", ours ", ours));
}

}  // namespace skein::bench
