#include "sim/slot_book.h"

#include <algorithm>

#include "sim/domain/check.h"

namespace skein::sim {

SimTime SlotBook::EarliestFree(SimTime from, SimTime limit, SimDuration length,
                               int capacity) const {
  if (capacity <= 0) return kNever;
  SimTime start = from;
  while (start <= limit) {
    // The intervals that meet [start, start + length) are those that begin in (start − length,
    // start + length). Cover is highest at `start` or at one of their beginnings.
    const auto first = std::upper_bound(starts_.begin(), starts_.end(), start - length);
    auto oldest = first;  // oldest interval that covers the instant looked at
    SimTime next = start;
    auto begin_of_start = std::upper_bound(first, starts_.end(), start);
    if (begin_of_start - first >= capacity) {
      next = *first + length;
    } else {
      for (auto at = begin_of_start; at != starts_.end() && *at < start + length; ++at) {
        while (*oldest + length <= *at) ++oldest;
        if (at + 1 - oldest >= capacity) {
          next = *oldest + length;
          break;
        }
      }
    }
    if (next == start) return start;
    start = next;
  }
  return kNever;
}

void SlotBook::Reserve(SimTime start) {
  starts_.insert(std::upper_bound(starts_.begin(), starts_.end(), start), start);
}

void SlotBook::Release(SimTime start) {
  const auto at = std::lower_bound(starts_.begin(), starts_.end(), start);
  SKEIN_CHECK(at != starts_.end() && *at == start, "released a slot that is not reserved");
  starts_.erase(at);
}

void SlotBook::Prune(SimTime before) {
  starts_.erase(starts_.begin(), std::lower_bound(starts_.begin(), starts_.end(), before));
}

}  // namespace skein::sim
