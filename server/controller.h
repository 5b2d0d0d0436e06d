#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/executor.h"
#include "server/network/controller_parts.h"
#include "server/watch_queue.h"
#include "skein/v1/dispatch_service.pb.h"
#include "skein/v1/fleet_service.pb.h"
#include "skein/v1/network_service.pb.h"

namespace skein::server {

class Committer;
class LiveNetwork;
class NetworkActor;
class NetworkDirectory;
class Sequencer;
struct Call;

// How long a caller waits for its answer.
struct CallOptions {
  // A request that has not begun by then is not begun: DEADLINE_EXCEEDED. One that has begun is
  // answered when it is durable.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// Takes the answer, exactly once: on the committing thread, or on the caller's if the request was
// refused at once. It must return quickly.
template <class Response>
using Callback = std::function<void(absl::StatusOr<Response>)>;

// The use cases of the service, without any transport.
//
//   call ──► sequencer (one thread owns a network's World) ──► committer (one thread, group commit)
//                                                                 └──► callback, metrics, watchers
//
// 1. Answers, reads and streams show durable state only: a read waits for what came before it.
// 2. The requests of one network take effect, and are answered, in the order in which they came.
// 3. After a failed commit every network concerned answers UNAVAILABLE, forgets what it had in
//    memory, and is rebuilt from the store before it answers again.
// 4. A network whose journal cannot be replayed is quarantined: GetNetwork and ListNetworks show
//    why, everything else is FAILED_PRECONDITION (NETWORK_QUARANTINED). The others go on.
// 5. No call blocks: it queues or refuses.
//
// Mutations carry a request id, [A-Za-z0-9_.-]{1,64}. Only OK answers are remembered, as long as
// the network lives. A repeat gets the same answer; another body under the same id and method is
// INVALID_ARGUMENT (REQUEST_ID_REUSED).
//
// Errors of every call, beside those of the use case:
//   INVALID_ARGUMENT    a field is missing, malformed or out of its range, or names an unknown
//                       aircraft or vertiport; the message names the field;
//   NOT_FOUND           no such network, trip, advisory or decision;
//   FAILED_PRECONDITION not in the present state; or the network is quarantined;
//   RESOURCE_EXHAUSTED  too many requests wait for the network (QUEUE_FULL);
//   DEADLINE_EXCEEDED   the caller's deadline passed before the request's turn came;
//   UNAVAILABLE         the commit failed and its outcome is unknown (COMMIT_FAILED), the network
//                       is being rebuilt, another server is the writer (NOT_LEADER), or the server
//                       shuts down (DRAINING): try again.
// Some errors carry a reason; see reason.h.
//
// Threads: safe. The destructor waits for all callbacks.
class Controller {
 public:
  // Rebuilds every network of the store, then starts serving.
  // Errors: those of FleetStore::ListNetworks; INVALID_ARGUMENT, if an option is out of its range;
  //         FAILED_PRECONDITION, if the store has more networks than the limit allows.
  static absl::StatusOr<std::unique_ptr<Controller>> Open(ControllerOptions options,
                                                          ControllerParts parts);
  ~Controller();

  // Refuses new requests, finishes those that wait, writes a snapshot of every network and closes
  // all watching streams with UNAVAILABLE. Blocks until that is done. May be called twice.
  void Drain();

  // Of a server that shares its store: finds networks that the writer has made since.
  // Errors: those of FleetStore::ListNetworks; RESOURCE_EXHAUSTED beyond the limit of networks.
  absl::Status FindNewNetworks();
  // On a server that follows, after the store was out of reach: every network is read anew. A
  // database that has failed over may have taken back what this server has read, and nobody was
  // told of.
  void Reload();
  // Brings every network to the end of what the last writer committed, calls `lead`, which must
  // make ControllerParts::role lead, and goes on as the writer. What cannot be read now is read
  // before it is used. Errors: those of FindNewNetworks.
  absl::Status TakeOver(const std::function<void()>& lead);
  // On a server that was deposed, after its role has changed: its networks follow from now on.
  void StepDown();

