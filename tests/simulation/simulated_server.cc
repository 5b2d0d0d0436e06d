#include "tests/simulation/simulated_server.h"

#include <cmath>
#include <string>
#include <utility>

#include "policy/rules/rules.h"
#include "sim/domain/status.h"
#include "tests/sim/triangle.h"

namespace skein::simulation {
namespace {

constexpr std::int64_t kLeaseMs = 1000;

using torture::Request;
using torture::Response;

// A policy that is late, fails, or answers nonsense now and then.
class MoodyPolicy : public Dispatcher {
 public:
  MoodyPolicy(std::unique_ptr<Dispatcher> policy, Scheduler* scheduler, const PolicyFaults* faults)
      : policy_(std::move(policy)), scheduler_(scheduler), faults_(faults) {}

  std::string name() const override { return policy_->name(); }

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    SKEIN_RETURN_IF_ERROR(policy_->DecideBatch(points, choices));
    if (!scheduler_->dice().Chance(faults_->chance)) return absl::OkStatus();
    switch (scheduler_->dice().Below(4)) {
      case 0: scheduler_->clock().Advance(1000); return absl::OkStatus();
      case 1: return absl::UnavailableError("injected: the policy fails");
      case 2: choices[0].value = NAN; return absl::OkStatus();
      default: choices[0].action = Action::Fly(VertiportId{2}); return absl::OkStatus();
    }
  }

 private:
  const std::unique_ptr<Dispatcher> policy_;
  Scheduler* const scheduler_;
  const PolicyFaults* const faults_;
};

template <class RequestMessage>
using UseCase = void (server::Controller::*)(const RequestMessage&, const server::CallOptions&,
                                             server::Callback<torture::ResponseOf<RequestMessage>>);

UseCase<v1::CreateNetworkRequest> UseCaseOf(const v1::CreateNetworkRequest&) {
  return &server::Controller::CreateNetwork;
}
UseCase<v1::GetNetworkRequest> UseCaseOf(const v1::GetNetworkRequest&) {
  return &server::Controller::GetNetwork;
}
UseCase<v1::IngestEventRequest> UseCaseOf(const v1::IngestEventRequest&) {
  return &server::Controller::IngestEvent;
}
UseCase<v1::SubmitTripRequest> UseCaseOf(const v1::SubmitTripRequest&) {
  return &server::Controller::SubmitTrip;
}
UseCase<v1::CancelTripRequest> UseCaseOf(const v1::CancelTripRequest&) {
  return &server::Controller::CancelTrip;
}
UseCase<v1::IssueAdvisoryRequest> UseCaseOf(const v1::IssueAdvisoryRequest&) {
  return &server::Controller::IssueAdvisory;
}
UseCase<v1::GroundAircraftRequest> UseCaseOf(const v1::GroundAircraftRequest&) {
  return &server::Controller::GroundAircraft;
}
UseCase<v1::ReturnAircraftRequest> UseCaseOf(const v1::ReturnAircraftRequest&) {
  return &server::Controller::ReturnAircraft;
}
UseCase<v1::RequestDecisionRequest> UseCaseOf(const v1::RequestDecisionRequest&) {
  return &server::Controller::RequestDecision;
}
UseCase<v1::DispatchAllRequest> UseCaseOf(const v1::DispatchAllRequest&) {
  return &server::Controller::DispatchAll;
}

}  // namespace

SimulatedServer::SimulatedServer(Parts parts) : parts_(std::move(parts)), host_(parts_.scheduler) {}

SimulatedServer::~SimulatedServer() {
  if (controller_ != nullptr) Crash();
  Remove();
}

server::ControllerParts SimulatedServer::ControllerPartsOf() {
  server::ControllerParts parts;
  parts.store = store_.get();
  parts.clock = &parts_.scheduler->clock();
  parts.metrics = &metrics_;
  parts.executor = &host_;
  parts.role = role_.get();
  parts.keep_ledger = true;
  parts.dispatchers =
      [this](
          const server::DispatcherRequest& request) -> absl::StatusOr<std::unique_ptr<Dispatcher>> {
    if (request.policy == "greedy") return policy::MakeGreedy(request.network);
    if (request.policy == "moody")
      return std::make_unique<MoodyPolicy>(policy::MakeRandom(request.seed), parts_.scheduler,
                                           parts_.policy_faults);
    return absl::InvalidArgumentError("unknown policy");
  };
  parts.scenarios = [](const std::string&) -> absl::StatusOr<Scenario> { return Triangle(); };
  return parts;
}

absl::Status SimulatedServer::Start() {
  Remove();
  ++life_;
  crashed_ = false;
  store_ = std::make_unique<SimulatedStore>(parts_.disk, parts_.scheduler, parts_.store_faults,
                                            parts_.sabotage);
  role_ = std::make_unique<server::WriterRole>();
  SKEIN_ASSIGN_OR_RETURN(controller_,
                         server::Controller::Open(parts_.options, ControllerPartsOf()));
  server::Elector::Options election{
      .claim = {.holder = parts_.address, .address = parts_.address, .lease_ms = kLeaseMs}};
  election.on_role = [this](bool leads, std::int64_t, const std::string&) {
    parts_.on_role(leads);
  };
  elector_ = std::make_unique<server::Elector>(std::move(election), store_.get(), controller_.get(),
                                               role_.get(), &parts_.scheduler->clock());
  next_look_ms_ = 0;
  return absl::OkStatus();
}

void SimulatedServer::LookWhoLeads() {
  if (!running() || paused() || parts_.scheduler->now_ms() < next_look_ms_) return;
  next_look_ms_ = parts_.scheduler->now_ms() + elector_->Step().count();
}

void SimulatedServer::Crash() {
  crashed_ = true;
  host_.Pause(false);
  if (store_ != nullptr) store_->Cut();
}

void SimulatedServer::Remove() {
  elector_.reset();
  controller_.reset();
  if (store_ == nullptr) return;
  failed_commits_ += store_->failed_commits();
  in_doubt_commits_ += store_->in_doubt_commits();
  store_.reset();
}

void SimulatedServer::Stop() {
  host_.Pause(false);
  if (controller_ != nullptr) controller_->Drain();
  if (elector_ != nullptr) elector_->Stop();
  Remove();
}

void SimulatedServer::Call(const Request& request, const server::CallOptions& options,
                           Answer answer) {
  std::visit(
      [&](const auto& message) {
        using Message = std::decay_t<decltype(message)>;
        (controller_.get()->*UseCaseOf(message))(
            message, options,
            [answer = std::move(answer)](absl::StatusOr<torture::ResponseOf<Message>> response) {
              if (response.ok())
                answer(Response(*std::move(response)));
              else
                answer(response.status());
            });
      },
      request);
}

}  // namespace skein::simulation
