#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "policy/captain/features/features.h"
#include "sim/domain/dispatcher.h"

namespace skein::policy::captain {

// What a policy saw and chose over a day, in numbers that do not depend on the size of the network:
// each feature as the mean over the rows of its block, and the choice by how it ranks.
//
// The opening hours are compared part by part, since mornings are not like evenings.
inline constexpr int kDayParts = 6;

struct ProfileFeature {
  DriftBlock block{};
  std::string_view name;
};
// Those of features/schema.h in order, then those of the choice.
std::span<const ProfileFeature> ProfileFeatures();
inline constexpr std::size_t kChoiceFeatures = 5;
inline constexpr std::size_t kProfileFeatures =
    kChoiceFeatures + kFeatureCount<VertiportRow> + kFeatureCount<AircraftRow> +
    kFeatureCount<EdgeRow> + kFeatureCount<ContextRow> + kFeatureCount<SeriesRow>;

std::string_view NameOf(DriftBlock block);  // "vertiports"

// The part of the day in which the decision falls.
std::size_t DayPartOf(const Features& features);

// Sums over the decisions of a part of a day.
struct PartProfile {
  std::int64_t decisions = 0;
  std::array<double, kProfileFeatures> sums{};

  // `chosen` is the index of the vertiport; the own one is hold.
  void Add(const Features& features, std::size_t chosen);
  // Requires: there are decisions.
  double mean(std::size_t feature) const { return sums[feature] / static_cast<double>(decisions); }
};
using DayProfile = std::array<PartProfile, kDayParts>;

// Means of fewer decisions say little: such a part is left out of comparisons.
// Source: assumed.
inline constexpr std::int64_t kLeastDecisions = 20;

}  // namespace skein::policy::captain
