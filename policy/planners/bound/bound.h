#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "sim/domain/sim_time.h"
#include "sim/domain/status.h"
#include "sim/network.h"

// The hindsight bound: what no policy can exceed on a realised day, clairvoyant or not. It is the
// value of a linear program over (vertiport, time bin, charge level) that knows the whole day.
// Program, proof and tightness: docs/policy.md, "The hindsight bound".
namespace skein::policy {

inline constexpr int kMaxChargeLevels = 64;

struct BoundOptions {
  // Width of a time bin; zero: chosen by the size of the network. Every width is valid, a smaller
  // one is tighter and slower.
  SimDuration bin{};
  // Most charge levels of an aircraft, up to kMaxChargeLevels; 0: chosen by the size of the
  // network, 1: charge is ignored.
  int charge_levels = 0;
  // Iterations after which the solver stops; 0: no limit. The bound stays valid.
  int max_iterations = 0;
  // Asked now and then; true stops the computation with CANCELLED. May be empty.
  std::function<bool()> stop = nullptr;
};

struct BoundReport {
  std::int64_t bound_cents = 0;  // no policy's profit of the day is above it
  SimDuration bin{};
  int bins = 0;
  int charge_levels = 0;
  int rows = 0;
  int columns = 0;
  std::int64_t entries = 0;  // of the constraint matrix
  int iterations = 0;
  bool optimal = false;  // false: the solver stopped early, so that the bound is looser
};

// The bound on the profit of the day that `seed` gives the network. Pure: the same answer on every
// run of the same build.
//
// Errors: INVALID_ARGUMENT, if an option is out of range; CANCELLED.
absl::StatusOr<BoundReport> HindsightBound(const std::shared_ptr<const sim::Network>& network,
                                           std::uint64_t seed, const BoundOptions& options = {});

}  // namespace skein::policy
