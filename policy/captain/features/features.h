#pragma once

#include <cstdint>
#include <vector>

#include "policy/captain/features/schema.h"

namespace skein::policy::captain {

// What the network sees of one decision. Buffers are reused from one decision to the next.
//
// Shapes: V vertiports, A aircraft that are not removed, T = kSeriesSteps
struct Features {
  int here = 0;                           // index of the own vertiport
  int self = 0;                           // row of the deciding aircraft
  std::vector<VertiportRow> vertiports;   // [V]
  std::vector<AircraftRow> aircraft;      // [A]
  std::vector<std::int32_t> aircraft_at;  // [A] vertiport where it stands or flies to
  std::vector<EdgeRow> edges;             // [V]
  std::vector<SeriesRow> series;          // [V·T]
  ContextRow context;                     //
  std::vector<float> proximity;           // [V·V] symmetric, 1 on the diagonal, else in [0, 1)
  std::vector<std::uint8_t> action_mask;  // [V] 1 = legal; own vertiport = hold

  int vertiport_count() const { return static_cast<int>(vertiports.size()); }
  int aircraft_count() const { return static_cast<int>(aircraft.size()); }
};

// XXH3, 64 bits, of every block in the order above: equal for features of equal bits.
std::uint64_t Hash(const Features& features);

}  // namespace skein::policy::captain