  // Looks again which networks' timers are due; for clocks that jump, such as those of tests.
  void Wake();

  // Networks (v1.NetworkService) ------------------------------------------------------------------

  // Errors: ALREADY_EXISTS; RESOURCE_EXHAUSTED, if there are as many networks as the limit allows.
  void CreateNetwork(const v1::CreateNetworkRequest& request, const CallOptions& options,
                     Callback<v1::CreateNetworkResponse> done);
  void GetNetwork(const v1::GetNetworkRequest& request, const CallOptions& options,
                  Callback<v1::GetNetworkResponse> done);
  void ListNetworks(const v1::ListNetworksRequest& request, const CallOptions& options,
                    Callback<v1::ListNetworksResponse> done);
  void GetScenario(const v1::GetScenarioRequest& request, const CallOptions& options,
                   Callback<v1::GetScenarioResponse> done);
  void IssueAdvisory(const v1::IssueAdvisoryRequest& request, const CallOptions& options,
                     Callback<v1::IssueAdvisoryResponse> done);
  void WithdrawAdvisory(const v1::WithdrawAdvisoryRequest& request, const CallOptions& options,
                        Callback<v1::WithdrawAdvisoryResponse> done);
  void ListAdvisories(const v1::ListAdvisoriesRequest& request, const CallOptions& options,
                      Callback<v1::ListAdvisoriesResponse> done);

  // Fleet (v1.FleetService) -----------------------------------------------------------------------

  // Takes one event of a source. A number at or below the source's last one is a repeat and changes
  // nothing; a gap is FAILED_PRECONDITION (SOURCE_SEQUENCE_GAP) and names the expected number.
  // With a SYSTEM clock an event at time 0 is stamped with the present. A stream calls this once
  // per message, from one thread, and gets the answers in the order of its calls, unless a call is
  // refused at once; the gap rule then refuses what follows.
  void IngestEvent(const v1::IngestEventRequest& request, const CallOptions& options,
                   Callback<v1::IngestEventResponse> done);
  void SubmitTrip(const v1::SubmitTripRequest& request, const CallOptions& options,
                  Callback<v1::SubmitTripResponse> done);
  void CancelTrip(const v1::CancelTripRequest& request, const CallOptions& options,
                  Callback<v1::CancelTripResponse> done);
  void GetTrip(const v1::GetTripRequest& request, const CallOptions& options,
               Callback<v1::GetTripResponse> done);
  void GroundAircraft(const v1::GroundAircraftRequest& request, const CallOptions& options,
                      Callback<v1::GroundAircraftResponse> done);
  void ReturnAircraft(const v1::ReturnAircraftRequest& request, const CallOptions& options,
                      Callback<v1::ReturnAircraftResponse> done);
  void AddAircraft(const v1::AddAircraftRequest& request, const CallOptions& options,
                   Callback<v1::AddAircraftResponse> done);
  void RemoveAircraft(const v1::RemoveAircraftRequest& request, const CallOptions& options,
                      Callback<v1::RemoveAircraftResponse> done);
  void SetResourceOutOfOrder(const v1::SetResourceOutOfOrderRequest& request,
                             const CallOptions& options,
                             Callback<v1::SetResourceOutOfOrderResponse> done);
  void GetFleet(const v1::GetFleetRequest& request, const CallOptions& options,
                Callback<v1::GetFleetResponse> done);
  void GetDaySummary(const v1::GetDaySummaryRequest& request, const CallOptions& options,
                     Callback<v1::GetDaySummaryResponse> done);

