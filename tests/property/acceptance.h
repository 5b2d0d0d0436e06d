#pragma once

#include <array>

#include "sim/domain/decision.h"
#include "sim/domain/status.h"
#include "sim/world.h"

namespace skein::testing {

// The guard's rules written a second time, from the bare state and the scenario's tables, to judge
// what the guard answers. Constructed before a commit, asked after it.
class Acceptance {
 public:
  Acceptance(const sim::World& before, const Decision& decision);

  // Errors: INTERNAL, if the verdict accepts what breaks a rule, or refuses by G1, G2, G3, G6 or G8
  // what does not break it.
  absl::Status Judge(const sim::World& after, const Verdict& verdict) const;

  // Whether nothing but slots and closing time (G5, G9) can forbid the flight: the property at the
  // end of the guard's rules.
  bool OnlySlotsCanForbid() const;

 private:
  bool Breaks(GuardRule rule) const { return broken_[static_cast<std::size_t>(rule)]; }
  void Set(GuardRule rule, bool broken) { broken_[static_cast<std::size_t>(rule)] = broken; }
  void LookAtAircraft(const sim::World& before);
  void LookAtFlight(const sim::World& before);
  absl::Status JudgeTimes(const sim::World& after, const Verdict& verdict) const;

  Decision decision_;
  VertiportId origin_;
  bool flight_ = false;
  bool route_known_closed_ = false;
  std::array<bool, 10> broken_{};
};

}  // namespace skein::testing
