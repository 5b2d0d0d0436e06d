#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "sim/domain/event.h"
#include "sim/realised_day.h"
#include "sim/world.h"
#include "tests/property/dice.h"

namespace skein::testing {

// How badly the outside world behaves. All zero: everything happens as planned.
struct Hostility {
  double movement = 0;          // share of movements that go wrong
  SimDuration mean_gap = kDay;  // between two mischiefs
  double missed_telemetry = 0;
  double jump = 0;  // chance to run past a timer; SYSTEM clock only
};

// The outside world of a property run. On top of the realised day it reports take-offs and landings
// early, late, elsewhere or never, withdraws resources, closes vertiports, grounds and adds
// aircraft, cancels, and books in advance.
class Outside {
 public:
  Outside(std::shared_ptr<const sim::Network> network, std::uint64_t seed,
          const Hostility& hostility);

  // The next event. It is one that the world must accept.
  ExternalEvent Next(const sim::World& world);

  // An event that the world must reject.
  ExternalEvent Nonsense(const sim::World& world);

 private:
  // When and how the movement that an aircraft has planned will be reported.
  struct Report {
    AircraftPhase phase = AircraftPhase::kReady;
    SimTime planned = kNever;
    SimTime at = kNever;
    bool drawn = false;
    bool wrong = false;
  };

  void DrawReport(const sim::AircraftState& aircraft, SimTime now, Report& report);
  AircraftId NextMovement(const sim::World& world);
  EventPayload MovementOf(const sim::World& world, AircraftId id);
  EventPayload LandingOf(const sim::World& world, AircraftId id, bool wrong);
  void Later(SimTime time, EventPayload payload) { agenda_.emplace(time, std::move(payload)); }
  std::optional<EventPayload> Popped(const sim::World& world);
  void PlanTelemetry(const sim::World& world);

  // Mischief: what happens now; consequences go to the agenda.
  std::optional<EventPayload> Mischief(const sim::World& world, SimTime now);
  std::optional<EventPayload> NewAdvisory(SimTime now);
  std::optional<EventPayload> ChangeAdvisory(const sim::World& world, SimTime now);
  std::optional<EventPayload> Withdraw(SimTime now);
  std::optional<EventPayload> ServiceChange(const sim::World& world, SimTime now);
  std::optional<EventPayload> Cancellation(const sim::World& world);
  std::optional<EventPayload> FleetChange(const sim::World& world);
  std::optional<EventPayload> WrongCharge(const sim::World& world);
  std::optional<EventPayload> Booking(const sim::World& world, SimTime now);
  std::optional<EventPayload> Forecast();
  AircraftId AnyAircraft(const sim::World& world);
  VertiportId AnyVertiport();

  std::shared_ptr<const sim::Network> network_;
  sim::RealisedDay day_;
  Dice dice_;
  Hostility hostility_;
  std::size_t next_exogenous_ = 0;
  std::vector<Report> reports_;  // [A]
  std::multimap<SimTime, EventPayload> agenda_;
  SimTime telemetry_at_ = kNever;
  SimTime mischief_at_ = kNever;
  std::int64_t next_advisory_ = 1'000'000;
  int added_ = 0;
};

}  // namespace skein::testing
