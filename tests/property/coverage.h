#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/domain/decision.h"
#include "sim/domain/effect.h"

namespace skein::testing {

// How often each rule of the world came into play.
struct Coverage {
  enum Rule {
    kChargerQueue,
    kReslot,
    kCancel,
    kHoldInAir,
    kDivert,
    kEmergencyLanding,
    kFailure,
    kExpiry,
    kWake,
    kExcursion,
    kRules
  };
  // Of lesser interest: printed, without a minimum.
  enum Side {
    kAlternateReleased,
    kPadBlocked,
    kStandTaken,
    kLandedElsewhere,
    kRestored,
    kRejectedEvents,
    kSides
  };

  std::int64_t runs = 0;
  std::int64_t events = 0;
  std::int64_t checks = 0;     // times the invariants were recounted
  std::int64_t decisions = 0;  // accepted, holds included
  std::int64_t flights = 0;    // accepted
  std::int64_t most_aircraft = 0;
  std::int64_t most_vertiports = 0;
  std::array<std::int64_t, 10> refusals{};  // by GuardRule
  std::array<std::int64_t, 16> reasons{};   // by Refusal
  std::array<std::int64_t, 8> cancels{};    // by CancelReason
  std::array<std::int64_t, kRules> rules{};
  std::array<std::int64_t, kSides> sides{};

  void Count(const Effect& effect);
  void Count(const Decision& decision, const Verdict& verdict);
  void Add(const Coverage& other);
  // For people, one row per line.
  std::string Table() const;
  // What falls short of the release run's minimum, one row per line; empty if nothing does.
  std::string Shortfall() const;
};

}  // namespace skein::testing
