#pragma once

#include <cstdint>
#include <vector>

#include "sim/domain/scenario.h"

// Energy in integers, and where a full battery can go. Shared by Validate(), the network's tables
// and the generator, so that they cannot disagree.
namespace skein {

// Rounds up, but takes what lies within 1e-6 of an integer for that integer: 0.1 × 110,000 is
// 11,000.
std::int64_t RoundUp(double value);

// Energy of a flight, take-off and landing included.
std::int64_t FlightEnergyWh(const AircraftType& type, std::int64_t distance_m);
// What must remain at landing, and at landing on the alternate.
std::int64_t ReserveWh(const Scenario& scenario);
std::int64_t AlternateReserveWh(const Scenario& scenario);
// Energy of the hold that G3 plans before a flight to the alternate.
std::int64_t AlternateHoldWh(const Scenario& scenario);

// The flights that a full battery allows under the whole of G3 when nothing is closed.
// Source: docs/simulation.md, "Where a full battery can go".
class Reach {
 public:
  // Requires: corridors name vertiports of the scenario.
  explicit Reach(const Scenario& scenario);

  // Whether there is a corridor i→j and a full battery suffices for it.
  bool Flyable(VertiportId i, VertiportId j) const {
    return flyable_[i.index() * count_ + j.index()] != 0;
  }
  // Ordered pairs that are flyable.
  int flyable_pairs() const;
  // Whether there is a way of flyable corridors from vertiport 0, per vertiport; and back to it.
  std::vector<bool> ReachedFromFirst() const;
  std::vector<bool> ReachingFirst() const;
  bool StronglyConnected() const;

 private:
  std::vector<bool> Search(bool forward) const;

  std::size_t count_;
  std::vector<std::uint8_t> flyable_;  // [V·V]
};

}  // namespace skein
