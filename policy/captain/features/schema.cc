#include "policy/captain/features/schema.h"

#include <array>

namespace skein::policy::captain {
namespace {

#define SKEIN_CAPTAIN_DESCRIBE(name, meaning) FeatureDescription{#name, meaning},

constexpr std::array kVertiportFeatures = {
    SKEIN_CAPTAIN_VERTIPORT_FEATURES(SKEIN_CAPTAIN_DESCRIBE)};
constexpr std::array kAircraftFeatures = {SKEIN_CAPTAIN_AIRCRAFT_FEATURES(SKEIN_CAPTAIN_DESCRIBE)};
constexpr std::array kEdgeFeatures = {SKEIN_CAPTAIN_EDGE_FEATURES(SKEIN_CAPTAIN_DESCRIBE)};
constexpr std::array kContextFeatures = {SKEIN_CAPTAIN_CONTEXT_FEATURES(SKEIN_CAPTAIN_DESCRIBE)};
constexpr std::array kSeriesFeatures = {SKEIN_CAPTAIN_SERIES_FEATURES(SKEIN_CAPTAIN_DESCRIBE)};

#undef SKEIN_CAPTAIN_DESCRIBE

static_assert(kVertiportFeatures.size() == kFeatureCount<VertiportRow>);
static_assert(kAircraftFeatures.size() == kFeatureCount<AircraftRow>);
static_assert(kEdgeFeatures.size() == kFeatureCount<EdgeRow>);
static_assert(kContextFeatures.size() == kFeatureCount<ContextRow>);
static_assert(kSeriesFeatures.size() == kFeatureCount<SeriesRow>);

constexpr std::array<FeatureBlock, 5> kSchema = {{
    {"vertiports", "[V, F]", kVertiportFeatures},
    {"aircraft", "[A, F]", kAircraftFeatures},
    {"edges", "[V, F]", kEdgeFeatures},
    {"context", "[F]", kContextFeatures},
    {"series", "[V, T, F]", kSeriesFeatures},
}};

// Source: Fowler, Noll, Vo, FNV-1a, 64 bits.
class Fnv1a {
 public:
  void Add(std::string_view text) {
    for (const char letter : text) AddByte(static_cast<unsigned char>(letter));
    AddByte(0);
  }
  void Add(int value) { Add(std::to_string(value)); }
  std::uint64_t value() const { return state_; }

 private:
  void AddByte(unsigned char byte) { state_ = (state_ ^ byte) * 0x100000001b3; }

  std::uint64_t state_ = 0xcbf29ce484222325;
};

}  // namespace

std::span<const FeatureBlock> FeatureSchema() { return kSchema; }

std::uint64_t FeatureSchemaHash() {
  Fnv1a hash;
  hash.Add(kFeatureRevision);
  hash.Add(kSeriesSteps);
  hash.Add(kSeriesStepMinutes);
  for (const FeatureBlock& block : kSchema) {
    hash.Add(block.name);
    for (const FeatureDescription& feature : block.features) hash.Add(feature.name);
  }
  return hash.value();
}

}  // namespace skein::policy::captain
