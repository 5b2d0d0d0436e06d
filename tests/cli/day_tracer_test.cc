#include "cli/report/day_tracer.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <vector>

#include "cli/report/trace_time.h"
#include "cli/scenario_source.h"
#include "gtest/gtest.h"
#include "policy/registry.h"
#include "tests/property/random_scenario.h"

namespace skein::cli {
namespace {

constexpr std::uint64_t kFirstSeed = 1;
constexpr std::uint64_t kDays = 20;  // of random scenarios
// Days of the San Francisco Bay on which fog makes flights hold and divert.
constexpr std::uint64_t kFoggySeeds[] = {900'001, 900'005};

Scenario ScenarioOf(std::uint64_t seed) {
  return seed < kFirstSeed + kDays ? testing::RandomScenario(seed)
                                   : ResolveBuiltInScenario("metro:sfbay").value();
}

double ValueAt(const v1::StepSeries& series, std::int32_t at_s) {
  const auto after = std::upper_bound(series.at_s().begin(), series.at_s().end(), at_s);
  const auto count = after - series.at_s().begin();
  return count == 0 ? 0 : series.value(static_cast<int>(count) - 1);
}

double Last(const v1::StepSeries& series) {
  return series.value().empty() ? 0 : series.value(series.value_size() - 1);
}

// Whether the series says `want`. It counts whole seconds, so one in which it changes is not told.
bool Says(const v1::StepSeries& series, std::int32_t at_s, double want) {
  const bool changes = std::binary_search(series.at_s().begin(), series.at_s().end(), at_s);
  return changes || ValueAt(series, at_s) == want;
}

// What the world said in a second, at last.
struct Sample {
  std::int32_t at_s = 0;
  std::vector<sim::VertiportState> vertiports;
  std::vector<sim::AircraftState> aircraft;
};

struct TracedDay {
  v1::DayTrace trace;
  DaySummary summary;
  std::vector<Sample> samples;
};

TracedDay TraceDay(std::uint64_t seed) {
  TracedDay day;
  const auto network = sim::Network::Create(ScenarioOf(seed)).value();
  const auto dispatcher = policy::MakeDispatcher("random", {.network = network, .seed = seed});
  sim::EpisodeHooks hooks;
  hooks.on_event = [&day](const sim::World& world, const ExternalEvent&) {
    const std::int32_t now_s = ToTraceS(world.now());
    if (day.samples.empty() || day.samples.back().at_s != now_s) day.samples.emplace_back();
    day.samples.back() = {now_s, world.state().vertiports, world.state().aircraft};
  };
  hooks.on_decision = [&day](const sim::World& world, const Decision&, const Verdict&) {
    day.samples.back() = {ToTraceS(world.now()), world.state().vertiports, world.state().aircraft};
  };
  DayTracer tracer(*network, "random", seed, "random");
  tracer.Watch(&hooks);
  day.summary = sim::RunEpisode(network, seed, **dispatcher, hooks).value().summary;
  day.trace = tracer.Finish();
  return day;
}

class DayTracerTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(DayTracerTest, EndsWithTheFiguresOfTheDay) {
  const TracedDay day = TraceDay(GetParam());

