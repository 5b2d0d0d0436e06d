#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "policy/planners/bound/bound.h"
#include "policy/planners/bound/hindsight_program.h"
#include "sim/domain/dispatcher.h"

// Days to hold against the hindsight bound: played by a policy, or searched exhaustively.
namespace skein::testing {

using NetworkPtr = std::shared_ptr<const sim::Network>;

// A flight that took off, as the bound counts it.
struct FlownFlight {
  VertiportId origin;
  VertiportId destination;
  VertiportId landing;
  SimTime anchor;  // the take-off that was first planned
};

struct PlayedDay {
  std::int64_t profit_cents = 0;
  std::int64_t diversions = 0;
  std::int64_t cancellations = 0;
  std::vector<FlownFlight> flights;
};

// The built-in policies that play a day in well under a second.
std::vector<std::string> PolicyNames();
PlayedDay Play(const NetworkPtr& network, std::uint64_t seed, const std::string& policy);

// Empty if none of PolicyNames() exceeds the bound; else which does, and how to repeat it.
std::string FaultOfBound(const NetworkPtr& network, std::uint64_t seed,
                         const policy::BoundOptions& options);

// Fixes the flights of the program to those flown and solves it. Empty if it is feasible and not
// below the profit; else what is wrong.
std::string FaultOfFixedFlights(const NetworkPtr& network, std::uint64_t seed,
                                const PlayedDay& played, const policy::ProgramOptions& options);

NetworkPtr Paper(std::uint64_t seed, int vertiports, int aircraft);
NetworkPtr Sfbay();
NetworkPtr Drawn(std::uint64_t seed);

// A network of 2 or 3 vertiports and 1 to 3 aircraft, open for so short that all sequences of
// decisions can be tried.
NetworkPtr Tiny(std::uint64_t seed);
// The largest profit of any sequence of decisions. Requires: a tiny network.
std::int64_t BestProfitCents(const NetworkPtr& network, std::uint64_t seed);

}  // namespace skein::testing