  // Streams. Errors arrive by closing the queue, also RESOURCE_EXHAUSTED if there are too many
  // watchers. The stream calls Cancel on the queue when its reader has gone. A fleet's stream that
  // is too slow misses effects and gets a snapshot in their place; a trip's gets the latest state.
  // Make the queues with MakeFleetWatch and MakeTripWatch.
  std::shared_ptr<FleetWatch> MakeFleetWatch(std::function<void()> on_ready) const;
  std::shared_ptr<TripWatch> MakeTripWatch(std::function<void()> on_ready) const;
  void WatchFleet(const v1::WatchFleetRequest& request, std::shared_ptr<FleetWatch> watch);
  void WatchTrip(const v1::WatchTripRequest& request, std::shared_ptr<TripWatch> watch);

  // Dispatch (v1.DispatchService) -----------------------------------------------------------------

  // Lets the policy decide for an aircraft that is an open decision point, else
  // FAILED_PRECONDITION (NO_DECISION_POINT) says what the aircraft is doing. If the policy fails,
  // is late or is refused by the guard, the fallback rule (greedy, else hold) answers and the
  // decision says so.
  void RequestDecision(const v1::RequestDecisionRequest& request, const CallOptions& options,
                       Callback<v1::RequestDecisionResponse> done);
  void DispatchAll(const v1::DispatchAllRequest& request, const CallOptions& options,
                   Callback<v1::DispatchAllResponse> done);
  void CancelCommitment(const v1::CancelCommitmentRequest& request, const CallOptions& options,
                        Callback<v1::CancelCommitmentResponse> done);
  // A choice that the guard refuses is an OK answer with a verdict that is not accepted and the
  // decision number -1; it is journalled too.
  void OverrideDecision(const v1::OverrideDecisionRequest& request, const CallOptions& options,
                        Callback<v1::OverrideDecisionResponse> done);
  void GetDecision(const v1::GetDecisionRequest& request, const CallOptions& options,
                   Callback<v1::GetDecisionResponse> done);
  void ListDecisions(const v1::ListDecisionsRequest& request, const CallOptions& options,
                     Callback<v1::ListDecisionsResponse> done);

 private:
  Controller(ControllerOptions options, ControllerParts parts);

  // Routes a call to its network (controller.cc).
  template <class Request, class Response>
  using UseCase = absl::StatusOr<Response> (*)(LiveNetwork&, const Request&);
  template <class Request, class Response>
  void Read(const Request& request, UseCase<Request, Response> use_case, const CallOptions& options,
            Callback<Response> done);
  template <class Request, class Response>
  void Mutate(const char* method, const Request& request, UseCase<Request, Response> use_case,
              const CallOptions& options, Callback<Response> done);
  void Inspect(const std::shared_ptr<NetworkActor>& actor, bool want_digest,
               const CallOptions& options, Callback<v1::Network> done);
  // Posts a call to an actor with a place taken in its queue.
  void Post(const std::shared_ptr<NetworkActor>& actor, Call call, const CallOptions& options);
  // The network a stream asks for, with a place taken in its queue.
  absl::StatusOr<std::shared_ptr<NetworkActor>> ForWatching(const std::string& network) const;
  std::function<void()> Counted(std::function<void()> on_ready) const;
  absl::Status LoadNetworks();
  // Loads those networks that are not here yet, and waits for them.
  absl::Status Adopt(const std::vector<storage::NetworkRecord>& records);
  // Runs `task` for each actor on its sequencer, and waits for all.
  void RunOnAll(const std::vector<std::shared_ptr<NetworkActor>>& actors,
                const std::function<void(NetworkActor&)>& task);

  const ControllerOptions options_;
  const ControllerParts parts_;
  ThreadExecutor threads_;
  Executor* const executor_;
  const std::shared_ptr<std::atomic<int>> watchers_ = std::make_shared<std::atomic<int>>(0);
  std::atomic<bool> draining_{false};

  // In the order in which they depend on each other.
  std::unique_ptr<NetworkDirectory> directory_;
  std::unique_ptr<Committer> committer_;
  std::vector<std::unique_ptr<Sequencer>> sequencers_;
};

}  // namespace skein::server
