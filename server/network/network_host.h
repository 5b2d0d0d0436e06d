#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/codec/names.h"
#include "sim/domain/decision.h"
#include "sim/domain/effect.h"
#include "sim/domain/event.h"
#include "sim/world.h"
#include "skein/v1/decision.pb.h"
#include "skein/v1/journal.pb.h"
#include "storage/fleet_store.h"

namespace skein::server {

// Kinds of journal records. The numbers are stored: never renumber.
enum RecordKind : int {
  kEventRecord = 1,
  kDecisionRecord = 2,  // accepted; numbered by decision, its subject is the aircraft
  kRefusalRecord = 3,   // the guard said no; its subject is the aircraft
};

// Who reported an event.
struct EventOrigin {
  std::string source = "operator";
  std::int64_t source_sequence = 0;  // 0: the source does not number its events
};
inline constexpr const char* kOperatorSource = "operator";
inline constexpr const char* kClockSource = "clock";

// Records that NetworkHost::Follow replays at once.
inline constexpr int kFollowPage = 1000;

// A decision record as it is kept: what the receiver can work out again is left out, and put back.
void Compact(v1::DecisionRecord* record);
void Expand(v1::DecisionRecord* record);

// The memory of one network: its world, its place in the journal and in its sources. Whatever
// changes it leaves a journal record, so that the journal alone rebuilds it.
//
// Threads: compatible.
class NetworkHost {
 public:
  // A new network at its beginning.
  // Errors: INVALID_ARGUMENT, if the scenario is not valid.
  static absl::StatusOr<std::unique_ptr<NetworkHost>> Create(const storage::NetworkRecord& record);

  // Where a load begins: at the newest usable snapshot, or at the first record, as an audit does.
  enum class Begin { kSnapshot, kFirstRecord };

  // The network as the store has it. The digest is compared at every decision replayed.
  // Errors: DATA_LOSS, if the journal is damaged or does not replay to the recorded digests;
  //         FAILED_PRECONDITION, if it was written under other rules; those of the store.
  static absl::StatusOr<std::unique_ptr<NetworkHost>> Load(const storage::NetworkRecord& record,
                                                           storage::FleetStore* store,
                                                           Begin begin = Begin::kSnapshot);

  // Replays what the store has after the last record, at most kFollowPage records; returns how many
  // there were. Their effects are left for TakeEffects. After an error the host is of no use.
  // Errors: those of Load. Requires: every record of this host is durable.
  absl::StatusOr<int> Follow(const std::string& network, storage::FleetStore* store);

  // Applies an event and journals it. On an error nothing changes. Errors: those of World::Check.
  absl::Status Apply(const ExternalEvent& event, const EventOrigin& origin);

  // Asks the guard, and journals its answer either way. Fills in decision, verdict and digest of
  // `record` (and the number -1, if refused); the rest of it must be set.
  // Requires: the aircraft and the named parties exist.
  Verdict Commit(const Decision& decision, v1::DecisionRecord* record);

  // The whole state, as of the last record.
  storage::SnapshotRecord MakeSnapshot();

  // Journal records made since the last call.
  std::vector<storage::JournalRecord> TakeRecords();
  // What the world did since the last call.
  std::vector<TimedEffect> TakeEffects();

  const sim::World& world() const { return world_; }
  const codec::Names& names() const { return names_; }
  // Number of the last journal record.
  std::int64_t sequence() const { return sequence_; }
  // Of the snapshot that the last call of MakeSnapshot made, or that it was loaded from.
  std::int64_t snapshot_sequence() const { return snapshot_sequence_; }
  // Number of the source's last event; 0 if it has none.
  std::int64_t LastOf(const std::string& source) const;
  std::size_t source_count() const { return sources_.size(); }

 private:
  explicit NetworkHost(sim::World world);
  static absl::StatusOr<std::unique_ptr<NetworkHost>> FromSnapshot(
      std::shared_ptr<const sim::Network> network, const storage::SnapshotRecord& snapshot);
  static absl::StatusOr<std::unique_ptr<NetworkHost>> NewestFromStore(
      const storage::NetworkRecord& record, std::shared_ptr<const sim::Network> network,
      storage::FleetStore* store);
  static std::unique_ptr<NetworkHost> AtTheBeginning(const storage::NetworkRecord& record,
                                                     std::shared_ptr<const sim::Network> network);

  absl::Status ReplayAll(const std::string& network, storage::FleetStore* store);
  absl::Status Replay(const storage::JournalRecord& record);
  absl::Status ReplayDecision(const storage::JournalRecord& record,
                              const v1::DecisionRecord& decision);
  absl::Status ApplyToWorld(const ExternalEvent& event, const EventOrigin& origin);
  void Journal(storage::JournalRecord record);

  sim::World world_;
  codec::Names names_;
  std::map<std::string, std::int64_t> sources_;
  std::int64_t sequence_ = 0;
  std::int64_t snapshot_sequence_ = 0;
  std::vector<storage::JournalRecord> records_;
  std::vector<TimedEffect> effects_;
};

}  // namespace skein::server
