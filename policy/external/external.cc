#include "policy/external/external.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "proto/codec/names.h"
#include "proto/codec/observation_codec.h"
#include "proto/codec/scenario_codec.h"
#include "sim/world.h"
#include "skein/v1/policy_endpoint.grpc.pb.h"

namespace skein::policy {
namespace {

absl::Status ToAbsl(const grpc::Status& status, const std::string& target) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      absl::StrCat("policy program at ", target, ": ", status.error_message()));
}

class ExternalDispatcher final : public Dispatcher {
 public:
  explicit ExternalDispatcher(const ExternalOptions& options)
      : options_(options),
        names_(options.network->scenario()),
        channel_(grpc::CreateChannel(options.target, grpc::InsecureChannelCredentials())),
        stub_(v1::PolicyEndpointService::NewStub(channel_)) {}

  bool Connect() {
    const auto deadline =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(options_.deadline.count(), GPR_TIMESPAN));
    return channel_->WaitForConnected(deadline);
  }

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    v1::DecideRequest request;
    request.set_network(options_.network->scenario().name);
    LearnAircraft(points.front().world->state());
    for (const DecisionPoint& point : points)
      *request.add_observations() = codec::EncodeObservation(*point.observation, names_);
    if (!knows_scenario_)
      *request.mutable_scenario() = codec::EncodeScenario(options_.network->scenario());

    grpc::ClientContext context;
    context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(options_.deadline.count(), GPR_TIMESPAN)));
    v1::DecideResponse response;
    SKEIN_RETURN_IF_ERROR(ToAbsl(stub_->Decide(&context, request, &response), options_.target));
    knows_scenario_ = true;
    if (response.choices_size() != static_cast<int>(points.size()))
      return absl::InvalidArgumentError(absl::StrCat("policy program at ", options_.target,
                                                     ": choices has ", response.choices_size(),
                                                     " entries, want ", points.size()));
    for (std::size_t k = 0; k < points.size(); ++k) {
      SKEIN_ASSIGN_OR_RETURN(choices[k],
                             codec::DecodeChoice(response.choices(static_cast<int>(k)), names_));
      SKEIN_RETURN_IF_ERROR(CheckLegal(*points[k].observation, choices[k]));
    }
    return absl::OkStatus();
  }

  std::string name() const override { return "external:" + options_.target; }

 private:
  // Aircraft that joined the network since the last call.
  void LearnAircraft(const sim::WorldState& state) {
    while (names_.aircraft_count() < state.aircraft.size())
      names_.AddAircraft(state.aircraft[names_.aircraft_count()].name);
  }

  absl::Status CheckLegal(const Observation& seen, const Choice& choice) const {
    const VertiportId at =
        choice.action.kind == ActionKind::kHold ? seen.vertiport : choice.action.destination;
    if (seen.action_mask[at.index()] != 0) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("policy program at ", options_.target, " chose ", names_.Of(at), ": ",
                     std::string(Explain(seen.destinations[at.index()].refusal))));
  }

  const ExternalOptions options_;
  codec::Names names_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::PolicyEndpointService::Stub> stub_;
  bool knows_scenario_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Dispatcher>> MakeExternal(const ExternalOptions& options) {
  const std::size_t colon = options.target.rfind(':');
  const bool has_port =
      colon != std::string::npos && colon > 0 && colon + 1 < options.target.size() &&
      std::all_of(options.target.begin() + static_cast<long>(colon) + 1, options.target.end(),
                  [](char c) { return c >= '0' && c <= '9'; });
  if (!has_port)
    return absl::InvalidArgumentError(
        absl::StrCat("policy = \"external:", options.target, "\", want external:HOST:PORT"));
  auto dispatcher = std::make_unique<ExternalDispatcher>(options);
  if (!dispatcher->Connect())
    return absl::UnavailableError(absl::StrCat("no policy program listens at ", options.target));
  return dispatcher;
}

}  // namespace skein::policy
