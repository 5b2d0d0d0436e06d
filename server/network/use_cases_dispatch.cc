#include <set>
#include <span>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/field_checker.h"
#include "server/base/reason.h"
#include "server/network/remembered_answer.h"
#include "server/network/request_fields.h"
#include "server/network/use_cases.h"
#include "server/network/views.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

absl::Status CheckPresent(const LiveNetwork& network, AircraftId id, const char* field) {
  if (network.world().HasAircraft(id)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, " = ", network.names().Of(id), " was removed from the fleet"));
}

absl::StatusOr<AircraftId> AircraftOf(const LiveNetwork& network, const std::string& name) {
  codec::FieldChecker check;
  const AircraftId id = check.AircraftNamed("aircraft", name, network.names());
  if (!check.ok()) return check.status();
  SKEIN_RETURN_IF_ERROR(CheckPresent(network, id, "aircraft"));
  return id;
}

// The parties that an operator names are known, each once; the guard checks the rest.
absl::Status CheckBoarding(const LiveNetwork& network, const Decision& decision) {
  std::set<TripId> seen;
  for (std::size_t k = 0; k < decision.boarding.size(); ++k) {
    const TripId trip = decision.boarding[k];
    if (network.world().FindTrip(trip) == nullptr)
      return absl::InvalidArgumentError(
          absl::StrCat("decision.boardingTrips[", k, "] = ", trip.value, " is unknown"));
    if (!seen.insert(trip).second)
      return absl::InvalidArgumentError(
          absl::StrCat("decision.boardingTrips[", k, "] = ", trip.value, " occurs twice"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::RequestDecisionResponse> RequestDecision(
    LiveNetwork& network, const v1::RequestDecisionRequest& request) {
  SKEIN_RETURN_IF_ERROR(network.AdvanceToNow());
  SKEIN_ASSIGN_OR_RETURN(const AircraftId id, AircraftOf(network, request.aircraft()));
  if (!network.world().state().at(id).open)
    return WithReason(
        absl::FailedPreconditionError(absl::StrCat("aircraft ", request.aircraft(),
                                                   " wants no decision: it ", Doing(network, id))),
        kNoDecisionPoint);
  SKEIN_ASSIGN_OR_RETURN(std::vector<v1::DecisionRecord> records,
                         network.Decide(std::span(&id, 1)));
  v1::RequestDecisionResponse response;
  *response.mutable_progress() = network.Progress(false);
  if (request.want_digest())
    response.mutable_progress()->set_digest(records[0].digest());
  else
    records[0].clear_digest();
  *response.mutable_decision() = std::move(records[0]);
  return response;
}

absl::StatusOr<v1::DispatchAllResponse> DispatchAll(LiveNetwork& network,
                                                    const v1::DispatchAllRequest& request) {
  SKEIN_RETURN_IF_ERROR(network.AdvanceToNow());
  const auto open = network.world().open_points();
  const std::vector<AircraftId> points(open.begin(), open.end());
  SKEIN_ASSIGN_OR_RETURN(std::vector<v1::DecisionRecord> records, network.Decide(points));
  v1::DispatchAllResponse response;
  for (v1::DecisionRecord& record : records) {
    if (!request.want_digest()) record.clear_digest();
    *response.add_decisions() = std::move(record);
  }
  *response.mutable_progress() = network.Progress(request.want_digest());
  return response;
}

absl::StatusOr<v1::CancelCommitmentResponse> CancelCommitment(
    LiveNetwork& network, const v1::CancelCommitmentRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const SimTime time, TimeOf(network, request));
  SKEIN_ASSIGN_OR_RETURN(const AircraftId id, AircraftOf(network, request.aircraft()));
  SKEIN_RETURN_IF_ERROR(
      ApplyOperatorEvent(network, time, CommitmentCancelled{id}, "commitmentCancelled."));
  v1::CancelCommitmentResponse response;
  *response.mutable_progress() = network.Progress(false);
  return response;
}

absl::StatusOr<v1::OverrideDecisionResponse> OverrideDecision(
    LiveNetwork& network, const v1::OverrideDecisionRequest& request) {
  SKEIN_RETURN_IF_ERROR(network.AdvanceToNow());
  SKEIN_ASSIGN_OR_RETURN(const Decision decision,
                         codec::DecodeDecision(request.decision(), network.names()));
  SKEIN_RETURN_IF_ERROR(CheckPresent(network, decision.aircraft, "decision.aircraft"));
  SKEIN_RETURN_IF_ERROR(CheckBoarding(network, decision));
  Observation observation;
  network.world().Observe(decision.aircraft, &observation);
  Choice choice;
  choice.action = decision.action;
  v1::DecisionRecord record;
  codec::EncodeExplanation(observation, choice, network.names(), &record);
  record.set_observed_after(network.host().sequence());
  record.set_decided_by(kOperatorSource);
  const Verdict verdict = network.host().Commit(decision, &record);
  network.desk().CountOther(DecisionOutcome::kOperator, decision, verdict);
  v1::OverrideDecisionResponse response;
  *response.mutable_progress() = network.Progress(request.want_digest());
  if (!request.want_digest()) record.clear_digest();
  *response.mutable_decision() = std::move(record);
  return response;
}

absl::StatusOr<v1::GetDecisionResponse> GetDecision(LiveNetwork& network,
                                                    const v1::GetDecisionRequest& request) {
  SKEIN_ASSIGN_OR_RETURN(const std::vector<storage::JournalRecord> records,
                         network.store().ReadJournal({.network = network.record().id,
                                                      .limit = 1,
                                                      .kind = kDecisionRecord,
                                                      .number = request.decision()}));
  if (records.empty())
    return absl::NotFoundError(absl::StrCat("decision = ", request.decision(), " is unknown"));
  v1::GetDecisionResponse response;
  SKEIN_ASSIGN_OR_RETURN(*response.mutable_decision(), DecisionOf(records[0]));
  return response;
}

absl::StatusOr<v1::ListDecisionsResponse> ListDecisions(LiveNetwork& network,
                                                        const v1::ListDecisionsRequest& request) {
  storage::JournalQuery query;
  query.network = network.record().id;
  query.newest_first = true;
  query.kind = kDecisionRecord;
  SKEIN_ASSIGN_OR_RETURN(query.limit, PageSize(request.page_size()));
  SKEIN_ASSIGN_OR_RETURN(query.before_sequence,
                         PageStart(request.page_token(), query.before_sequence));
  if (!request.aircraft().empty()) {
    codec::FieldChecker check;
    query.subject = check.AircraftNamed("aircraft", request.aircraft(), network.names()).value;
    if (!check.ok()) return check.status();
  }
  SKEIN_ASSIGN_OR_RETURN(const std::vector<storage::JournalRecord> records,
                         network.store().ReadJournal(query));
  v1::ListDecisionsResponse response;
  for (const storage::JournalRecord& record : records) {
    SKEIN_ASSIGN_OR_RETURN(*response.add_decisions(), DecisionOf(record));
  }
  if (static_cast<int>(records.size()) == query.limit)
    response.set_next_page_token(absl::StrCat(records.back().sequence));
  return response;
}

}  // namespace skein::server
