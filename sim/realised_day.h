#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/domain/event.h"
#include "sim/network.h"

namespace skein::sim {

// The realised day: a pure function of (scenario, seed) that no decision can change.
// Source: docs/world.md, "The realised day".
class RealisedDay {
 public:
  RealisedDay(std::shared_ptr<const Network> network, std::uint64_t seed);

  // Trip requests and advisories, by (time, advisories first, id). Trip ids count from 1.
  const std::vector<ExternalEvent>& events() const { return events_; }

  // Delay of a commitment first planned to take off from `vertiport` at `planned`.
  SimDuration Delay(VertiportId vertiport, SimTime planned) const;
  // Whether the aircraft fails at its n-th landing, counted from 1, and how long the repair takes.
  bool Fails(AircraftId aircraft, int landing) const;
  SimDuration Repair(AircraftId aircraft, int landing) const;

  std::uint64_t seed() const { return seed_; }

 private:
  std::shared_ptr<const Network> network_;
  std::uint64_t seed_;
  std::vector<ExternalEvent> events_;
};

}  // namespace skein::sim
