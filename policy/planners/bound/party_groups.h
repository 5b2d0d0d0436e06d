#pragma once

#include <cstdint>
#include <vector>

#include "policy/planners/bound/flight_arcs.h"

namespace skein::policy {

// Parties that the program cannot tell apart: same way, size and fare, same bins for boarding.
struct PartyGroup {
  VertiportId origin;
  VertiportId destination;
  int first_bin = 0;  // boarding needs an anchor in [first_bin, last_bin]
  int last_bin = 0;
  int passengers = 0;  // of one party
  std::int64_t fare_cents_per_passenger = 0;
  int parties = 0;
  friend auto operator<=>(const PartyGroup&, const PartyGroup&) = default;
};

// The trip requests of the day that some flight could board, grouped, in the order of the fields.
std::vector<PartyGroup> GroupParties(const sim::Network& network, const sim::RealisedDay& day,
                                     const TimeGrid& grid);

}  // namespace skein::policy
