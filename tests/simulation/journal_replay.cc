#include "tests/simulation/journal_replay.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/resource_name.h"
#include "proto/codec/scenario_codec.h"
#include "server/network/network_host.h"
#include "sim/domain/status.h"
#include "sim/world.h"
#include "skein/v1/journal.pb.h"
#include "tests/property/invariants.h"

namespace skein::simulation {
namespace {

absl::Status Wrong(const std::string& what) { return absl::InternalError(what); }

class Player {
 public:
  explicit Player(sim::World world)
      : world_(std::move(world)), names_(world_.network().scenario()), invariants_(world_) {
    world_.CollectEffects(&effects_);
    told_.digests.push_back(Digest());
  }

  absl::Status Play(const storage::JournalRecord& record) {
    if (record.sequence != static_cast<std::int64_t>(told_.digests.size()))
      return Wrong("a record is missing or double");
    v1::JournalRecord message;
    if (!message.ParseFromString(record.payload)) return Wrong("a payload cannot be read");
    SKEIN_RETURN_IF_ERROR(message.has_decision() ? Decide(record, message.decision())
                                                 : Apply(message.event()));
    SKEIN_RETURN_IF_ERROR(invariants_.Check(world_, effects_));
    effects_.clear();
    told_.digests.push_back(Digest());
    return absl::OkStatus();
  }

  JournalReplay Told() && { return std::move(told_); }

 private:
  std::string Digest() const { return codec::HexDigest(world_.Digest()); }

  absl::Status Apply(const v1::JournalEvent& message) {
    SKEIN_ASSIGN_OR_RETURN(const ExternalEvent event, codec::DecodeEvent(message.event(), names_));
    SKEIN_RETURN_IF_ERROR(world_.Apply(event));
    if (const auto* added = std::get_if<AircraftAdded>(&event.payload))
      names_.AddAircraft(added->name);
    if (message.source() == server::kOperatorSource) ++told_.operator_events;
    if (message.source_sequence() == 0) return absl::OkStatus();
    if (message.source_sequence() == ++told_.last_of[message.source()]) return absl::OkStatus();
    return Wrong(absl::StrCat("an event of source ", message.source(), " is missing or double"));
  }

  absl::Status Decide(const storage::JournalRecord& record, const v1::DecisionRecord& message) {
    SKEIN_ASSIGN_OR_RETURN(const Decision decision,
                           codec::DecodeDecision(message.decision(), names_));
    const bool accepted = world_.Commit(decision).accepted();
    if (accepted != (record.kind == server::kDecisionRecord))
      return Wrong("the guard now says something else");
    if (!accepted) return absl::OkStatus();
    if (record.number != static_cast<std::int64_t>(told_.decisions.size()))
      return Wrong("a decision's number is missing or double");
    if (record.digest != world_.Digest() || message.digest() != Digest())
      return Wrong(absl::StrCat("decision ", *record.number, " has another digest"));
    told_.decisions[*record.number] = message.digest();
    return absl::OkStatus();
  }

  sim::World world_;
  codec::Names names_;
  testing::Invariants invariants_;
  std::vector<TimedEffect> effects_;
  JournalReplay told_;
};

}  // namespace

absl::StatusOr<JournalReplay> ReplayJournal(storage::FleetStore* store,
                                            const storage::NetworkRecord& record) {
  v1::Scenario message;
  if (!message.ParseFromString(record.scenario)) return Wrong("the scenario cannot be read");
  SKEIN_ASSIGN_OR_RETURN(Scenario scenario, codec::DecodeScenario(message));
  SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(std::move(scenario)));
  const bool system = record.clock == "SYSTEM";
  Player player(
      sim::World::Create(network, system ? sim::ClockMode::kSystem : sim::ClockMode::kExternal));
  SKEIN_ASSIGN_OR_RETURN(
      const std::vector<storage::JournalRecord> records,
      store->ReadJournal({.network = record.id, .limit = std::numeric_limits<int>::max()}));
  for (const storage::JournalRecord& each : records)
    SKEIN_RETURN_IF_ERROR(
        Annotate(player.Play(each), absl::StrCat(record.id, ", record ", each.sequence)));
  return std::move(player).Told();
}

}  // namespace skein::simulation
