#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/captain/drift/day_profile.h"
#include "sim/domain/status.h"

namespace skein::policy::captain {

// Days of one kind that a reference was made of.
struct DriftDays {
  std::string scenario;
  int vertiports = 0;  // of paper
  int aircraft = 0;    // of paper
  std::uint64_t first_seed = 0;
  int days = 0;
};

// Over days: mean and standard deviation of a day's mean.
struct Moments {
  double mean = 0;
  double deviation = 0;
};

// How the days look on which a policy was trained, when it plays them itself. It stands in a file
// beside the checkpoint, canonical JSON of a DriftReference.
struct DriftReference {
  std::string policy_checksum;  // of the checkpoint
  std::string commit;           // of the program that made it
  std::vector<DriftDays> days;
  std::array<std::array<Moments, kProfileFeatures>, kDayParts> moments{};
};

// Moments over days; parts with fewer than kLeastDecisions are left out.
// Errors: INVALID_ARGUMENT, if a part is left with fewer than two days.
absl::Status SetMoments(std::span<const DayProfile> days, DriftReference* reference);

// How far a feature lies from the reference, in deviations between days. A deviation is reckoned
// as kLeastDeviation at least, and the distance ends at ±kMostDeviations: a single rare event, such
// as a closure where training had few, must not hide everything else.
// Source: assumed.
inline constexpr double kLeastDeviation = 0.005;
inline constexpr double kMostDeviations = 10;
double DeviationsFrom(const Moments& reference, double mean);

// Per block the root mean square of these over its features and the parts. Nothing, if no part has
// kLeastDecisions.
std::optional<PolicyDrift> DriftOf(const DayProfile& day, const DriftReference& reference);

// "captain.drift.json" for "captain.captain".
std::string DriftReferencePath(const std::string& checkpoint_path);

std::string EncodeDriftReference(const DriftReference& reference);

// Errors: NOT_FOUND; UNAVAILABLE, if it cannot be read; INVALID_ARGUMENT, if it is no reference;
//         FAILED_PRECONDITION, if it is one of other features than this program computes.
absl::StatusOr<DriftReference> ReadDriftReference(const std::string& path);

}  // namespace skein::policy::captain
