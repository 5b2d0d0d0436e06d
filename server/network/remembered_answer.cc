#include "server/network/remembered_answer.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/network/network_host.h"
#include "sim/domain/status.h"
#include "skein/v1/dispatch_service.pb.h"

namespace skein::server {
namespace {

std::vector<v1::DecisionRecord*> DecisionsOf(google::protobuf::Message* response) {
  if (auto* one = dynamic_cast<v1::RequestDecisionResponse*>(response))
    return {one->mutable_decision()};
  if (auto* choice = dynamic_cast<v1::OverrideDecisionResponse*>(response))
    return {choice->mutable_decision()};
  std::vector<v1::DecisionRecord*> decisions;
  if (auto* all = dynamic_cast<v1::DispatchAllResponse*>(response))
    for (v1::DecisionRecord& decision : *all->mutable_decisions()) decisions.push_back(&decision);
  return decisions;
}

// A refused choice has no number to name it by.
bool HasNumber(const v1::DecisionRecord& decision) { return decision.id() >= 0; }

bool IsName(const v1::DecisionRecord& decision) {
  return HasNumber(decision) && !decision.has_decision();
}

v1::DecisionRecord NameOf(const v1::DecisionRecord& decision) {
  v1::DecisionRecord name;
  name.set_id(decision.id());
  name.set_digest(decision.digest());
  return name;
}

absl::StatusOr<v1::DecisionRecord> FindNamed(const v1::DecisionRecord& name,
                                             const std::string& network,
                                             storage::FleetStore* store) {
  SKEIN_ASSIGN_OR_RETURN(
      const std::vector<storage::JournalRecord> found,
      store->ReadJournal(
          {.network = network, .limit = 1, .kind = kDecisionRecord, .number = name.id()}));
  if (found.empty())
    return absl::DataLossError(absl::StrCat("decision ", name.id(), " is not in the journal"));
  SKEIN_ASSIGN_OR_RETURN(v1::DecisionRecord decision, DecisionOf(found[0]));
  decision.set_digest(name.digest());
  return decision;
}

}  // namespace

absl::StatusOr<v1::DecisionRecord> DecisionOf(const storage::JournalRecord& record) {
  v1::JournalRecord message;
  if (!message.ParseFromString(record.payload) || !message.has_decision())
    return absl::DataLossError(
        absl::StrCat("journal record ", record.sequence, " holds no decision"));
  Expand(message.mutable_decision());
  return std::move(*message.mutable_decision());
}

std::string Condense(google::protobuf::Message* response) {
  const std::vector<v1::DecisionRecord*> decisions = DecisionsOf(response);
  std::vector<v1::DecisionRecord> kept;
  for (v1::DecisionRecord* decision : decisions) {
    v1::DecisionRecord name = HasNumber(*decision) ? NameOf(*decision) : *decision;
    kept.push_back(std::exchange(*decision, std::move(name)));
  }
  std::string bytes = response->SerializeAsString();
  for (std::size_t k = 0; k < decisions.size(); ++k) *decisions[k] = std::move(kept[k]);
  return bytes;
}

absl::Status Recall(const std::string& bytes, const std::string& network,
                    storage::FleetStore* store, google::protobuf::Message* response) {
  if (!response->ParseFromString(bytes)) return absl::DataLossError("it cannot be read");
  for (v1::DecisionRecord* decision : DecisionsOf(response)) {
    if (!IsName(*decision)) continue;
    SKEIN_ASSIGN_OR_RETURN(*decision, FindNamed(*decision, network, store));
  }
  return absl::OkStatus();
}

}  // namespace skein::server
