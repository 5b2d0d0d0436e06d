#include "tests/torture/grpc_transport.h"

#include <type_traits>
#include <utility>

#include "grpcpp/create_channel.h"
#include "skein/v1/dispatch_service.grpc.pb.h"
#include "skein/v1/fleet_service.grpc.pb.h"
#include "skein/v1/network_service.grpc.pb.h"

namespace skein::torture {
namespace {

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

struct GrpcTransport::Server {
  explicit Server(const std::shared_ptr<grpc::Channel>& channel)
      : networks(v1::NetworkService::NewStub(channel)),
        fleet(v1::FleetService::NewStub(channel)),
        dispatch(v1::DispatchService::NewStub(channel)) {}

#define SKEIN_CALL(service, Name)                                                   \
  grpc::Status Call(grpc::ClientContext* context, const v1::Name##Request& request, \
                    v1::Name##Response* response) {                                 \
    return service->Name(context, request, response);                               \
  }
  SKEIN_CALL(networks, CreateNetwork)
  SKEIN_CALL(networks, GetNetwork)
  SKEIN_CALL(networks, IssueAdvisory)
  SKEIN_CALL(fleet, IngestEvent)
  SKEIN_CALL(fleet, SubmitTrip)
  SKEIN_CALL(fleet, CancelTrip)
  SKEIN_CALL(fleet, GroundAircraft)
  SKEIN_CALL(fleet, ReturnAircraft)
  SKEIN_CALL(dispatch, RequestDecision)
  SKEIN_CALL(dispatch, DispatchAll)
#undef SKEIN_CALL

  std::unique_ptr<v1::NetworkService::Stub> networks;
  std::unique_ptr<v1::FleetService::Stub> fleet;
  std::unique_ptr<v1::DispatchService::Stub> dispatch;
};

GrpcTransport::GrpcTransport(std::vector<std::string> targets) : targets_(std::move(targets)) {
  Reconnect();
}

GrpcTransport::~GrpcTransport() = default;

void GrpcTransport::Reconnect() {
  server_ = std::make_unique<Server>(Connect(targets_[attempts_++ % targets_.size()]));
}

absl::StatusOr<Response> GrpcTransport::Call(const Request& request,
                                             std::chrono::milliseconds deadline) {
  return std::visit(
      [&](const auto& message) -> absl::StatusOr<Response> {
        ResponseOf<std::decay_t<decltype(message)>> response;
        grpc::ClientContext context;
        context.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                          gpr_time_from_millis(deadline.count(), GPR_TIMESPAN)));
        const grpc::Status status = server_->Call(&context, message, &response);
        if (status.ok()) return Response(std::move(response));
        if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
            status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED)
          Reconnect();
        return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                            status.error_message());
      },
      request);
}

}  // namespace skein::torture
