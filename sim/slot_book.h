#pragma once

#include <vector>

#include "sim/domain/sim_time.h"

namespace skein::sim {

// Reservations of a pool of equal resources, each taken for the same length of time: the pads of a
// vertiport (length = movement) or the lanes of a corridor (length = headway).
//
// A set of equal intervals fits on n resources exactly if no instant is covered more than n times,
// so the book keeps start times only.
//
// Invariant: starts are sorted.
class SlotBook {
 public:
  // Earliest start in [from, limit] at which one more interval fits; kNever if there is none.
  SimTime EarliestFree(SimTime from, SimTime limit, SimDuration length, int capacity) const;

  void Reserve(SimTime start);
  // Requires: start is reserved.
  void Release(SimTime start);
  // Forgets the starts before `before`.
  void Prune(SimTime before);

  const std::vector<SimTime>& starts() const { return starts_; }
  std::vector<SimTime>& mutable_starts() { return starts_; }

 private:
  std::vector<SimTime> starts_;
};

}  // namespace skein::sim
