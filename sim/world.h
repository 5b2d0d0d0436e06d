#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/charging.h"
#include "sim/domain/day_summary.h"
#include "sim/domain/decision.h"
#include "sim/domain/effect.h"
#include "sim/domain/event.h"
#include "sim/domain/observation.h"
#include "sim/domain/status.h"
#include "sim/network.h"
#include "sim/timer_queue.h"
#include "sim/world_state.h"

namespace skein::sim {

struct ReadinessBefore;

// The authoritative state of one network: a pure state machine. Live service, simulator, replay and
// planners drive the same class with the same events, so they agree to the last bit.
//
//   events ──► Apply ──► open decision points ──► Observe ──► (a dispatcher) ──► Commit ──► …
//
// It reads no clock, draws nothing at random, and knows neither threads nor I/O. Copying a world is
// cheap and gives an independent one. Rules: docs/simulation.md.
//
// Threads: compatible.
class World {
 public:
  static World Create(std::shared_ptr<const Network> network, ClockMode clock);

  // Whether Apply would take the event; nothing changes.
  // Errors: INVALID_ARGUMENT   a field is out of its range, or names something unknown;
  //         FAILED_PRECONDITION it lies in the past, jumps over next_stop() or, with an EXTERNAL
  //                             clock, over an open decision point, or contradicts the present
  //                             state.
  absl::Status Check(const ExternalEvent& event) const;

  // Fires every timer due by the event's time, then applies the event. On an error nothing changes.
  // Errors: those of Check.
  absl::Status Apply(const ExternalEvent& event);

  // Takes the decision if the guard lets it, else says why not and changes nothing.
  // Requires: decision.aircraft exists (a caller with foreign input asks HasAircraft first).
  Verdict Commit(const Decision& decision);

  // What a policy may know when it decides for `aircraft`, which need not be an open point.
  void Observe(AircraftId aircraft, Observation* observation) const;
  // The guard's answer for one destination.
  DestinationEstimate Estimate(AircraftId aircraft, VertiportId destination) const;

  // Aircraft that want a decision, by (due, aircraft id).
  std::span<const AircraftId> open_points() const { return state_.open_points; }
  SimTime now() const { return state_.now; }
  ClockMode clock() const { return state_.clock; }
  // Due time of the next timer of any kind, and of the next that may open a decision point: an
  // EXTERNAL clock must not jump over the latter. kNever if there is none.
  SimTime next_timer() const;
  SimTime next_stop() const;
  // The next take-off or landing that the world has planned, by (time, kind, aircraft).
  std::optional<Movement> next_movement() const;

  bool HasAircraft(AircraftId aircraft) const;
  bool HasVertiport(VertiportId vertiport) const;
  // The trip, if it is known and has not been forgotten (trips of settled days are).
  const Trip* FindTrip(TripId trip) const;
  // Charge now, charging session included; Wh, rounded down.
  std::int64_t ChargeWh(AircraftId aircraft) const;

  const Network& network() const { return *network_; }
  const std::shared_ptr<const Network>& shared_network() const { return network_; }
  const WorldState& state() const { return state_; }
  // Demand forecast in force, requests per hour, [V·V·T].
  std::span<const double> forecast() const { return *state_.forecast; }

  // Figures of the day that runs, and the total booked since the network began.
  const DaySummary& today() const { return state_.today; }
  std::span<const DaySummary> settled_days() const { return state_.settled_days; }
  std::int64_t profit_cents() const { return state_.profit_cents; }
  // Day 0 is over: closed, everyone landed, settled.
  bool terminated() const { return !state_.settled_days.empty(); }

  // 64 bits over exactly the fields that can influence a later observation, verdict or booking.
  std::uint64_t Digest() const;

  // The whole state as bytes, and back. Errors of Restore: DATA_LOSS, if the bytes are damaged or
  // of another version; FAILED_PRECONDITION, if they belong to another network.
  std::string Snapshot() const;
  static absl::StatusOr<World> Restore(std::shared_ptr<const Network> network,
                                       std::string_view bytes);

