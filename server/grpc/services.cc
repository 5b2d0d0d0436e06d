#include "server/grpc/services.h"

#include <utility>

#include "server/controller.h"
#include "server/grpc/ingest_stream.h"
#include "server/grpc/watch_stream.h"
#include "skein/v1/dispatch_service.grpc.pb.h"
#include "skein/v1/fleet_service.grpc.pb.h"
#include "skein/v1/network_service.grpc.pb.h"

namespace skein::server {
namespace {

using Context = grpc::CallbackServerContext;

// A unary method: hands the call to the controller's use case of the same name.
#define SKEIN_UNARY(Service, Method)                                                      \
  grpc::ServerUnaryReactor* Method(Context* context, const v1::Method##Request* request,  \
                                   v1::Method##Response* response) override {             \
    return HandleRpc(parts_, #Service "/" #Method, &Controller::Method, context, request, \
                     response);                                                           \
  }

class Networks : public v1::NetworkService::CallbackService {
 public:
  explicit Networks(const RpcParts& parts) : parts_(parts) {}

  SKEIN_UNARY(NetworkService, CreateNetwork)
  SKEIN_UNARY(NetworkService, GetNetwork)
  SKEIN_UNARY(NetworkService, ListNetworks)
  SKEIN_UNARY(NetworkService, GetScenario)
  SKEIN_UNARY(NetworkService, IssueAdvisory)
  SKEIN_UNARY(NetworkService, WithdrawAdvisory)
  SKEIN_UNARY(NetworkService, ListAdvisories)

 private:
  const RpcParts& parts_;
};

class Fleet : public v1::FleetService::CallbackService {
 public:
  explicit Fleet(const RpcParts& parts) : parts_(parts), ingest_(&parts) {}

  SKEIN_UNARY(FleetService, IngestEvent)
  SKEIN_UNARY(FleetService, SubmitTrip)
  SKEIN_UNARY(FleetService, CancelTrip)
  SKEIN_UNARY(FleetService, GetTrip)
  SKEIN_UNARY(FleetService, GroundAircraft)
  SKEIN_UNARY(FleetService, ReturnAircraft)
  SKEIN_UNARY(FleetService, AddAircraft)
  SKEIN_UNARY(FleetService, RemoveAircraft)
  SKEIN_UNARY(FleetService, SetResourceOutOfOrder)
  SKEIN_UNARY(FleetService, GetFleet)
  SKEIN_UNARY(FleetService, GetDaySummary)

  grpc::ServerBidiReactor<v1::IngestEventsRequest, v1::IngestEventsResponse>* IngestEvents(
      Context* context) override {
    return ingest_.Open(*context);
  }

  grpc::ServerWriteReactor<v1::WatchFleetResponse>* WatchFleet(
      Context*, const v1::WatchFleetRequest* request) override {
    auto* stream = new WatchStream<v1::WatchFleetResponse>(&parts_, "FleetService/WatchFleet");
    Controller* const controller = parts_.controller;
    stream->Start([&](auto on_ready) { return controller->MakeFleetWatch(std::move(on_ready)); },
                  [&](auto queue) { controller->WatchFleet(*request, std::move(queue)); });
    return stream;
  }

  grpc::ServerWriteReactor<v1::WatchTripResponse>* WatchTrip(
      Context*, const v1::WatchTripRequest* request) override {
    auto* stream = new WatchStream<v1::WatchTripResponse>(&parts_, "FleetService/WatchTrip");
    Controller* const controller = parts_.controller;
    stream->Start([&](auto on_ready) { return controller->MakeTripWatch(std::move(on_ready)); },
                  [&](auto queue) { controller->WatchTrip(*request, std::move(queue)); });
    return stream;
  }

  IngestStreams& ingest() { return ingest_; }

 private:
  const RpcParts& parts_;
  IngestStreams ingest_;
};

class Dispatch : public v1::DispatchService::CallbackService {
 public:
  explicit Dispatch(const RpcParts& parts) : parts_(parts) {}

  SKEIN_UNARY(DispatchService, RequestDecision)
  SKEIN_UNARY(DispatchService, DispatchAll)
  SKEIN_UNARY(DispatchService, CancelCommitment)
  SKEIN_UNARY(DispatchService, OverrideDecision)
  SKEIN_UNARY(DispatchService, GetDecision)
  SKEIN_UNARY(DispatchService, ListDecisions)

 private:
  const RpcParts& parts_;
};

#undef SKEIN_UNARY

}  // namespace

struct Services::Implementation {
  explicit Implementation(RpcParts given)
      : parts(std::move(given)), networks(parts), fleet(parts), dispatch(parts) {}

  const RpcParts parts;
  Networks networks;
  Fleet fleet;
  Dispatch dispatch;
};

Services::Services(RpcParts parts)
    : implementation_(std::make_unique<Implementation>(std::move(parts))) {}

Services::~Services() = default;

std::vector<grpc::Service*> Services::all() {
  return {&implementation_->networks, &implementation_->fleet, &implementation_->dispatch};
}

std::vector<std::string> Services::Names() {
  return {v1::NetworkService::service_full_name(), v1::FleetService::service_full_name(),
          v1::DispatchService::service_full_name()};
}

void Services::EndIngestStreams(const absl::Status& status) {
  implementation_->fleet.ingest().EndAll(status);
}

}  // namespace skein::server
