#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"

#include "sim/world.h"
#include "tests/sim/triangle.h"

namespace skein::sim {

inline constexpr VertiportId kA{0};
inline constexpr VertiportId kB{1};
inline constexpr VertiportId kC{2};
inline constexpr AircraftId kN1{0};
inline constexpr AircraftId kN2{1};
inline constexpr AircraftId kN3{2};

constexpr SimTime Clock(int hour, int minute, int second = 0) {
  return SimTime{hour * kHour + minute * kMinute + SimDuration{second * 1000}};
}

// A world on the triangle (tests/sim/triangle.h) that a test drives step by step, with its effects.
// Flights: A–B 20 kWh and 520 s, A–C 25 kWh and 620 s, B–C 30 kWh and 720 s. The clock is SYSTEM,
// so time may pass while decision points are open.
class Scene {
 public:
  explicit Scene(Scenario scenario = Triangle())
      : network_(*Network::Create(std::move(scenario))),
        world(World::Create(network_, ClockMode::kSystem)) {
    world.CollectEffects(&effects);
  }

  void At(SimTime time, EventPayload payload) {
    const absl::Status status = world.Apply({time, std::move(payload)});
    EXPECT_TRUE(status.ok()) << std::string(status.message());
  }
  void To(SimTime time) { At(time, TimeAdvanced{}); }
  Verdict Fly(AircraftId aircraft, VertiportId destination, std::vector<TripId> boarding = {}) {
    return world.Commit({aircraft, Action::Fly(destination), std::move(boarding)});
  }
  Verdict Hold(AircraftId aircraft) { return world.Commit({aircraft, Action::Hold(), {}}); }
  // A party that may leave from `earliest` on, within 40 minutes.
  TripId Request(SimTime time, VertiportId from, VertiportId to, int passengers) {
    At(time, TripRequested{{}, from, to, passengers, time, time + 40 * kMinute, {}});
    return TripId{world.state().next_trip().value - 1};
  }
  void Close(SimTime time, VertiportId vertiport, SimTime start, SimTime end) {
    Advisory advisory;
    advisory.id = AdvisoryId{next_advisory_++};
    advisory.vertiport = vertiport;
    advisory.start = start;
    advisory.end = end;
    At(time, AdvisoryIssued{advisory});
  }

  const AircraftState& aircraft(AircraftId id) const { return world.state().at(id); }
  const VertiportState& vertiport(VertiportId id) const { return world.state().at(id); }
  const Trip& trip(TripId id) const { return world.state().at(id); }
  // The effects of one kind so far.
  template <class E>
  std::vector<E> Seen() const {
    std::vector<E> seen;
    for (const TimedEffect& timed : effects)
      if (const E* effect = std::get_if<E>(&timed.effect)) seen.push_back(*effect);
    return seen;
  }

 private:
  std::int64_t next_advisory_ = 1;
  std::shared_ptr<const Network> network_;

 public:
  std::vector<TimedEffect> effects;
  World world;
};

}  // namespace skein::sim
