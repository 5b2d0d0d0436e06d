#pragma once

#include <cstdint>
#include <memory>

#include "sim/domain/dispatcher.h"
#include "sim/network.h"

// The rule policies: the baselines that every learned or planned policy has to beat.
namespace skein::policy {

// Never flies. What standing still earns.
std::unique_ptr<Dispatcher> MakeHold();

// Uniform over the legal actions, `hold` among them. Its draws are addressed by decision number.
// Source: the CapTAIN papers' baseline.
std::unique_ptr<Dispatcher> MakeRandom(std::uint64_t seed);

// Serves the party at its vertiport that has waited longest and can be flown; else holds.
// Source: assumed (first come, first served over parties).
std::unique_ptr<Dispatcher> MakeFcfs();

// The flight with the largest expected profit per hour of the cycle that it starts (wait for the
// slot, expected delay, flight, then turnaround or recharging, whichever is longer); holds if none
// earns money. Source: research on calibration, section 1.
std::unique_ptr<Dispatcher> MakeGreedy(std::shared_ptr<const sim::Network> network);

}  // namespace skein::policy
