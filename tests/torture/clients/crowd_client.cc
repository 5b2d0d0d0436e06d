#include "tests/torture/clients/crowd_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/resource_name.h"

namespace skein::torture {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

CrowdClient::CrowdClient(std::string name, v1::CreateNetworkRequest creation, codec::Names names,
                         std::uint64_t seed, std::int64_t operations)
    : name_(std::move(name)),
      creation_(std::move(creation)),
      names_(std::move(names)),
      dice_(seed),
      operations_left_(operations) {}

std::string CrowdClient::SomeVertiport() {
  return names_.Of(VertiportId{dice_.Below(static_cast<int>(names_.vertiport_count()))});
}

std::string CrowdClient::SomeAircraft() {
  return names_.Of(AircraftId{dice_.Below(static_cast<int>(names_.aircraft_count()))});
}

template <class RequestMessage>
RequestMessage CrowdClient::Mutation() {
  RequestMessage request;
  request.set_network(codec::NetworkName(network()));
  request.set_request_id(absl::StrCat(name_, "-", ++requests_));
  return request;
}

std::optional<Request> CrowdClient::Next() {
  reports_ = false;
  if (!created_) return creation_;
  if (operations_left_-- <= 0) return std::nullopt;
  const double choice = dice_.Uniform();
  if (choice < 0.35) return AskForDecision();
  if (choice < 0.65) return ReportOrWait();
  if (choice < 0.80) return SubmitTrip();
  if (choice < 0.85) return CancelTrip();
  if (choice < 0.90) return GroundOrReturn();
  if (choice < 0.95) return IssueAdvisory();
  return Look();
}

Request CrowdClient::AskForDecision() {
  if (dice_.Chance(0.2)) {
    auto all = Mutation<v1::DispatchAllRequest>();
    all.set_want_digest(true);
    return all;
  }
  auto request = Mutation<v1::RequestDecisionRequest>();
  const int open = progress_.open_decision_points_size();
  request.set_aircraft(open > 0 ? progress_.open_decision_points(dice_.Below(open))
                                : SomeAircraft());
  request.set_want_digest(true);
  return request;
}

// The next thing that happens: a flight's movement, or nothing but time.
Request CrowdClient::ReportOrWait() {
  v1::Event event;
  event.mutable_time_advanced();
  std::int64_t next = progress_.time_ms() + kMinuteMs;
  if (progress_.has_next_stop_ms()) next = progress_.next_stop_ms();
  if (!to_report_.empty() && to_report_.begin()->first <= next) {
    event = to_report_.begin()->second;
    next = to_report_.begin()->first;
    reports_ = true;
  }
  if (!system_clock()) event.set_time_ms(std::max(next, progress_.time_ms()));
  return Ingest(event);
}

Request CrowdClient::Ingest(const v1::Event& event) {
  v1::IngestEventRequest request;
  request.mutable_item()->set_network(codec::NetworkName(network()));
  request.mutable_item()->set_source(absl::StrCat(name_, "-", sources_));
  request.mutable_item()->set_source_sequence(sequence_ + 1);
  *request.mutable_item()->mutable_event() = event;
  return request;
}

Request CrowdClient::SubmitTrip() {
  auto request = Mutation<v1::SubmitTripRequest>();
  request.set_origin(SomeVertiport());
  request.set_destination(SomeVertiport());
  request.set_passengers(dice_.Int(1, 3));
  return request;
}

Request CrowdClient::CancelTrip() {
  auto request = Mutation<v1::CancelTripRequest>();
  request.set_trip(trips_.empty() ? 0 : trips_[dice_.Below(trips_.size())]);
  return request;
}

Request CrowdClient::GroundOrReturn() {
  if (dice_.Chance(0.3)) {
    auto request = Mutation<v1::GroundAircraftRequest>();
    request.set_aircraft(SomeAircraft());
    return request;
  }
  auto request = Mutation<v1::ReturnAircraftRequest>();
  request.set_aircraft(SomeAircraft());
  return request;
}

Request CrowdClient::IssueAdvisory() {
  auto request = Mutation<v1::IssueAdvisoryRequest>();
  v1::Advisory* advisory = request.mutable_advisory();
  advisory->set_id(dice_.Below(1'000'000));
  advisory->set_kind(v1::ADVISORY_KIND_VERTIPORT_CLOSED);
  advisory->set_vertiport(SomeVertiport());
  advisory->set_start_ms(progress_.time_ms() + dice_.Int(1, 30) * kMinuteMs);
  advisory->set_end_ms(advisory->start_ms() + dice_.Int(1, 20) * kMinuteMs);
  return request;
}

Request CrowdClient::Look() const {
  v1::GetNetworkRequest request;
  request.set_name(codec::NetworkName(network()));
  request.set_want_digest(true);
  return request;
}

bool CrowdClient::MayGiveUp(const Request& request) const {
  return !std::holds_alternative<v1::IngestEventRequest>(request) &&
         !std::holds_alternative<v1::CreateNetworkRequest>(request);
}

absl::Status CrowdClient::Take(const absl::StatusOr<Response>& answer) {
  if (!answer.ok()) {
    // What was in doubt may still take its number: the next events come from another source.
    if (absl::IsUnavailable(answer.status())) {
      ++sources_;
      sequence_ = 0;
    }
    if (reports_) to_report_.erase(to_report_.begin());
    return absl::OkStatus();
  }
  created_ = true;
  std::visit(
      [this](const auto& response) {
        if constexpr (requires { response.progress(); }) Learn(response.progress());
        if constexpr (requires { response.decision(); }) Expect(response.decision());
        if constexpr (requires { response.decisions(); })
          for (const v1::DecisionRecord& decision : response.decisions()) Expect(decision);
        if constexpr (requires { response.trip(); }) trips_.push_back(response.trip().id());
        if constexpr (requires { response.network(); }) Learn(response.network().progress());
        if constexpr (requires { response.result(); }) {
          Learn(response.result().progress());
          sequence_ = response.result().last_source_sequence();
          if (reports_) to_report_.erase(to_report_.begin());
        }
      },
      *answer);
  return absl::OkStatus();
}

void CrowdClient::Learn(const v1::NetworkProgress& progress) { progress_ = progress; }

void CrowdClient::Expect(const v1::DecisionRecord& decision) {
  if (!decision.decision().has_fly()) return;
  v1::Event event;
  event.mutable_took_off()->set_aircraft(decision.decision().aircraft());
  to_report_.emplace(decision.verdict().take_off_ms(), event);
  event.mutable_landed()->set_aircraft(decision.decision().aircraft());
  event.mutable_landed()->set_vertiport(decision.decision().fly().destination());
  to_report_.emplace(decision.verdict().landing_ms(), event);
}

}  // namespace skein::torture
