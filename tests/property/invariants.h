#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/domain/effect.h"
#include "sim/domain/status.h"
#include "sim/world.h"

namespace skein::testing {

// Recounts, from the bare state, everything that must hold after every event and decision. It reads
// the plain values of WorldState and the effects, and calls nothing of the world's own rules.
//
//  1. Time never goes backwards, in the world and in its effects; no timer is overdue.
//  2. Each aircraft is in one state, and its fields are those of that state.
//  3. Counters of vertiports (on ground, inbound, pads blocked, closures) equal a recount.
//  4. Chargers in use are at most those in order, and none idles while its queue is not empty.
//  5. Each slot to come in a book belongs to the plan of one aircraft, and the other way round.
//  6. Requested = served + lost + diverted + waiting + boarded, in passengers; a trip ends once.
//  7. Energy is never negative. Profit is the sum of what the effects booked.
//  8. Open points are sorted and are exactly the aircraft that wait for a decision.
//  9. No accepted decision broke the guard's rules (guardViolations is 0).
class Invariants {
 public:
  explicit Invariants(const sim::World& world);

  // Errors: INTERNAL naming the aircraft, vertiport or trip and the figures that disagree.
  absl::Status Check(const sim::World& world, std::span<const TimedEffect> news);

  // Sessions that began after a wait in the charger queue, so far.
  std::int64_t sessions_after_queue() const { return sessions_after_queue_; }

 private:
  struct Recount {
    int on_ground = 0;
    int inbound = 0;
    int blocked_pads = 0;
    int charging = 0;
    int queued = 0;
    int closed = 0;
    int known_closures = 0;
    int pads_closed = 0;
    int chargers_closed = 0;
    int waiting_passengers = 0;
    std::int64_t pad_plans = 0;  // reservations to come
  };

  absl::Status CheckEffects(std::span<const TimedEffect> news);
  absl::Status CheckTime();
  absl::Status CountAircraft();
  absl::Status CheckPhase(const sim::AircraftState& aircraft) const;
  bool ClosedAt(VertiportId vertiport, SimTime time) const;
  absl::Status CheckLoad(AircraftId id, const sim::AircraftState& aircraft) const;
  absl::Status CheckChargers(AircraftId id, const sim::AircraftState& aircraft) const;
  absl::Status CheckPoints() const;
  void CountAdvisories();
  absl::Status CheckVertiports() const;
  absl::Status CheckPlan(const sim::AircraftState& aircraft);
  absl::Status CheckBooks() const;
  absl::Status CheckTrips();
  absl::Status CheckQueues();
  absl::Status CheckMoney() const;

  const sim::World* world_ = nullptr;       // during Check
  const sim::WorldState* state_ = nullptr;  // during Check
  SimTime last_now_;
  SimTime last_effect_;
  std::int64_t booked_cents_ = 0;
  std::int64_t sessions_after_queue_ = 0;
  std::int64_t lane_plans_ = 0;
  int flights_ = 0;
  int open_ = 0;
  std::vector<Recount> at_;       // [V]
  std::vector<bool> was_queued_;  // [A], at the last check
  std::vector<SimTime> woken_;    // [A]
  std::vector<bool> trip_ended_;  // by trip number
};

}  // namespace skein::testing