  // From now on effects are appended to `sink`, which must outlive the world or be replaced by
  // null. A copy of a world has no sink.
  void CollectEffects(std::vector<TimedEffect>* sink) { sink_.target = sink; }

  // For a planner's copy: accepted decisions are no longer checked independently of the guard, and
  // guard_violations of the day stays as it is. The guard itself is never skipped.
  void SkipIndependentCheck() { independent_check_ = false; }

 private:
  // Effects go to `target`; a copy of a world starts without one.
  struct EffectSink {
    std::vector<TimedEffect>* target = nullptr;
    EffectSink() = default;
    EffectSink(const EffectSink&) {}
    EffectSink& operator=(const EffectSink&) { return *this; }
    EffectSink(EffectSink&& other) noexcept : target(other.target) {}
    EffectSink& operator=(EffectSink&& other) noexcept {
      target = other.target;
      return *this;
    }
  };

  World(std::shared_ptr<const Network> network, ClockMode clock);
  template <class E>
  void Emit(const E& effect) {
    if (sink_.target != nullptr) sink_.target->push_back({state_.now, effect});
  }

  // Time (world.cc).
  void FireTimersUntil(SimTime time);
  void Fire(const Timer& timer);
  bool IsLive(const Timer& timer) const;
  bool IsLive(const Movement& movement) const;
  void DropStaleTops();
  void AddTimer(SimTime due, TimerKind kind, std::int64_t id);
  void RebuildQueues();

  // Whether an event makes sense (world_check.cc).
  absl::Status CheckTime(SimTime time) const;
  absl::Status CheckPayload(const ExternalEvent& event) const;
  absl::Status CheckAircraftId(AircraftId aircraft, const char* field) const;
  absl::Status CheckVertiportId(VertiportId vertiport, const char* field) const;
  absl::Status CheckEvent(const TripRequested& event, SimTime time) const;
  absl::Status CheckEvent(const TripCancelled& event, SimTime time) const;
  absl::Status CheckEvent(const TakeOffDelayed& event, SimTime time) const;
  absl::Status CheckEvent(const TookOff& event, SimTime time) const;
  absl::Status CheckEvent(const Landed& event, SimTime time) const;
  absl::Status CheckEvent(const AircraftFailed& event, SimTime time) const;
  absl::Status CheckEvent(const AircraftGrounded& event, SimTime time) const;
  absl::Status CheckEvent(const AircraftReturnedToService& event, SimTime time) const;
  absl::Status CheckEvent(const AircraftReported& event, SimTime time) const;
  absl::Status CheckEvent(const AdvisoryIssued& event, SimTime time) const;
  absl::Status CheckEvent(const AdvisoryWithdrawn& event, SimTime time) const;
  absl::Status CheckEvent(const ForecastPublished& event, SimTime time) const;
  absl::Status CheckEvent(const TimeAdvanced& event, SimTime time) const;
  absl::Status CheckEvent(const AircraftAdded& event, SimTime time) const;
  absl::Status CheckEvent(const AircraftRemoved& event, SimTime time) const;
  absl::Status CheckEvent(const ResourceOutOfOrder& event, SimTime time) const;
  absl::Status CheckEvent(const CommitmentCancelled& event, SimTime time) const;

  // One handler per event (world_events.cc, world_flights.cc, world_advisories.cc, world_trips.cc).
  void On(const TripRequested& event);
  void On(const TripCancelled& event);
  void On(const TakeOffDelayed& event);
  void On(const TookOff& event);
  void On(const Landed& event);
  void On(const AircraftFailed& event);
  void On(const AircraftGrounded& event);
  void On(const AircraftReturnedToService& event);
  void On(const AircraftReported& event);
  void On(const AdvisoryIssued& event);
  void On(const AdvisoryWithdrawn& event);
  void On(const ForecastPublished& event);
  void On(const TimeAdvanced& event);
  void On(const AircraftAdded& event);
  void On(const AircraftRemoved& event);
  void On(const ResourceOutOfOrder& event);
  void On(const CommitmentCancelled& event);

