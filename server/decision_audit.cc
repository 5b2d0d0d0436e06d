#include "server/decision_audit.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "server/network_host.h"
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

// Whether `world` explains the choice as `logged` does.
bool Explains(const sim::World& world, const codec::Names& names, AircraftId aircraft,
              const v1::DecisionRecord& logged) {
  Observation observation;
  world.Observe(aircraft, &observation);
  v1::DecisionRecord derived;
  codec::EncodeExplanation(observation, {}, names, &derived);
  Compact(&derived);
  if (derived.destinations_size() != logged.destinations_size()) return false;
  for (int k = 0; k < derived.destinations_size(); ++k) {
    v1::DestinationExplanation row = logged.destinations(k);
    row.clear_score();
    if (row.SerializeAsString() != derived.destinations(k).SerializeAsString()) return false;
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

}  // namespace

absl::StatusOr<DecisionAudit> AuditDecisions(const storage::NetworkRecord& network,
                                             storage::FleetStore* store, std::int64_t last) {
  SKEIN_ASSIGN_OR_RETURN(const std::unique_ptr<NetworkHost> host, NetworkHost::Create(network));
  OneByOne journal(store, last);
  DecisionAudit audit;
  sim::World after_event = host->world();  // as joint decisions saw it
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const JournalRecord* const record, journal.Next(network.id));
    if (record == nullptr) return audit;
    v1::JournalRecord message;
    if (!message.ParseFromString(record->payload))
      return absl::DataLossError(absl::StrCat("record ", record->sequence, " cannot be read"));
    const v1::DecisionRecord& logged = message.decision();
    if (message.has_decision() && logged.destinations_size() > 0) {
      const AircraftId aircraft = host->names().FindAircraft(logged.decision().aircraft());
      if (!host->world().HasAircraft(aircraft) ||
          (!Explains(host->world(), host->names(), aircraft, logged) &&
           !Explains(after_event, host->names(), aircraft, logged)))
        return absl::DataLossError(absl::StrCat("the explanation in record ", record->sequence,
                                                " is not what the world gives"));
      ++audit.explained;
      const std::optional<bool> best = IsBest(logged, network.policy);
      if (best.has_value()) ++audit.scored;
      if (best == true) ++audit.best;
    }
    SKEIN_RETURN_IF_ERROR(host->Follow(network.id, &journal).status());
    host->TakeEffects();
    if (!message.has_decision()) after_event = host->world();
  }
}

}  // namespace skein::server
