#pragma once

#include "absl/status/statusor.h"
#include "server/network/live_network.h"
#include "skein/v1/dispatch_service.pb.h"
#include "skein/v1/fleet_service.pb.h"
#include "skein/v1/network_service.pb.h"

// The use cases of one network, as Controller describes them: plain functions that run on the
// network's sequencer. On an error nothing has changed, except that time may have moved.
namespace skein::server {

// use_cases_network.cc
absl::StatusOr<v1::GetScenarioResponse> GetScenario(LiveNetwork& network,
                                                    const v1::GetScenarioRequest& request);
absl::StatusOr<v1::IssueAdvisoryResponse> IssueAdvisory(LiveNetwork& network,
                                                        const v1::IssueAdvisoryRequest& request);
absl::StatusOr<v1::WithdrawAdvisoryResponse> WithdrawAdvisory(
    LiveNetwork& network, const v1::WithdrawAdvisoryRequest& request);
absl::StatusOr<v1::ListAdvisoriesResponse> ListAdvisories(LiveNetwork& network,
                                                          const v1::ListAdvisoriesRequest& request);

// use_cases_fleet.cc
absl::StatusOr<v1::IngestEventResponse> IngestEvent(LiveNetwork& network,
                                                    const v1::IngestEventRequest& request);
absl::StatusOr<v1::SubmitTripResponse> SubmitTrip(LiveNetwork& network,
                                                  const v1::SubmitTripRequest& request);
absl::StatusOr<v1::CancelTripResponse> CancelTrip(LiveNetwork& network,
                                                  const v1::CancelTripRequest& request);
absl::StatusOr<v1::GetTripResponse> GetTrip(LiveNetwork& network,
                                            const v1::GetTripRequest& request);
absl::StatusOr<v1::GroundAircraftResponse> GroundAircraft(LiveNetwork& network,
                                                          const v1::GroundAircraftRequest& request);
absl::StatusOr<v1::ReturnAircraftResponse> ReturnAircraft(LiveNetwork& network,
                                                          const v1::ReturnAircraftRequest& request);
absl::StatusOr<v1::AddAircraftResponse> AddAircraft(LiveNetwork& network,
                                                    const v1::AddAircraftRequest& request);
absl::StatusOr<v1::RemoveAircraftResponse> RemoveAircraft(LiveNetwork& network,
                                                          const v1::RemoveAircraftRequest& request);
absl::StatusOr<v1::SetResourceOutOfOrderResponse> SetResourceOutOfOrder(
    LiveNetwork& network, const v1::SetResourceOutOfOrderRequest& request);
absl::StatusOr<v1::GetFleetResponse> GetFleet(LiveNetwork& network,
                                              const v1::GetFleetRequest& request);
absl::StatusOr<v1::GetDaySummaryResponse> GetDaySummary(LiveNetwork& network,
                                                        const v1::GetDaySummaryRequest& request);

// use_cases_dispatch.cc
absl::StatusOr<v1::RequestDecisionResponse> RequestDecision(
    LiveNetwork& network, const v1::RequestDecisionRequest& request);
absl::StatusOr<v1::DispatchAllResponse> DispatchAll(LiveNetwork& network,
                                                    const v1::DispatchAllRequest& request);
absl::StatusOr<v1::CancelCommitmentResponse> CancelCommitment(
    LiveNetwork& network, const v1::CancelCommitmentRequest& request);
absl::StatusOr<v1::OverrideDecisionResponse> OverrideDecision(
    LiveNetwork& network, const v1::OverrideDecisionRequest& request);
absl::StatusOr<v1::GetDecisionResponse> GetDecision(LiveNetwork& network,
                                                    const v1::GetDecisionRequest& request);
absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(LiveNetwork& network,
                                                        const v1::ListDecisionsRequest& request);

}  // namespace skein::server
