#include "tests/simulation/oracle.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/resource_name.h"
#include "server/network/network_host.h"
#include "server/network/remembered_answer.h"
#include "sim/domain/status.h"
#include "tests/simulation/journal_replay.h"

namespace skein::simulation {
namespace {

using torture::Operation;

absl::Status Wrong(const Operation& operation, const std::string& what) {
  return absl::InternalError(absl::StrCat(operation.client, ", operation ", operation.number, ", ",
                                          torture::MethodOf(operation.request), ": ", what));
}

// One network's part of the history against its journal.
class NetworkOracle {
 public:
  NetworkOracle(storage::FleetStore* store, const storage::NetworkRecord& record)
      : store_(store), record_(record) {}

  absl::Status Replay() {
    SKEIN_ASSIGN_OR_RETURN(replay_, ReplayJournal(store_, record_));
    for (const auto begin :
         {server::NetworkHost::Begin::kSnapshot, server::NetworkHost::Begin::kFirstRecord}) {
      SKEIN_ASSIGN_OR_RETURN(const auto host, server::NetworkHost::Load(record_, store_, begin));
      if (codec::HexDigest(host->world().Digest()) != replay_.digests.back())
        return absl::InternalError(absl::StrCat(record_.id, " loads with another digest"));
    }
    return absl::OkStatus();
  }

  absl::Status Check(const Operation& operation) {
    if (const auto* look = std::get_if<v1::GetNetworkRequest>(&operation.request))
      return operation.outcome == Operation::Outcome::kOk ? CheckRead(operation, *look)
                                                          : absl::OkStatus();
    if (const auto* event = std::get_if<v1::IngestEventRequest>(&operation.request))
      return CheckEvent(operation, event->item());
    return CheckMutation(operation);
  }

  // After all operations of the network were checked.
  absl::Status CheckTotals() const {
    const auto decisions = static_cast<std::int64_t>(replay_.decisions.size());
    if (!record_.auto_dispatch && decisions != decisions_answered_)
      return absl::InternalError(absl::StrCat(
          record_.id, " has ", decisions, " decisions, the stored answers ", decisions_answered_));
    if (replay_.operator_events == events_answered_) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(record_.id, " has ", replay_.operator_events,
                                            " events of the operator, the stored answers ",
                                            events_answered_));
  }

  std::int64_t decisions() const { return static_cast<std::int64_t>(replay_.decisions.size()); }
  std::int64_t records() const { return static_cast<std::int64_t>(replay_.digests.size()) - 1; }

 private:
  absl::Status CheckMutation(const Operation& operation) {
    return std::visit(
        [&](const auto& request) {
          return CheckAnswer(operation, torture::ResponseOf<std::decay_t<decltype(request)>>());
        },
        operation.request);
  }

  // `response` is an empty message of its type.
  template <class ResponseMessage>
  absl::Status CheckAnswer(const Operation& operation, ResponseMessage response) {
    const std::string method = torture::MethodOf(operation.request);
    const std::string request_id = torture::RequestIdOf(operation.request);
    SKEIN_ASSIGN_OR_RETURN(const auto stored, store_->FindResponse(record_.id, method, request_id));
    if (!stored.has_value())
      return operation.outcome == Operation::Outcome::kOk
                 ? Wrong(operation, "acknowledged, but not in the store")
                 : absl::OkStatus();
    if (operation.outcome == Operation::Outcome::kFailed)
      return Wrong(operation,
                   absl::StrCat("refused, but in the store: ", operation.failure.ToString()));
    SKEIN_RETURN_IF_ERROR(server::Recall(stored->response, record_.id, store_, &response));
    if (operation.outcome == Operation::Outcome::kOk &&
        response.SerializeAsString() != operation.response)
      return Wrong(operation, "the store has another answer than the client was given");
    if (!counted_.emplace(method, request_id).second) return absl::OkStatus();
    return Count(operation, response);
  }

