#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/sequencer.h"
#include "server/committer.h"
#include "server/network/call.h"
#include "server/network/live_network.h"
#include "server/watch_queue.h"
#include "server/watchers.h"

namespace skein::server {

// One network as its sequencer drives it: whether it works, what was answered but is not durable
// yet, who watches.
//
//            create            failed commit                 rebuilt
//   absent ──────────► active ──────────────► recovering ──────────────► active
//                                                 │ journal does not replay
//                                                 └────────────────────► quarantined
//
// On a server that only follows the writer it replays what the writer adds to the journal, every
// fifth of a second, and answers reads.
//
// Threads: Admit, Release, exists and sequencer from any thread; everything else runs on the
// network's sequencer.
class NetworkActor : public Actor, public std::enable_shared_from_this<NetworkActor> {
 public:
  // The parts, the sequencer and the committer outlive the actor.
  NetworkActor(std::string id, const ControllerOptions& options, const ControllerParts& parts,
               Sequencer* sequencer, Committer* committer);

  const std::string& id() const { return link_->network; }
  Sequencer* sequencer() const { return sequencer_; }

  // Takes a place in the network's queue; false: there is none. Each success needs a Release.
  bool Admit();
  void Release() { waiting_.fetch_sub(1); }
  bool idle() const { return waiting_.load() == 0; }
  // False: there is no such network, or it is not made yet.
  bool exists() const { return exists_.load(); }

  // Brings back a network of the store.
  void LoadFromStore(const storage::NetworkRecord& record);
  // Does what was asked; the answer comes when it is durable.
  void Run(const Call& call);
  void WatchFleet(const v1::WatchFleetRequest& request, const std::shared_ptr<FleetWatch>& queue);
  void WatchTrip(const v1::WatchTripRequest& request, const std::shared_ptr<TripWatch>& queue);
  // Writes a snapshot and ends all streams.
  void Retire();
  // Forgets what was read of the store, and reads it again. On a server that only follows.
  void Reload();
  // Brings the network to the end of what the last writer committed, before this server adds to it.
  void TakeOver();

  std::optional<std::int64_t> NextDueUnixMs() const override;
  void RunDue() override;

 private:
  enum class State { kAbsent, kActive, kRecovering, kQuarantined };
  // An answer on its way to the disk.
  struct Pending {
    std::int64_t work = 0;
    std::string body_hash;
    std::string response;
  };
  using RequestKey = std::pair<std::string, std::string>;  // method, request id

  // Does `work`; whatever it throws becomes INTERNAL, and the memory is dropped.
  absl::Status Guarded(const std::string& name, const std::function<absl::Status()>& work);
  absl::Status CatchUp();
  absl::Status FollowWriter();
  // Drops the memory; it comes back from the store.
  void DropMemory();
  // Whether all that this network has written is durable.
  bool settled() const { return link_->durable_work.load() >= last_write_; }
  absl::Status Execute(const Call& call);
  absl::Status ExecuteMutation(const Call& call);
  absl::Status Create(const Call& call);
  absl::Status Inspect(const Call& call);
  // Whether the network can work; rebuilds it if its memory was lost.
  absl::Status Prepare();
  void Enter(State state);
  void ForgetMemory();
  void Rebuild();
  void Recovered(absl::StatusOr<std::unique_ptr<LiveNetwork>> loaded);
  void Quarantine(const absl::Status& cause);

  // Fills the answer if the request was answered before; gives whether it was.
  absl::StatusOr<bool> FindAnswer(const Call& call);
  absl::Status FillAnswer(const Call& call, const std::string& body_hash,
                          const std::string& response);
  void Remember(const Call& call);
  void ForgetDurable();

  // Hands what was done to the committer; `finish` learns the outcome.
  void Submit(const Call* call, std::function<void(const absl::Status&)> finish);
  storage::NetworkBatch TakeWrites();
  bool SnapshotDue() const;
  NetworkState ReportedState() const;
  NetworkSample TakeSample(std::int64_t now_unix_ms);
  std::vector<DecisionSample> TakeDecisionSamples(const Call* call);

  const ControllerOptions& options_;
  const ControllerParts& parts_;
  Sequencer* const sequencer_;
  Committer* const committer_;
  const std::shared_ptr<NetworkLink> link_;

  std::atomic<int> waiting_{0};
  std::atomic<bool> exists_{false};

  // Owned by the sequencer's thread.
  State state_ = State::kAbsent;
  storage::NetworkRecord record_;      // of a network that exists
  std::unique_ptr<LiveNetwork> live_;  // of an active network
  std::string quarantine_reason_;
  std::int64_t retry_unix_ms_ = 0;       // when to try again to rebuild
  std::int64_t rebuild_after_work_ = 0;  // that the store must have first
  std::int64_t follow_unix_ms_ = 0;      // when to look for more of the writer's records
  int lag_records_ = 0;                  // that were new at the last look
  int rebuild_attempts_ = 0;
  std::uint64_t generation_ = 1;
  std::int64_t last_work_ = 0;
  std::int64_t last_write_ = 0;                   // the last work that wrote
  bool creating_ = false;                         // the next writes create the network
  std::vector<storage::ResponseRecord> answers_;  // of the work that is being done
  std::map<RequestKey, Pending> pending_;
  std::deque<std::pair<std::int64_t, RequestKey>> pending_order_;
  std::int64_t sample_due_unix_ms_ = 0;
  bool sample_changed_ = false;
  Watchers watchers_;
};

}  // namespace skein::server
