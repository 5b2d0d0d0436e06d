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

struct LoadClient::Day {
  Day(const std::shared_ptr<grpc::Channel>& channel, std::shared_ptr<const sim::Network> network,
      std::string id, std::uint64_t day_seed)
      : networks(v1::NetworkService::NewStub(channel)),
        fleet(v1::FleetService::NewStub(channel)),
        dispatch(v1::DispatchService::NewStub(channel)),
        names(network->scenario()),
        simulator(std::move(network), day_seed),
        network_id(std::move(id)),
        seed(day_seed) {}

  std::unique_ptr<v1::NetworkService::Stub> networks;
  std::unique_ptr<v1::FleetService::Stub> fleet;
  std::unique_ptr<v1::DispatchService::Stub> dispatch;
  codec::Names names;
  sim::Simulator simulator;
  std::string network_id;
  std::uint64_t seed;
  std::int64_t sequence = 0;
};

LoadClient::LoadClient(LoadOptions options, std::shared_ptr<const sim::Network> network)
    : options_(std::move(options)), network_(std::move(network)) {}

LoadClient::~LoadClient() = default;

absl::Status LoadClient::Run(const std::atomic<bool>& measuring, const std::atomic<bool>& stop) {
  SKEIN_RETURN_IF_ERROR(BeginDay());
  while (!stop) {
    if (!day_->simulator.world().open_points().empty()) {
      SKEIN_RETURN_IF_ERROR(Decide(measuring));
    } else if (day_->simulator.NextEvent().has_value()) {
      SKEIN_RETURN_IF_ERROR(PlayEvent());
    } else {
      SKEIN_RETURN_IF_ERROR(CheckDigest());
      SKEIN_RETURN_IF_ERROR(BeginDay());
    }
  }
  return CheckDigest();
}

absl::Status LoadClient::BeginDay() {
  const std::int64_t number = result_.days++;
  day_ = std::make_unique<Day>(Connect(options_.address), network_,
                               absl::StrCat(options_.id, "-", number),
                               options_.seed + static_cast<std::uint64_t>(number));
  v1::CreateNetworkRequest request;
  request.set_request_id("create");
  request.set_network_id(day_->network_id);
  *request.mutable_scenario() = codec::EncodeScenario(network_->scenario());
  request.set_clock(v1::CLOCK_MODE_EXTERNAL);
  request.set_policy(options_.policy);
  request.set_policy_seed(day_->seed);
  v1::CreateNetworkResponse response;
  grpc::ClientContext context;
  return ToAbsl(day_->networks->CreateNetwork(&context, request, &response));
}

absl::Status LoadClient::PlayEvent() {
  const std::optional<ExternalEvent> event = day_->simulator.NextEvent();
  v1::IngestEventRequest request;
  request.mutable_item()->set_network(codec::NetworkName(day_->network_id));
  request.mutable_item()->set_source("load");
  request.mutable_item()->set_source_sequence(++day_->sequence);
  *request.mutable_item()->mutable_event() = codec::EncodeEvent(*event, day_->names);
  v1::IngestEventResponse response;
  grpc::ClientContext context;
  SKEIN_RETURN_IF_ERROR(ToAbsl(day_->fleet->IngestEvent(&context, request, &response)));
  return day_->simulator.Apply(*event);
}

absl::Status LoadClient::Decide(bool measure) {
  const sim::World& world = day_->simulator.world();
  v1::RequestDecisionRequest request;
  request.set_network(codec::NetworkName(day_->network_id));
  request.set_request_id(absl::StrCat("decision-", world.state().decision_count));
  request.set_aircraft(day_->names.Of(world.open_points().front()));
  v1::RequestDecisionResponse response;
  grpc::ClientContext context;
  const auto begin = std::chrono::steady_clock::now();
  SKEIN_RETURN_IF_ERROR(ToAbsl(day_->dispatch->RequestDecision(&context, request, &response)));
  const auto end = std::chrono::steady_clock::now();
  if (measure) {
    result_.decision_ms.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
    if (response.decision().decision().has_fly()) ++result_.flights;
  }
  SKEIN_ASSIGN_OR_RETURN(const Decision decision,
                         codec::DecodeDecision(response.decision().decision(), day_->names));
  if (day_->simulator.Commit(decision).accepted()) return absl::OkStatus();
  return absl::InternalError("our guard refuses what the server's accepted");
}

absl::Status LoadClient::CheckDigest() {
  v1::GetNetworkRequest request;
  request.set_name(codec::NetworkName(day_->network_id));
  request.set_want_digest(true);
  v1::GetNetworkResponse response;
  grpc::ClientContext context;
  SKEIN_RETURN_IF_ERROR(ToAbsl(day_->networks->GetNetwork(&context, request, &response)));
  const std::string ours = codec::HexDigest(day_->simulator.world().Digest());
  if (response.network().progress().digest() == ours) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the server's digest is ",
                                          response.network().progress().digest(), ", ours ", ours));
}

}  // namespace skein::bench