  template <class ResponseMessage>
  absl::Status Count(const Operation& operation, const ResponseMessage& response) {
    if constexpr (requires { response.decision(); })
      return CheckDecision(operation, response.decision());
    if constexpr (requires { response.decisions(); }) {
      for (const v1::DecisionRecord& decision : response.decisions())
        SKEIN_RETURN_IF_ERROR(CheckDecision(operation, decision));
      return absl::OkStatus();
    }
    if constexpr (!std::is_same_v<ResponseMessage, v1::CreateNetworkResponse>) ++events_answered_;
    return absl::OkStatus();
  }

  absl::Status CheckDecision(const Operation& operation, const v1::DecisionRecord& decision) {
    ++decisions_answered_;
    const auto found = replay_.decisions.find(decision.id());
    if (found == replay_.decisions.end())
      return Wrong(operation, absl::StrCat("decision ", decision.id(), " is not in the journal"));
    if (!numbers_.insert(decision.id()).second)
      return Wrong(operation, absl::StrCat("decision ", decision.id(), " was given before"));
    if (found->second == decision.digest()) return absl::OkStatus();
    return Wrong(operation, absl::StrCat("decision ", decision.id(), " has another digest"));
  }

  absl::Status CheckEvent(const Operation& operation, const v1::IngestItem& item) const {
    const auto last = replay_.last_of.find(item.source());
    const bool present = last != replay_.last_of.end() && item.source_sequence() <= last->second;
    if (operation.outcome == Operation::Outcome::kOk && !present)
      return Wrong(operation, "acknowledged, but not in the journal");
    return absl::OkStatus();
  }

  absl::Status CheckRead(const Operation& operation, const v1::GetNetworkRequest&) const {
    v1::GetNetworkResponse response;
    if (!response.ParseFromString(operation.response)) return Wrong(operation, "cannot be read");
    if (response.network().state() != v1::NETWORK_STATE_ACTIVE) return absl::OkStatus();
    const auto sequence = static_cast<std::size_t>(response.network().journal_sequence());
    if (sequence < replay_.digests.size() &&
        replay_.digests[sequence] == response.network().progress().digest())
      return absl::OkStatus();
    return Wrong(operation, absl::StrCat("it showed a state after record ", sequence,
                                         " that the journal does not have"));
  }

  storage::FleetStore* const store_;
  const storage::NetworkRecord record_;
  JournalReplay replay_;
  std::set<std::pair<std::string, std::string>> counted_;  // method, request id
  std::set<std::int64_t> numbers_;
  std::int64_t decisions_answered_ = 0;
  std::int64_t events_answered_ = 0;
};

}  // namespace

absl::Status CheckStore(storage::FleetStore* store, const History& history,
                        OracleFigures* figures) {
  SKEIN_ASSIGN_OR_RETURN(const std::vector<storage::NetworkRecord> networks, store->ListNetworks());
  std::map<std::string, NetworkOracle> oracles;
  for (const storage::NetworkRecord& record : networks) {
    NetworkOracle& oracle = oracles.try_emplace(record.id, store, record).first->second;
    SKEIN_RETURN_IF_ERROR(oracle.Replay());
    figures->records += oracle.records();
    figures->decisions += oracle.decisions();
  }
  for (const Operation& operation : history) {
    const bool ok = operation.outcome == Operation::Outcome::kOk;
    const auto oracle = oracles.find(operation.network);
    if (oracle == oracles.end()) {
      if (ok) return Wrong(operation, "acknowledged, but the store has no such network");
      continue;
    }
    SKEIN_RETURN_IF_ERROR(oracle->second.Check(operation));
    if (ok && !std::holds_alternative<v1::GetNetworkRequest>(operation.request))
      ++figures->acknowledged;
  }
  for (const auto& [id, oracle] : oracles) SKEIN_RETURN_IF_ERROR(oracle.CheckTotals());
  return absl::OkStatus();
}

}  // namespace skein::simulation
