#include "server/network/network_host.h"

#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/resource_name.h"
#include "proto/codec/scenario_codec.h"
#include "sim/domain/check.h"
#include "sim/domain/status.h"
#include "storage/failpoint.h"

namespace skein::server {
namespace {

absl::StatusOr<std::shared_ptr<const sim::Network>> NetworkOf(
    const storage::NetworkRecord& record) {
  v1::Scenario message;
  if (!message.ParseFromString(record.scenario))
    return absl::DataLossError("the stored scenario cannot be read");
  SKEIN_ASSIGN_OR_RETURN(Scenario scenario, codec::DecodeScenario(message));
  return sim::Network::Create(std::move(scenario));
}

absl::Status CheckRules(const storage::NetworkRecord& record, const sim::Network& network) {
  if (record.rules_version != kRulesVersion)
    return absl::FailedPreconditionError(absl::StrCat(
        "it lives by rules version ", record.rules_version, ", this program by ", kRulesVersion));
  if (record.scenario_hash != network.hash())
    return absl::DataLossError(absl::StrCat("its scenario has the hash ",
                                            codec::HexDigest(network.hash()), ", recorded was ",
                                            codec::HexDigest(record.scenario_hash)));
  return absl::OkStatus();
}

sim::ClockMode ClockOf(const storage::NetworkRecord& record) {
  return record.clock == "SYSTEM" ? sim::ClockMode::kSystem : sim::ClockMode::kExternal;
}

}  // namespace

void Compact(v1::DecisionRecord* record) {
  for (v1::DestinationExplanation& row : *record->mutable_destinations()) {
    row.clear_sentence();
    row.clear_rule();
  }
}

void Expand(v1::DecisionRecord* record) {
  for (v1::DestinationExplanation& row : *record->mutable_destinations()) {
    const absl::StatusOr<Refusal> refusal = codec::DecodeRefusal(row.refusal());
    if (!refusal.ok() || *refusal == Refusal::kNone) continue;
    row.set_sentence(std::string(Explain(*refusal)));
    row.set_rule(codec::EncodeGuardRule(RuleOf(*refusal)));
  }
}

NetworkHost::NetworkHost(sim::World world)
    : world_(std::move(world)), names_(world_.network().scenario()) {
  const auto& aircraft = world_.state().aircraft;
  for (std::size_t k = names_.aircraft_count(); k < aircraft.size(); ++k)
    names_.AddAircraft(aircraft[k].name);
  world_.CollectEffects(&effects_);
}

std::unique_ptr<NetworkHost> NetworkHost::AtTheBeginning(
    const storage::NetworkRecord& record, std::shared_ptr<const sim::Network> network) {
  return std::unique_ptr<NetworkHost>(
      new NetworkHost(sim::World::Create(std::move(network), ClockOf(record))));
}

absl::StatusOr<std::unique_ptr<NetworkHost>> NetworkHost::Create(
    const storage::NetworkRecord& record) {
  SKEIN_ASSIGN_OR_RETURN(std::shared_ptr<const sim::Network> network, NetworkOf(record));
  return AtTheBeginning(record, std::move(network));
}

absl::StatusOr<std::unique_ptr<NetworkHost>> NetworkHost::Load(const storage::NetworkRecord& record,
                                                               storage::FleetStore* store,
                                                               Begin begin) {
  SKEIN_ASSIGN_OR_RETURN(std::shared_ptr<const sim::Network> network, NetworkOf(record));
  SKEIN_RETURN_IF_ERROR(CheckRules(record, *network));
  absl::StatusOr<std::unique_ptr<NetworkHost>> host =
      begin == Begin::kSnapshot ? NewestFromStore(record, std::move(network), store)
                                : AtTheBeginning(record, std::move(network));
  if (!host.ok()) return host;
  SKEIN_RETURN_IF_ERROR((*host)->ReplayAll(record.id, store));
  return host;
}

// Damaged or foreign snapshots are passed over: an older one, or the beginning, does as well.
absl::StatusOr<std::unique_ptr<NetworkHost>> NetworkHost::NewestFromStore(
    const storage::NetworkRecord& record, std::shared_ptr<const sim::Network> network,
    storage::FleetStore* store) {
  std::int64_t at_most = std::numeric_limits<std::int64_t>::max();
  while (true) {
    SKEIN_ASSIGN_OR_RETURN(const std::optional<storage::SnapshotRecord> snapshot,
                           store->LoadSnapshot(record.id, at_most));
    if (!snapshot.has_value()) return AtTheBeginning(record, std::move(network));
    absl::StatusOr<std::unique_ptr<NetworkHost>> host = FromSnapshot(network, *snapshot);
    if (host.ok()) return host;
    at_most = snapshot->sequence - 1;
  }
}

absl::StatusOr<std::unique_ptr<NetworkHost>> NetworkHost::FromSnapshot(
    std::shared_ptr<const sim::Network> network, const storage::SnapshotRecord& snapshot) {
  v1::NetworkSnapshot message;
  if (!message.ParseFromString(snapshot.payload))
    return absl::DataLossError("the snapshot cannot be read");
  SKEIN_ASSIGN_OR_RETURN(sim::World world,
                         sim::World::Restore(std::move(network), message.world()));
  if (codec::HexDigest(world.Digest()) != message.digest())
    return absl::DataLossError("the snapshot does not give the digest that it names");
  std::unique_ptr<NetworkHost> host(new NetworkHost(std::move(world)));
  for (const v1::SourcePosition& source : message.sources())
    host->sources_[source.source()] = source.source_sequence();
  host->sequence_ = snapshot.sequence;
  host->snapshot_sequence_ = snapshot.sequence;
  return host;
}

absl::Status NetworkHost::ReplayAll(const std::string& network, storage::FleetStore* store) {
  int replayed = kFollowPage;
  while (replayed == kFollowPage) {
    SKEIN_ASSIGN_OR_RETURN(replayed, Follow(network, store));
    effects_.clear();
  }
  return absl::OkStatus();
}

absl::StatusOr<int> NetworkHost::Follow(const std::string& network, storage::FleetStore* store) {
  SKEIN_ASSIGN_OR_RETURN(
      const std::vector<storage::JournalRecord> records,
      store->ReadJournal({.network = network, .after_sequence = sequence_, .limit = kFollowPage}));
  for (const storage::JournalRecord& record : records) {
    SKEIN_RETURN_IF_ERROR(failpoint::Pass(failpoint::Point::kRecovery));
    SKEIN_RETURN_IF_ERROR(
        Annotate(Replay(record), absl::StrCat("replay of record ", record.sequence)));
    sequence_ = record.sequence;
  }
  return static_cast<int>(records.size());
}

// A journal that breaks an invariant of the world condemns its own network only.
absl::Status NetworkHost::Replay(const storage::JournalRecord& record) try {
  const ContainedChecks contained;
  v1::JournalRecord message;
  if (!message.ParseFromString(record.payload)) return absl::DataLossError("it cannot be read");
  if (message.has_decision()) return ReplayDecision(record, message.decision());
  const absl::StatusOr<ExternalEvent> event = codec::DecodeEvent(message.event().event(), names_);
  if (!event.ok()) return absl::DataLossError(event.status().message());
  const absl::Status applied =
      ApplyToWorld(*event, {message.event().source(), message.event().source_sequence()});
  return applied.ok() ? applied : absl::DataLossError(applied.message());
} catch (const BrokenInvariant& broken) {
  return absl::DataLossError(broken.what());
}

absl::Status NetworkHost::ReplayDecision(const storage::JournalRecord& record,
                                         const v1::DecisionRecord& message) {
  const absl::StatusOr<Decision> decision = codec::DecodeDecision(message.decision(), names_);
  if (!decision.ok()) return absl::DataLossError(decision.status().message());
  if (!world_.HasAircraft(decision->aircraft))
    return absl::DataLossError("it decides for an aircraft that is not there");
  const Verdict verdict = world_.Commit(*decision);
  if (verdict.accepted() != (record.kind == kDecisionRecord))
    return absl::DataLossError(
        absl::StrCat("the guard now says ", std::string(NameOf(verdict.refusal)), ", recorded was ",
                     record.kind == kDecisionRecord ? "acceptance" : "refusal"));
  if (!record.digest.has_value() || world_.Digest() == *record.digest) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the digest is ", codec::HexDigest(world_.Digest()),
                                          ", recorded was ", codec::HexDigest(*record.digest)));
}

