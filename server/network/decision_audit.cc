#include "server/network/decision_audit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/resource_name.h"
#include "server/network/network_host.h"
#include "sim/domain/status.h"
#include "skein/v1/journal.pb.h"

namespace skein::server {
namespace {

using storage::JournalRecord;

// A store that gives out one record at a time, so that one can look at the world before each.
class OneByOne : public storage::FleetStore {
 public:
  OneByOne(storage::FleetStore* store, std::int64_t last) : store_(store), last_(last) {}

  // The next record of the network; null at the end.
  absl::StatusOr<const JournalRecord*> Next(const std::string& network) {
    if (next_ == page_.size()) {
      const std::int64_t after = page_.empty() ? 0 : page_.back().sequence;
      next_ = 0;
      page_.clear();
      if (after == last_) return nullptr;
      SKEIN_ASSIGN_OR_RETURN(page_, store_->ReadJournal({.network = network,
                                                         .after_sequence = after,
                                                         .before_sequence = BeforeEnd(),
                                                         .limit = kFollowPage}));
      if (page_.empty()) return nullptr;
    }
    return &page_[next_];
  }

  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const storage::JournalQuery&) override {
    return std::vector<JournalRecord>{page_[next_++]};
  }
  absl::Status CommitBatch(std::span<const storage::NetworkBatch>) override {
    return absl::UnimplementedError("an audit writes nothing");
  }
  absl::StatusOr<std::vector<storage::NetworkRecord>> ListNetworks() override {
    return store_->ListNetworks();
  }
  absl::StatusOr<std::optional<storage::SnapshotRecord>> LoadSnapshot(const std::string&,
                                                                      std::int64_t) override {
    return std::nullopt;
  }
  absl::StatusOr<std::optional<storage::ResponseRecord>> FindResponse(const std::string&,
                                                                      const std::string&,
                                                                      const std::string&) override {
    return std::nullopt;
  }

 private:
  std::int64_t BeforeEnd() const {
    return last_ == std::numeric_limits<std::int64_t>::max() ? last_ : last_ + 1;
  }

  storage::FleetStore* const store_;
  const std::int64_t last_;
  std::vector<JournalRecord> page_;
  std::size_t next_ = 0;
};

// The worlds that the choices still to come may have been made in: those since the last event.
class SeenWorlds {
 public:
  void Forget() { worlds_.clear(); }
  void Keep(std::int64_t sequence, const sim::World& world) {
    if (Find(sequence) == nullptr) worlds_.emplace_back(sequence, world);
  }
  const sim::World* Find(std::int64_t sequence) const {
    for (const auto& [kept, world] : worlds_)
      if (kept == sequence) return &world;
    return nullptr;
  }

 private:
  std::vector<std::pair<std::int64_t, sim::World>> worlds_;
};

// Whether the record says of the destinations what the choice's observation says, scores apart.
bool Explains(const v1::DecisionRecord& derived, const v1::DecisionRecord& logged) {
  if (derived.destinations_size() != logged.destinations_size()) return false;
  for (int k = 0; k < derived.destinations_size(); ++k) {
    v1::DestinationExplanation want = derived.destinations(k);
    v1::DestinationExplanation row = logged.destinations(k);
    want.clear_score();
    row.clear_score();
    if (row.SerializeAsString() != want.SerializeAsString()) return false;
  }
  return true;
}

// Whether the choice is the legal destination with the best score; nothing, if the scores do not
// tell.
std::optional<bool> IsBest(const v1::DecisionRecord& logged, const std::string& policy) {
  if (logged.decided_by() != policy || logged.probability() != 1) return std::nullopt;
  const std::string chosen =
      logged.decision().has_fly() ? logged.decision().fly().destination() : logged.vertiport();
  std::optional<float> best, of_chosen;
  for (const v1::DestinationExplanation& row : logged.destinations()) {
    const bool hold = row.destination() == logged.vertiport();
    if (!row.has_score() || (!hold && row.refusal() != v1::REFUSAL_UNSPECIFIED)) continue;
    if (!best.has_value() || row.score() > *best) best = row.score();
    if (row.destination() == chosen) of_chosen = row.score();
  }
  if (!best.has_value()) return std::nullopt;
  return of_chosen == best;
}

bool SameAction(const Action& action, const v1::Decision& logged, const codec::Names& names) {
  if (action.kind == ActionKind::kHold) return logged.has_hold();
  return logged.has_fly() && logged.fly().destination() == names.Of(action.destination);
}

// Largest difference of two scores; infinite, if only one of them is there.
double ScoreDifference(const v1::DecisionRecord& a, const v1::DecisionRecord& b) {
  double largest = 0;
  for (int k = 0; k < a.destinations_size(); ++k) {
    const v1::DestinationExplanation &one = a.destinations(k), &other = b.destinations(k);
    if (one.has_score() != other.has_score()) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, std::abs(static_cast<double>(one.score()) - other.score()));
  }
  return largest;
}

