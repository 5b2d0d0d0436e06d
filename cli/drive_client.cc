#include "cli/drive_client.h"

#include <grpcpp/grpcpp.h>

#include <thread>

#include "absl/strings/str_split.h"
#include "cli/interrupt.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/resource_name.h"
#include "server/grpc/grpc_status.h"
#include "skein/v1/dispatch_service.grpc.pb.h"
#include "skein/v1/fleet_service.grpc.pb.h"
#include "skein/v1/network_service.grpc.pb.h"

namespace skein::cli {
namespace {

constexpr char kSource[] = "drive";
constexpr std::chrono::milliseconds kCallDeadline{10'000};
constexpr std::chrono::milliseconds kImpatientDeadline{2'000};  // if another may answer
constexpr std::chrono::milliseconds kPause{100};                // between two tries

gpr_timespec In(std::chrono::milliseconds duration) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(duration.count(), GPR_TIMESPAN));
}

}  // namespace

struct DriveClient::Stubs {
  explicit Stubs(const std::string& address)
      : channel(
            grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), Arguments())),
        network(v1::NetworkService::NewStub(channel)),
        fleet(v1::FleetService::NewStub(channel)),
        dispatch(v1::DispatchService::NewStub(channel)) {}

  static grpc::ChannelArguments Arguments() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    arguments.SetMaxReceiveMessageSize(16 << 20);
    return arguments;
  }

  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::NetworkService::Stub> network;
  std::unique_ptr<v1::FleetService::Stub> fleet;
  std::unique_ptr<v1::DispatchService::Stub> dispatch;
};

DriveClient::DriveClient(const DriveTarget& target)
    : target_(target),
      servers_(absl::StrSplit(target.address, ',', absl::SkipEmpty())),
      name_(codec::NetworkName(target.network_id)) {
  if (servers_.empty()) servers_.push_back(target.address);
  TurnTo("");
}

void DriveClient::TurnTo(const std::string& leader) {
  const std::string next = leader.empty() ? servers_[server_++ % servers_.size()] : leader;
  if (next == asked_) return;
  asked_ = next;
  stubs_ = std::make_unique<Stubs>(next);
}

DriveClient::~DriveClient() = default;

template <class Request, class Response, class Method>
absl::Status DriveClient::Call(Method method, const Request& request, Response* response) {
  const auto give_up = std::chrono::steady_clock::now() + target_.patience;
  while (true) {
    grpc::ClientContext context;
    context.set_deadline(In(servers_.size() > 1 ? kImpatientDeadline : kCallDeadline));
    const grpc::Status status = method(&context, request, response);
    if (status.ok()) return absl::OkStatus();
    const bool again = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                       status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
                       status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
    if (Interrupted()) return absl::CancelledError("stopped");
    if (!again || std::chrono::steady_clock::now() > give_up)
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          absl::StrCat(asked_, ": ", status.error_message()));
    ++retries_;
    if (servers_.size() > 1 && status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED)
      TurnTo(server::LeaderOfDetails(status.error_details()).value_or(""));
    std::this_thread::sleep_for(kPause);
  }
}

absl::Status DriveClient::CreateNetwork(const v1::CreateNetworkRequest& request) {
  v1::CreateNetworkResponse response;
  return Call([this](auto* context, const auto& in,
                     auto* out) { return stubs_->network->CreateNetwork(context, in, out); },
              request, &response);
}

absl::StatusOr<std::int64_t> DriveClient::LastSequence() {
  v1::IngestEventRequest request;
  request.mutable_item()->set_network(name_);
  request.mutable_item()->set_source(kSource);
  v1::IngestEventResponse response;
  SKEIN_RETURN_IF_ERROR(
      Call([this](auto* context, const auto& in,
                  auto* out) { return stubs_->fleet->IngestEvent(context, in, out); },
           request, &response));
  return response.result().last_source_sequence();
}

absl::Status DriveClient::Ingest(std::int64_t sequence, const ExternalEvent& event,
                                 const codec::Names& names) {
  v1::IngestEventRequest request;
  v1::IngestItem& item = *request.mutable_item();
  item.set_network(name_);
  item.set_source(kSource);
  item.set_source_sequence(sequence);
  *item.mutable_event() = codec::EncodeEvent(event, names);
  v1::IngestEventResponse response;
  return Call([this](auto* context, const auto& in,
                     auto* out) { return stubs_->fleet->IngestEvent(context, in, out); },
              request, &response);
}

absl::StatusOr<v1::RequestDecisionResponse> DriveClient::Decide(std::int64_t number,
                                                                const std::string& aircraft) {
  v1::RequestDecisionRequest request;
  request.set_network(name_);
  request.set_request_id(absl::StrCat("drive-", number));
  request.set_aircraft(aircraft);
  request.set_want_digest(true);
  v1::RequestDecisionResponse response;
  SKEIN_RETURN_IF_ERROR(
      Call([this](auto* context, const auto& in,
                  auto* out) { return stubs_->dispatch->RequestDecision(context, in, out); },
           request, &response));
  return response;
}

absl::StatusOr<v1::GetDaySummaryResponse> DriveClient::DaySummary(int day) {
  v1::GetDaySummaryRequest request;
  request.set_network(name_);
  request.set_day(day);
  v1::GetDaySummaryResponse response;
  SKEIN_RETURN_IF_ERROR(
      Call([this](auto* context, const auto& in,
                  auto* out) { return stubs_->fleet->GetDaySummary(context, in, out); },
           request, &response));
  return response;
}

absl::StatusOr<v1::Fleet> DriveClient::Fleet() {
  v1::GetFleetRequest request;
  request.set_network(name_);
  v1::GetFleetResponse response;
  SKEIN_RETURN_IF_ERROR(
      Call([this](auto* context, const auto& in,
                  auto* out) { return stubs_->fleet->GetFleet(context, in, out); },
           request, &response));
  return response.fleet();
}

}  // namespace skein::cli