absl::Status NetworkHost::ApplyToWorld(const ExternalEvent& event, const EventOrigin& origin) {
  SKEIN_RETURN_IF_ERROR(world_.Apply(event));
  if (const auto* added = std::get_if<AircraftAdded>(&event.payload))
    names_.AddAircraft(added->name);
  if (origin.source_sequence > 0) sources_[origin.source] = origin.source_sequence;
  return absl::OkStatus();
}

absl::Status NetworkHost::Apply(const ExternalEvent& event, const EventOrigin& origin) {
  SKEIN_RETURN_IF_ERROR(ApplyToWorld(event, origin));
  v1::JournalRecord message;
  *message.mutable_event()->mutable_event() = codec::EncodeEvent(event, names_);
  message.mutable_event()->set_source(origin.source);
  message.mutable_event()->set_source_sequence(origin.source_sequence);
  storage::JournalRecord record;
  record.kind = kEventRecord;
  record.payload = message.SerializeAsString();
  Journal(std::move(record));
  return absl::OkStatus();
}

Verdict NetworkHost::Commit(const Decision& decision, v1::DecisionRecord* record) {
  const Verdict verdict = world_.Commit(decision);
  *record->mutable_decision() = codec::EncodeDecision(decision, names_);
  *record->mutable_verdict() = codec::EncodeVerdict(verdict);
  storage::JournalRecord journalled;
  journalled.subject = decision.aircraft.value;
  if (verdict.accepted()) {
    journalled.kind = kDecisionRecord;
    journalled.number = record->id();
    journalled.digest = world_.Digest();
    record->set_digest(codec::HexDigest(*journalled.digest));
  } else {
    journalled.kind = kRefusalRecord;
    record->set_id(-1);
    record->clear_digest();
  }
  v1::JournalRecord message;
  *message.mutable_decision() = *record;
  Compact(message.mutable_decision());
  journalled.payload = message.SerializeAsString();
  Journal(std::move(journalled));
  return verdict;
}

void NetworkHost::Journal(storage::JournalRecord record) {
  record.sequence = ++sequence_;
  record.time_ms = ToMs(world_.now());
  records_.push_back(std::move(record));
}

storage::SnapshotRecord NetworkHost::MakeSnapshot() {
  v1::NetworkSnapshot message;
  message.set_world(world_.Snapshot());
  message.set_digest(codec::HexDigest(world_.Digest()));
  for (const auto& [source, last] : sources_) {
    v1::SourcePosition* position = message.add_sources();
    position->set_source(source);
    position->set_source_sequence(last);
  }
  for (const sim::AircraftState& aircraft : world_.state().aircraft)
    message.add_aircraft(aircraft.name);
  snapshot_sequence_ = sequence_;
  return {sequence_, message.SerializeAsString()};
}

std::vector<storage::JournalRecord> NetworkHost::TakeRecords() {
  return std::exchange(records_, {});
}

std::vector<TimedEffect> NetworkHost::TakeEffects() { return std::exchange(effects_, {}); }

std::int64_t NetworkHost::LastOf(const std::string& source) const {
  const auto found = sources_.find(source);
  return found == sources_.end() ? 0 : found->second;
}

}  // namespace skein::server
