#include "tests/torture/clients/day_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/resource_name.h"
#include "sim/domain/status.h"

namespace skein::torture {

DayClient::DayClient(v1::CreateNetworkRequest creation, std::shared_ptr<const sim::Network> network,
                     std::uint64_t day_seed, std::int64_t most_operations)
    : creation_(std::move(creation)),
      name_(absl::StrCat("day-", creation_.network_id())),
      names_(network->scenario()),
      simulator_(std::move(network), day_seed),
      operations_left_(most_operations) {}

std::optional<Request> DayClient::Next() {
  if (!created_) return creation_;
  if (operations_left_-- <= 0) return std::nullopt;
  if (!simulator_.world().open_points().empty()) {
    v1::RequestDecisionRequest request;
    request.set_network(codec::NetworkName(network()));
    request.set_request_id(absl::StrCat("decision-", decisions_));
    request.set_aircraft(names_.Of(simulator_.world().open_points().front()));
    request.set_want_digest(true);
    return request;
  }
  const std::optional<ExternalEvent> event = simulator_.NextEvent();
  if (!event.has_value()) return std::nullopt;
  v1::IngestEventRequest request;
  request.mutable_item()->set_network(codec::NetworkName(network()));
  request.mutable_item()->set_source("day");
  request.mutable_item()->set_source_sequence(events_ + 1);
  request.mutable_item()->set_want_digest(true);
  *request.mutable_item()->mutable_event() = codec::EncodeEvent(*event, names_);
  return request;
}

absl::Status DayClient::Take(const absl::StatusOr<Response>& answer) {
  if (!answer.ok())
    return absl::InternalError(absl::StrCat("refused: ", answer.status().ToString()));
  if (const auto* event = std::get_if<v1::IngestEventResponse>(&*answer)) return TakeEvent(*event);
  if (const auto* decision = std::get_if<v1::RequestDecisionResponse>(&*answer))
    return TakeDecision(*decision);
  created_ = true;
  return absl::OkStatus();
}

absl::Status DayClient::TakeEvent(const v1::IngestEventResponse& response) {
  ++events_;
  if (response.result().last_source_sequence() != events_)
    return absl::InternalError(absl::StrCat("the service has ",
                                            response.result().last_source_sequence(),
                                            " events of this source, not ", events_));
  SKEIN_RETURN_IF_ERROR(simulator_.Apply(*simulator_.NextEvent()));
  return CheckDigest(response.result().progress().digest());
}

absl::Status DayClient::TakeDecision(const v1::RequestDecisionResponse& response) {
  if (response.decision().id() != decisions_)
    return absl::InternalError(absl::StrCat("the decision has the number ",
                                            response.decision().id(), ", not ", decisions_));
  ++decisions_;
  SKEIN_ASSIGN_OR_RETURN(const Decision decision,
                         codec::DecodeDecision(response.decision().decision(), names_));
  if (!simulator_.Commit(decision).accepted())
    return absl::InternalError("our guard refuses what the service's accepted");
  return CheckDigest(response.decision().digest());
}

absl::Status DayClient::CheckDigest(const std::string& digest) const {
  const std::string ours = codec::HexDigest(simulator_.world().Digest());
  if (digest == ours) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the service's digest is ", digest, ", ours ", ours));
}

}  // namespace skein::torture
