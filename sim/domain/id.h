#pragma once

#include <compare>
#include <cstdint>

namespace skein {

// A number that names one thing of the kind `Tag`. Ids of different kinds do not mix.
// A default-constructed id names nothing.
template <class Tag, class Rep = std::int32_t>
struct Id {
  Rep value = -1;

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}

  constexpr bool valid() const { return value >= 0; }
  constexpr std::size_t index() const { return static_cast<std::size_t>(value); }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

// Index of a vertiport in its scenario.
using VertiportId = Id<struct VertiportTag>;
// Index of an aircraft in its network; aircraft added later continue the numbering.
using AircraftId = Id<struct AircraftTag>;
// Number of a trip request; the world hands them out in sequence, starting at 1.
using TripId = Id<struct TripTag, std::int64_t>;
// Number of an advisory, chosen by its issuer, unique among the advisories in force or to come.
using AdvisoryId = Id<struct AdvisoryTag, std::int64_t>;

}  // namespace skein