  // Commitments and slots (world_commit.cc).
  Verdict Hold(const Decision& decision);
  Verdict Fly(const Decision& decision);
  void BoardByRule(AircraftId id);
  void Board(AircraftId id, TripId trip);
  void ReserveSlots(AircraftId id, SimTime take_off);
  void ReleaseSlots(AircraftId id);
  void ReleaseTakeOffSlots(const AircraftState& aircraft);
  void CancelFlight(AircraftId id, CancelReason reason);
  void Reslot(AircraftId id, SimTime from);
  void ReplanPads(VertiportId vertiport);
  void CancelBeyondStands(VertiportId vertiport);
  bool BlockedByChange(AircraftId id) const;

  // Flights (world_flights.cc).
  void ArriveOnStand(AircraftId id);
  void SettleBlockedPads(VertiportId vertiport);
  void EndTripsOf(AircraftId id, VertiportId at);
  std::int64_t ChargeOnLanding(const AircraftState& aircraft, VertiportId at,
                               SimTime landing) const;
  void NoteExcursion(GuardRule rule, AircraftId aircraft, VertiportId vertiport,
                     std::int64_t actual, std::int64_t limit);

  // Diversion (world_diversion.cc).
  void TargetClosed(VertiportId vertiport);
  void TargetReopened(VertiportId vertiport);
  void ReserveAlternate(AircraftId id);
  void ChooseAlternateAnew(AircraftId id);
  void PlanLanding(AircraftId id, SimTime from);
  void DivertTimerDue(AircraftId id);
  void Divert(AircraftId id);
  SimTime LatestDivert(const AircraftState& aircraft, const Link& to) const;
  const Link* AlternateFor(const AircraftState& aircraft, bool with_stand) const;

  // Service and points (world_aircraft.cc).
  void OpenPoint(AircraftId id);
  void ClosePoint(AircraftId id);
  void BecomeReady(AircraftId id);
  void TakeOutOfService(AircraftId id);
  void Wake(AircraftId id);
  void WakeAt(VertiportId vertiport);
  void WakeBlocked();
  void CountDownTime(AircraftState& aircraft, SimTime until);

  // Charging (world_charging.cc).
  void JoinCharger(AircraftId id);
  void LeaveCharger(AircraftId id);
  void StartSession(AircraftId id);
  void EndSession(AircraftId id);
  void FillChargers(VertiportId vertiport);
  void EvictChargers(VertiportId vertiport);
  int ChargerCount(VertiportId vertiport) const;
  std::int64_t StoredChargeWh() const;

  // Advisories (world_advisories.cc).
  void Activate(AdvisoryState& known);
  void Deactivate(const Advisory& advisory);
  void ChangeKnownClosures(const Advisory& advisory, int change);
  void CancelClosedFlights(const Advisory& advisory);
  AdvisoryState* FindAdvisory(AdvisoryId id);
  void RemoveAdvisory(AdvisoryId id);

  // Trips (world_trips.cc).
  void Enqueue(TripId id);
  void Dequeue(TripId id);
  void EndWaiting(TripId id, TripStatus status);
  void ReturnToQueue(TripId id);
  std::int64_t QuoteFare(VertiportId i, VertiportId j, SimTime time) const;

  // Days (world_day.cc).
  void OpenDay();
  void CloseDay();
  void SettleIfOver();
  void SettleDay();
  void ForgetTrips();
  SimTime NextOpen() const;
  std::int64_t P95WaitMs();

  void CheckIndependently(const ReadinessBefore& before, const Decision& decision);
  void EstimateLoad(VertiportId i, VertiportId j, DestinationEstimate* estimate) const;

  std::shared_ptr<const Network> network_;
  ChargeCurve curve_;
  WorldState state_;
  // Derived from state_; rebuilt on Restore.
  LazyHeap<Timer> stops_;  // timers that may open a decision point
  LazyHeap<Timer> quiet_;  // the others
  LazyHeap<Movement> movements_;
  std::vector<AircraftId> scratch_;
  EffectSink sink_;
  bool independent_check_ = true;
};

}  // namespace skein::sim
