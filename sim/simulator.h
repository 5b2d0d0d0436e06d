#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/domain/event.h"
#include "sim/realised_day.h"
#include "sim/timer_queue.h"
#include "sim/world.h"

namespace skein::sim {

// Plays the outside world for one day: whatever happens next is a pure function of the day and of
// the movements that its world has planned.
//
//   while (auto event = simulator.NextEvent()) {
//     simulator.Apply(*event);
//     for each of simulator.world().open_points(): observe, decide, simulator.Commit(decision)
//   }
//
// A copy goes its own way from here; the day is shared.
//
// Threads: compatible.
class Simulator {
 public:
  // The first day of the network, from its beginning.
  Simulator(std::shared_ptr<const Network> network, std::uint64_t seed);

  // Goes on from `world`, at any moment of its day. With the day that the world has faced so far it
  // is as if nothing had been interrupted; with another, such as a forecast, the rest of that day
  // happens. Aircraft under repair return when the day says so; those grounded stay grounded.
  //
  // Requires: `day` is of the world's network and of its present local day.
  Simulator(World world, std::shared_ptr<const RealisedDay> day);

  // What happens next; nothing if the day is settled. Requires: no decision point is open.
  std::optional<ExternalEvent> NextEvent() const;

  // Applies the event that NextEvent() gave. Errors: those of World::Apply.
  absl::Status Apply(const ExternalEvent& event);
  Verdict Commit(const Decision& decision) { return world_.Commit(decision); }

  // No trip is requested from now on: for planners that know that nobody could board any more.
  void EndDemand();

  const World& world() const { return world_; }
  World& mutable_world() { return world_; }
  const RealisedDay& day() const { return *day_; }

 private:
  // What may come next, in the order in which equal times are played.
  enum class Source { kFailure, kExogenous, kMovement, kReturn, kTelemetry, kNone };

  struct Return {
    SimTime time;
    AircraftId aircraft;
    friend auto operator<=>(const Return&, const Return&) = default;
  };

  // What the outside world has in hand when it goes on from the present state of the world.
  void TakeUpExogenous();
  void TakeUpFailures();
  void TakeUpTelemetry();
  bool IsKnown(const ExternalEvent& event) const;
  void FindReporter();
  void SkipDemand();
  void Fail(AircraftId aircraft);

  // The source that comes first, and when.
  std::pair<Source, SimTime> Next() const;
  ExternalEvent EventOf(const Movement& movement, SimTime time) const;

  std::shared_ptr<const RealisedDay> day_;
  World world_;
  std::size_t next_exogenous_ = 0;
  bool demand_ended_ = false;
  std::optional<ExternalEvent> failure_;  // drawn at the landing just played
  LazyHeap<Return> returns_;
  SimTime telemetry_at_ = kNever;
  std::size_t telemetry_aircraft_ = 0;
};

}  // namespace skein::sim
