#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/scenario_codec.h"
#include "server/network/request_fields.h"
#include "server/network/use_cases.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

using sim::AdvisoryState;

bool IsKnown(const LiveNetwork& network, AdvisoryId id) {
  const auto& advisories = network.world().state().advisories;
  return std::any_of(advisories.begin(), advisories.end(),
                     [id](const AdvisoryState& known) { return known.advisory.id == id; });
}

}  // namespace

absl::StatusOr<v1::GetScenarioResponse> GetScenario(LiveNetwork& network,
                                                    const v1::GetScenarioRequest&) {
  v1::GetScenarioResponse response;
  *response.mutable_scenario() = codec::EncodeScenario(network.world().network().scenario());
  return response;
}

absl::StatusOr<v1::IssueAdvisoryResponse> IssueAdvisory(LiveNetwork& network,
                                                        const v1::IssueAdvisoryRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  SKEIN_ASSIGN_OR_RETURN(const Advisory advisory,
                         codec::DecodeAdvisory(request.advisory(), network.names()));
  SKEIN_RETURN_IF_ERROR(
      ApplyOperatorEvent(network, time, AdvisoryIssued{advisory}, "advisoryIssued."));
  v1::IssueAdvisoryResponse response;
  *response.mutable_advisory() = codec::EncodeAdvisory(advisory, network.names());
  *response.mutable_progress() = network.Progress(false);
  return response;
}

absl::StatusOr<v1::WithdrawAdvisoryResponse> WithdrawAdvisory(
    LiveNetwork& network, const v1::WithdrawAdvisoryRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  const AdvisoryId id{request.advisory()};
  if (!IsKnown(network, id))
    return absl::NotFoundError(
        absl::StrCat("advisory = ", id.value, " is neither in force nor to come"));
  SKEIN_RETURN_IF_ERROR(
      ApplyOperatorEvent(network, time, AdvisoryWithdrawn{id}, "advisoryWithdrawn."));
  v1::WithdrawAdvisoryResponse response;
  *response.mutable_progress() = network.Progress(false);
  return response;
}

absl::StatusOr<v1::ListAdvisoriesResponse> ListAdvisories(
    LiveNetwork& network, const v1::ListAdvisoriesRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  SKEIN_ASSIGN_OR_RETURN(const std::int64_t start, PageStart(request.page_token(), 0));
  v1::ListAdvisoriesResponse response;
  for (const AdvisoryState& known : network.world().state().advisories) {
    if (known.advisory.id.value < start) continue;
    if (response.advisories_size() == page_size) {
      response.set_next_page_token(absl::StrCat(known.advisory.id.value));
      break;
    }
    *response.add_advisories() = codec::EncodeAdvisory(known.advisory, network.names());
  }
  return response;
}

}  // namespace skein::server
