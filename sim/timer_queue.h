#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

#include "sim/domain/sim_time.h"

namespace skein::sim {

// Kinds of timers, in the order in which those due at the same time fire.
enum class TimerKind : std::uint8_t {
  kDayOpen,
  kAdvisoryEnd,
  kAdvisoryStart,
  kChargeTarget,
  kTurnaroundEnd,
  kHoldEnd,
  kSlotDue,
  kLatestDivert,
  kTripExpiry,
  kDayClose,
};

// A timer of the object `id` (aircraft, trip, advisory or day, by kind).
struct Timer {
  SimTime due;
  TimerKind kind{};
  std::int64_t id = 0;
  friend auto operator<=>(const Timer&, const Timer&) = default;
};

// A min-heap by (due, kind, id). Entries are never removed early: the owner tells a live timer from
// a stale one by the due time that the object itself holds.
template <class Entry>
class LazyHeap {
 public:
  bool empty() const { return heap_.empty(); }
  const Entry& top() const { return heap_.front(); }
  void Push(const Entry& entry) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>{});
  }
  void Pop() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>{});
    heap_.pop_back();
  }
  void Clear() { heap_.clear(); }

 private:
  std::vector<Entry> heap_;
};

}  // namespace skein::sim
