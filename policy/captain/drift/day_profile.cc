#include "policy/captain/drift/day_profile.h"

#include <algorithm>
#include <vector>

namespace skein::policy::captain {
namespace {

constexpr std::string_view kChoiceNames[kChoiceFeatures] = {"hold", "most_profit", "second_profit",
                                                            "third_profit", "less_profit"};

// In the order of FeatureSchema.
constexpr DriftBlock kBlocks[] = {DriftBlock::kVertiports, DriftBlock::kAircraft,
                                  DriftBlock::kEdges, DriftBlock::kContext, DriftBlock::kSeries};

std::vector<ProfileFeature> ListFeatures() {
  std::vector<ProfileFeature> features;
  std::size_t block = 0;
  for (const FeatureBlock& described : FeatureSchema()) {
    for (const FeatureDescription& feature : described.features)
      features.push_back({kBlocks[block], feature.name});
    ++block;
  }
  for (const std::string_view name : kChoiceNames) features.push_back({DriftBlock::kChoices, name});
  return features;
}

// Adds the means of the columns; gives the sum behind the last.
template <class Row>
double* AddMeans(std::span<const Row> rows, double* sums) {
  constexpr std::size_t kWidth = kFeatureCount<Row>;
  std::array<float, kWidth> total{};
  for (const Row& row : rows) {
    const auto* const values = reinterpret_cast<const float*>(&row);
    for (std::size_t k = 0; k < kWidth; ++k) total[k] += values[k];
  }
  const double share = 1.0 / static_cast<double>(std::max<std::size_t>(1, rows.size()));
  for (std::size_t k = 0; k < kWidth; ++k) sums[k] += share * static_cast<double>(total[k]);
  return sums + kWidth;
}

// 0 for hold, else one more than the number of legal flights that promise more profit, at most 4.
std::size_t RankOf(std::span<const EdgeRow> edges, std::size_t chosen) {
  if (edges[chosen].hold != 0) return 0;
  const auto better = std::count_if(edges.begin(), edges.end(), [&](const EdgeRow& edge) {
    return edge.legal != 0 && edge.hold == 0 && edge.profit > edges[chosen].profit;
  });
  return std::min(kChoiceFeatures - 1, 1 + static_cast<std::size_t>(better));
}

}  // namespace

std::span<const ProfileFeature> ProfileFeatures() {
  static const std::vector<ProfileFeature> features = ListFeatures();
  return features;
}

std::string_view NameOf(DriftBlock block) {
  switch (block) {
    case DriftBlock::kVertiports: return "vertiports";
    case DriftBlock::kAircraft: return "aircraft";
    case DriftBlock::kEdges: return "edges";
    case DriftBlock::kContext: return "context";
    case DriftBlock::kSeries: return "series";
    case DriftBlock::kChoices: return "choices";
  }
  return "";
}

std::size_t DayPartOf(const Features& features) {
  const int part = static_cast<int>(features.context.day_share * kDayParts);
  return static_cast<std::size_t>(std::clamp(part, 0, kDayParts - 1));
}

void PartProfile::Add(const Features& features, std::size_t chosen) {
  ++decisions;
  double* next = sums.data();
  next = AddMeans<VertiportRow>(features.vertiports, next);
  next = AddMeans<AircraftRow>(features.aircraft, next);
  next = AddMeans<EdgeRow>(features.edges, next);
  next = AddMeans<ContextRow>({&features.context, 1}, next);
  next = AddMeans<SeriesRow>(features.series, next);
  next[RankOf(features.edges, chosen)] += 1;
}

}  // namespace skein::policy::captain