  EXPECT_EQ(std::llround(Last(day.trace.profit_usd()) * 100), day.summary.profit_cents());
  EXPECT_EQ(Last(day.trace.passengers_served()),
            static_cast<double>(day.summary.passengers_served));
  EXPECT_EQ(Last(day.trace.passengers_lost()), static_cast<double>(day.summary.passengers_lost));
}

TEST_P(DayTracerTest, VertiportsAreAsTheWorldSaid) {
  const TracedDay day = TraceDay(GetParam());

  for (const Sample& sample : day.samples) {
    for (std::size_t k = 0; k < sample.vertiports.size(); ++k) {
      const sim::VertiportState& want = sample.vertiports[k];
      const v1::VertiportTrace& got = day.trace.vertiports(static_cast<int>(k));
      const auto charging = static_cast<double>(want.charging.size());
      ASSERT_TRUE(Says(got.waiting_passengers(), sample.at_s, want.waiting_passengers) &&
                  Says(got.aircraft_on_ground(), sample.at_s, want.on_ground) &&
                  Says(got.aircraft_charging(), sample.at_s, charging))
          << "vertiport " << k << " at " << sample.at_s << " s";
    }
  }
}

TEST_P(DayTracerTest, SegmentsFollowEachOtherWithoutGaps) {
  const TracedDay day = TraceDay(GetParam());

  for (const v1::AircraftTrace& aircraft : day.trace.aircraft()) {
    std::int32_t end_s = 0;
    for (const v1::ActivitySegment& segment : aircraft.segments()) {
      ASSERT_EQ(segment.start_s(), end_s) << aircraft.name();
      ASSERT_LT(segment.start_s(), segment.end_s()) << aircraft.name();
      end_s = segment.end_s();
    }
    EXPECT_EQ(end_s, day.trace.end_s()) << aircraft.name();
  }
}

v1::AircraftActivity ActivityOf(const sim::AircraftState& aircraft) {
  switch (aircraft.phase) {
    case AircraftPhase::kHolding: return v1::AIRCRAFT_ACTIVITY_HOLDING;
    case AircraftPhase::kEnRoute:
    case AircraftPhase::kDiverting: return v1::AIRCRAFT_ACTIVITY_FLYING;
    case AircraftPhase::kOutOfService: return v1::AIRCRAFT_ACTIVITY_OUT_OF_SERVICE;
    case AircraftPhase::kCommitted: return v1::AIRCRAFT_ACTIVITY_DEPARTING;
    case AircraftPhase::kTurnaround:
    case AircraftPhase::kBlockingPad:
      return aircraft.charging ? v1::AIRCRAFT_ACTIVITY_CHARGING : v1::AIRCRAFT_ACTIVITY_TURNAROUND;
    case AircraftPhase::kReady:
      return aircraft.charging ? v1::AIRCRAFT_ACTIVITY_CHARGING : v1::AIRCRAFT_ACTIVITY_PARKED;
    case AircraftPhase::kRemoved: break;
  }
  return v1::AIRCRAFT_ACTIVITY_UNSPECIFIED;
}

TEST_P(DayTracerTest, ActivitiesAreAsTheWorldSaid) {
  const TracedDay day = TraceDay(GetParam());

  for (const Sample& sample : day.samples) {
    for (std::size_t k = 0; k < sample.aircraft.size(); ++k) {
      const auto& segments = day.trace.aircraft(static_cast<int>(k)).segments();
      const auto holds =
          std::find_if(segments.begin(), segments.end(), [&sample](const auto& segment) {
            return segment.start_s() <= sample.at_s && sample.at_s < segment.end_s();
          });
      // A second in which the activity changes is not told.
      if (holds == segments.end() || holds->start_s() == sample.at_s) continue;
      const sim::AircraftState& want = sample.aircraft[k];
      ASSERT_EQ(holds->activity(), ActivityOf(want)) << want.name << " at " << sample.at_s << " s";
      ASSERT_EQ(holds->passengers(), want.passengers) << want.name << " at " << sample.at_s << " s";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(RandomScenarios, DayTracerTest,
                         ::testing::Range(kFirstSeed, kFirstSeed + kDays));
INSTANTIATE_TEST_SUITE_P(FoggyMornings, DayTracerTest, ::testing::ValuesIn(kFoggySeeds));

TEST(DayTracerTest, TheScenariosHaveEveryActivityAndClosures) {
  std::set<v1::AircraftActivity> seen;
  int closures = 0;
  std::vector<std::uint64_t> seeds(std::begin(kFoggySeeds), std::end(kFoggySeeds));
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + kDays; ++seed) seeds.push_back(seed);
  for (const std::uint64_t seed : seeds) {
    const TracedDay day = TraceDay(seed);
    closures += day.trace.closures_size();
    for (const v1::AircraftTrace& aircraft : day.trace.aircraft())
      for (const v1::ActivitySegment& segment : aircraft.segments())
        seen.insert(segment.activity());
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(v1::AircraftActivity_ARRAYSIZE - 1));
  EXPECT_GT(closures, 0);
}

TEST(DayTracerTest, SharesTheEffectsWithAnotherOnlooker) {
  const auto network = sim::Network::Create(ScenarioOf(kFirstSeed)).value();
  const auto dispatcher = policy::MakeDispatcher("random", {.network = network, .seed = 1});
  std::vector<TimedEffect> effects;
  std::size_t seen = 0;
  sim::EpisodeHooks hooks;
  hooks.effects = &effects;
  hooks.on_event = [&](const sim::World&, const ExternalEvent&) {
    seen += effects.size();
    effects.clear();
  };
  hooks.on_decision = [&](const sim::World&, const Decision&, const Verdict&) {
    seen += effects.size();
    effects.clear();
  };
  DayTracer tracer(*network, "random", 1, "random");
  tracer.Watch(&hooks);

  const auto report = sim::RunEpisode(network, 1, **dispatcher, hooks).value();

  EXPECT_GT(seen, 0U);
  EXPECT_EQ(std::llround(Last(tracer.Finish().profit_usd()) * 100), report.summary.profit_cents());
}

}  // namespace
}  // namespace skein::cli
