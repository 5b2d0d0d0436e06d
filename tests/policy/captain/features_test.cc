#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>
#include <numeric>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/captain/features/extractor.h"
#include "sim/world.h"
#include "tests/policy/captain/some_points.h"

namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

// Counts what is allocated. Out of line, or gcc sees free() meet operator new and warns.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace skein::policy::captain {
namespace {

template <class Row>
std::vector<float> Flat(const std::vector<Row>& rows) {
  const auto* const begin = reinterpret_cast<const float*>(rows.data());
  return {begin, begin + rows.size() * kFeatureCount<Row>};
}

std::vector<float> Flat(const ContextRow& row) { return Flat(std::vector<ContextRow>{row}); }

void ExpectOrderOne(const std::vector<float>& values, std::size_t columns,
                    const FeatureBlock& block) {
  for (std::size_t k = 0; k < values.size(); ++k)
    ASSERT_LE(std::abs(values[k]), 4.0F)  // false for NaN
        << block.name << "." << block.features[k % columns].name;
}

TEST(FeatureSchemaTest, NamesEveryColumnOnce) {
  ASSERT_EQ(FeatureSchema().size(), 5);
  for (const FeatureBlock& block : FeatureSchema()) {
    std::set<std::string> names;
    for (const FeatureDescription& feature : block.features) {
      EXPECT_FALSE(feature.meaning.empty()) << feature.name;
      EXPECT_TRUE(names.insert(std::string(feature.name)).second) << feature.name;
    }
  }
  EXPECT_EQ(FeatureSchema()[2].features[6].name, "block_time");
}

TEST(FeatureExtractorTest, HasTheDeclaredShapesAndIsOfOrderOne) {
  for (const auto& [vertiports, aircraft] : {std::pair{3, 5}, {8, 40}, {16, 80}}) {
    const auto network = PaperNetwork(900'002, vertiports, aircraft);
    FeatureExtractor extractor(network);
    Features features;
    const auto greedy = MakeGreedy(network);
    int points = 0;
    ForEachPoint(network, 900'002, *greedy, 2000, [&](const DecisionPoint& point) {
      ++points;
      extractor.Extract(point, &features);
      const auto count = static_cast<std::size_t>(vertiports);
      ASSERT_EQ(features.vertiports.size(), count);
      ASSERT_EQ(features.edges.size(), count);
      ASSERT_EQ(features.series.size(), count * kSeriesSteps);
      ASSERT_EQ(features.proximity.size(), count * count);
      ASSERT_EQ(features.aircraft.size(), static_cast<std::size_t>(aircraft));
      ASSERT_EQ(features.aircraft_at.size(), static_cast<std::size_t>(aircraft));
      ASSERT_EQ(features.action_mask, point.observation->action_mask);
      ASSERT_EQ(features.here, point.observation->vertiport.value);
      ASSERT_EQ(features.aircraft[static_cast<std::size_t>(features.self)].self, 1);
      ExpectOrderOne(Flat(features.vertiports), kFeatureCount<VertiportRow>, FeatureSchema()[0]);
      ExpectOrderOne(Flat(features.aircraft), kFeatureCount<AircraftRow>, FeatureSchema()[1]);
      ExpectOrderOne(Flat(features.edges), kFeatureCount<EdgeRow>, FeatureSchema()[2]);
      ExpectOrderOne(Flat(features.context), kFeatureCount<ContextRow>, FeatureSchema()[3]);
      ExpectOrderOne(Flat(features.series), kFeatureCount<SeriesRow>, FeatureSchema()[4]);
      for (const float weight : features.proximity) ASSERT_TRUE(weight >= 0 && weight <= 1);
    });
    EXPECT_GT(points, 100);
  }
}

TEST(FeatureExtractorTest, AgreesWithTheObservation) {
  const auto network = PaperNetwork(900'003, 8, 40);
  FeatureExtractor extractor(network);
  Features features;
  const auto greedy = MakeGreedy(network);
  ForEachPoint(network, 900'003, *greedy, 600, [&](const DecisionPoint& point) {
    extractor.Extract(point, &features);
    const Observation& seen = *point.observation;
    for (std::size_t j = 0; j < seen.destinations.size(); ++j) {
      const DestinationEstimate& flight = seen.destinations[j];
      const EdgeRow& edge = features.edges[j];
      ASSERT_EQ(edge.legal, seen.action_mask[j]);
      ASSERT_EQ(edge.hold, j == seen.vertiport.index() ? 1 : 0);
      ASSERT_EQ(edge.legal + edge.refused_stand + edge.refused_energy + edge.refused_route +
                    edge.refused_other,
                1);
      if (edge.hold == 1 || edge.legal == 0) continue;
      ASSERT_FLOAT_EQ(edge.boarding, static_cast<float>(flight.passengers) / 4);
      ASSERT_NEAR(edge.profit * extractor.full_flight_cents(),
                  static_cast<double>(flight.profit_cents()), 0.01);
      ASSERT_GT(edge.cycle_time, edge.block_time);
    }
  });
}

// Two days of one network are the same until something happens that differs.
TEST(FeatureExtractorTest, SeesNothingOfTheDayToCome) {
  const auto network = PaperNetwork(900'004, 5, 12);
  FeatureExtractor extractor(network);
  const auto greedy = MakeGreedy(network);
  std::vector<std::vector<float>> first(2);
  for (std::size_t day = 0; day < 2; ++day)
    ForEachPoint(network, 900'100 + day, *greedy, 1, [&](const DecisionPoint& point) {
      Features features;
      extractor.Extract(point, &features);
      first[day] = Flat(features.edges);
      const std::vector<float> series = Flat(features.series);
      first[day].insert(first[day].end(), series.begin(), series.end());
    });

  EXPECT_FALSE(first[0].empty());
  EXPECT_EQ(first[0], first[1]);
}

TEST(FeatureExtractorTest, AllocatesNothingOnceWarm) {
  const auto network = PaperNetwork(900'005, 8, 40);
  FeatureExtractor extractor(network);
  Features features;
  const auto greedy = MakeGreedy(network);
  int points = 0;
  ForEachPoint(network, 900'005, *greedy, 1000, [&](const DecisionPoint& point) {
    const std::int64_t before = allocations;
    extractor.Extract(point, &features);
    if (++points > 1) {
      ASSERT_EQ(allocations, before);
    }
  });
  EXPECT_GT(points, 500);
}

// Renumbering vertiports and aircraft renumbers the rows and changes nothing else.
TEST(FeatureHashTest, IsOfEveryBitInEveryBlock) {
  Features features;
  features.vertiports.resize(2);
  features.aircraft.resize(3);
  features.aircraft_at = {0, 1, 1};
  features.edges.resize(2);
  features.series.resize(2 * kSeriesSteps);
  features.proximity.resize(4);
  features.action_mask.resize(2);
  const Features same = features;
  std::set<std::uint64_t> hashes{Hash(features)};
  EXPECT_EQ(Hash(same), Hash(features));
  const auto change = [&](auto member) {
    Features other = features;
    auto* const byte = reinterpret_cast<unsigned char*>(member(other));
    *byte ^= 1;
    hashes.insert(Hash(other));
  };

  change([](Features& f) { return &f.here; });
  change([](Features& f) { return &f.self; });
  change([](Features& f) { return &f.vertiports[1]; });
  change([](Features& f) { return &f.aircraft[2]; });
  change([](Features& f) { return &f.aircraft_at[2]; });
  change([](Features& f) { return &f.edges[1]; });
  change([](Features& f) { return &f.series.back(); });
  change([](Features& f) { return &f.context; });
  change([](Features& f) { return &f.proximity[3]; });
  change([](Features& f) { return &f.action_mask[1]; });

  EXPECT_EQ(hashes.size(), 11);
}

TEST(FeatureExtractorTest, FollowsARenumberingOfTheScenario) {
  const auto network = PaperNetwork(900'006, 6, 9);
  Scenario renumbered = network->scenario();
  const std::size_t count = renumbered.vertiports.size();
  const auto moved = [count](VertiportId j) {
    return VertiportId{static_cast<std::int32_t>((j.index() + 2) % count)};
  };
  const Scenario& original = network->scenario();
  for (std::size_t j = 0; j < count; ++j)
    renumbered.vertiports[(j + 2) % count] = original.vertiports[j];
  for (Corridor& corridor : renumbered.corridors) {
    // The closure probability of a pair is that of its lower origin, whichever that is.
    for (const Corridor& other : original.corridors)
      if (std::minmax(other.origin, other.destination) ==
              std::minmax(corridor.origin, corridor.destination) &&
          other.origin < other.destination)
        corridor.closure_probability = other.closure_probability;
    corridor.origin = moved(corridor.origin);
    corridor.destination = moved(corridor.destination);
  }
  const std::size_t fleet = renumbered.aircraft.size();
  for (std::size_t k = 0; k < fleet; ++k) {
    renumbered.aircraft[fleet - 1 - k] = original.aircraft[k];
    renumbered.aircraft[fleet - 1 - k].vertiport = moved(original.aircraft[k].vertiport);
  }
  const std::size_t intervals = static_cast<std::size_t>(network->interval_count());
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < count; ++j)
      for (std::size_t k = 0; k < intervals; ++k)
        renumbered.demand
            .requests_per_hour[(((i + 2) % count) * count + (j + 2) % count) * intervals + k] =
            original.demand.requests_per_hour[(i * count + j) * intervals + k];
  const auto other = sim::Network::Create(renumbered);
  ASSERT_TRUE(other.ok()) << other.status();

  const auto features_of = [](const std::shared_ptr<const sim::Network>& of, AircraftId aircraft) {
    sim::Simulator simulator(of, 7);
    EXPECT_TRUE(simulator.Apply(*simulator.NextEvent()).ok());
    Observation observation;
    simulator.world().Observe(aircraft, &observation);
    Features features;
    FeatureExtractor(of).Extract({&observation, &simulator.world()}, &features);
    return features;
  };
  const Features a = features_of(network, AircraftId{3});
  const Features b = features_of(*other, AircraftId{static_cast<std::int32_t>(fleet) - 1 - 3});

  using ::testing::FloatNear;
  using ::testing::Pointwise;
  EXPECT_THAT(Flat(b.context), Pointwise(FloatNear(1e-5F), Flat(a.context)));
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t at = (j + 2) % count;
    EXPECT_THAT(Flat(std::vector{b.edges[at]}),
                Pointwise(FloatNear(1e-5F), Flat(std::vector{a.edges[j]})));
    EXPECT_THAT(Flat(std::vector{b.vertiports[at]}),
                Pointwise(FloatNear(1e-5F), Flat(std::vector{a.vertiports[j]})));
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_NEAR(b.proximity[at * count + (i + 2) % count], a.proximity[j * count + i], 1e-6);
  }
  for (std::size_t k = 0; k < fleet; ++k)
    EXPECT_THAT(Flat(std::vector{b.aircraft[fleet - 1 - k]}),
                Pointwise(FloatNear(1e-5F), Flat(std::vector{a.aircraft[k]})));
}

}  // namespace
}  // namespace skein::policy::captain
