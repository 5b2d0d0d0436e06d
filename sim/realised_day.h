#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/domain/event.h"
#include "sim/network.h"

namespace skein::sim {

class World;
struct KnownPart;

// What the outside world does on one local day: a pure function of (scenario, seed) that no
// decision can change. Source: docs/simulation.md, "The realised day".
class RealisedDay {
 public:
  // The first day of the network.
  RealisedDay(std::shared_ptr<const Network> network, std::uint64_t seed);

  // The present day of `world` as it may go on from now, by the models of the scenario, the
  // world's forecast, and nothing else than what the world knows: a forecast, for planners.
  // Source: docs/simulation.md, "Forecast days".
  static RealisedDay Forecast(const World& world, std::uint64_t seed);

  // Trip requests and advisories, by (time, advisories first, id). Trip ids count on from those
  // that are known, from 1 if there are none; advisory ids likewise.
  const std::vector<ExternalEvent>& events() const { return events_; }

  // Delay of a commitment first planned to take off from `vertiport` at `planned`.
  SimDuration Delay(VertiportId vertiport, SimTime planned) const;
  // Whether the aircraft fails at its n-th landing, counted from 1, and how long the repair takes.
  bool Fails(AircraftId aircraft, int landing) const;
  SimDuration Repair(AircraftId aircraft, int landing) const;
  // When an aircraft that failed at `failed`, at its n-th landing, is back. In a forecast, a repair
  // that runs already takes longer than it has taken; kNever if it is beyond all that the model
  // gives.
  SimTime Return(AircraftId aircraft, int landing, SimTime failed) const;

  std::uint64_t seed() const { return seed_; }
  // The local day that it is a day of.
  int day() const { return day_; }

 private:
  RealisedDay(std::shared_ptr<const Network> network, std::uint64_t seed, const KnownPart& known);

  std::shared_ptr<const Network> network_;
  std::uint64_t seed_;
  int day_;
  SimTime known_until_;
  std::vector<ExternalEvent> events_;
};

}  // namespace skein::sim