// What the policy gave, bit by bit: equal numbers of these are the same bits but for the sign of
// zero.
bool SameBits(const v1::DecisionRecord& a, const v1::DecisionRecord& b) {
  return ScoreDifference(a, b) == 0 && a.probability() == b.probability() &&
         a.value_usd() == b.value_usd() && a.features_hash() == b.features_hash();
}

// The policy of a network, asked again for what it chose.
class Again {
 public:
  Again(std::string policy, std::unique_ptr<Dispatcher> dispatcher)
      : policy_(std::move(policy)),
        dispatcher_(std::move(dispatcher)),
        version_(dispatcher_->version()) {}

  absl::Status Ask(const Observation& observation, const sim::World& world,
                   const codec::Names& names, const v1::DecisionRecord& logged,
                   DecisionAudit* audit) {
    audit->repeatable = version_.repeatable;
    if (!version_.repeatable || logged.decided_by() != policy_) return absl::OkStatus();
    if (logged.policy_checksum() != version_.checksum) {
      ++audit->other_weights;
      return absl::OkStatus();
    }
    const DecisionPoint point{&observation, &world};
    Choice choice;
    SKEIN_RETURN_IF_ERROR(dispatcher_->DecideBatch(std::span(&point, 1), std::span(&choice, 1)));
    v1::DecisionRecord derived;
    codec::EncodeExplanation(observation, choice, names, &derived);
    const bool same_action = SameAction(choice.action, logged.decision(), names);
    ++audit->asked;
    if (logged.policy_backend() != version_.backend) {
      audit->same_action += same_action ? 1 : 0;
      audit->score_difference = std::max(audit->score_difference, ScoreDifference(derived, logged));
    } else if (same_action && SameBits(derived, logged)) {
      ++audit->same_bits;
    } else {
      return absl::DataLossError(
          "is not what the policy chooses with the same weights and backend");
    }
    return absl::OkStatus();
  }

 private:
  const std::string policy_;
  const std::unique_ptr<Dispatcher> dispatcher_;
  const PolicyVersion version_;
};

// Audits one decision of a journal. `before` is the world before its record.
absl::Status AuditOne(const v1::DecisionRecord& logged, const sim::World& seen,
                      const sim::World& before, const codec::Names& names,
                      const std::string& policy, Again* again, DecisionAudit* audit) {
  const AircraftId aircraft = names.FindAircraft(logged.decision().aircraft());
  if (!seen.HasAircraft(aircraft))
    return absl::DataLossError("names an aircraft that is not there");
  Observation observation;
  seen.Observe(aircraft, &observation);
  // Each of a joint decision's points got one accepted decision, so this was its number.
  observation.decision_number = before.state().decision_count;
  v1::DecisionRecord derived;
  codec::EncodeExplanation(observation, {}, names, &derived);
  Compact(&derived);
  if (!Explains(derived, logged))
    return absl::DataLossError("has another explanation than the world gives");
  ++audit->explained;
  const std::optional<bool> best = IsBest(logged, policy);
  if (best.has_value()) ++audit->scored;
  if (best == true) ++audit->best;
  if (again == nullptr) return absl::OkStatus();
  return again->Ask(observation, seen, names, logged, audit);
}

absl::StatusOr<std::unique_ptr<Again>> MakeAgain(const storage::NetworkRecord& network,
                                                 const NetworkHost& host,
                                                 const DispatcherFactory& dispatchers) {
  if (!dispatchers) return nullptr;
  SKEIN_ASSIGN_OR_RETURN(
      std::unique_ptr<Dispatcher> policy,
      dispatchers({network.policy, network.policy_seed, codec::NetworkName(network.id),
                   host.world().shared_network()}));
  return std::make_unique<Again>(network.policy, std::move(policy));
}

}  // namespace

absl::StatusOr<DecisionAudit> AuditDecisions(const storage::NetworkRecord& network,
                                             storage::FleetStore* store,
                                             const DecisionAuditOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<NetworkHost> host, NetworkHost::Create(network));
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<Again> again,
                         MakeAgain(network, *host, options.dispatchers));
  OneByOne journal(store, options.last);
  DecisionAudit audit;
  SeenWorlds worlds;
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const JournalRecord* const record, journal.Next(network.id));
    if (record == nullptr) return audit;
    v1::JournalRecord message;
    if (!message.ParseFromString(record->payload))
      return absl::DataLossError(absl::StrCat("record ", record->sequence, " cannot be read"));
    if (message.has_decision())
      worlds.Keep(host->sequence(), host->world());
    else
      worlds.Forget();
    if (message.has_decision() && message.decision().has_observed_after()) {
      const v1::DecisionRecord& logged = message.decision();
      const sim::World* const seen = worlds.Find(logged.observed_after());
      const absl::Status status =
          seen == nullptr ? absl::DataLossError("was not chosen after a record before it")
                          : AuditOne(logged, *seen, host->world(), host->names(), network.policy,
                                     again.get(), &audit);
      if (!status.ok())
        return absl::Status(status.code(), absl::StrCat("the decision in record ", record->sequence,
                                                        " ", status.message()));
    }
    SKEIN_RETURN_IF_ERROR(host->Follow(network.id, &journal).status());
    host->TakeEffects();
  }
}

}  // namespace skein::server
