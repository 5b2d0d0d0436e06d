#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"

#include "sim/generator.h"
#include "sim/realised_day.h"
#include "tests/sim/small_scenario.h"

// Days that go on from a world: RealisedDay::Forecast. SEED = the loop variable of each test.
namespace skein::sim {
namespace {

constexpr SimTime kNoon{12 * kHour};

World AtNoon(Scenario scenario) {
  World world = World::Create(*Network::Create(std::move(scenario)), ClockMode::kSystem);
  EXPECT_TRUE(world.Apply({kNoon, TimeAdvanced{}}).ok());
  return world;
}

Scenario Quiet() {
  Scenario scenario = Triangle();
  scenario.operations.close_time = SimTime{18 * kHour};
  scenario.demand.requests_per_hour.assign(3 * 3 * 12, 0);
  return scenario;
}

std::vector<Advisory> AdvisoriesOf(const RealisedDay& day) {
  std::vector<Advisory> advisories;
  for (const ExternalEvent& event : day.events())
    if (const auto* issued = std::get_if<AdvisoryIssued>(&event.payload))
      advisories.push_back(issued->advisory);
  return advisories;
}

std::vector<std::pair<SimTime, TripRequested>> TripsOf(const RealisedDay& day) {
  std::vector<std::pair<SimTime, TripRequested>> trips;
  for (const ExternalEvent& event : day.events())
    if (const auto* trip = std::get_if<TripRequested>(&event.payload))
      trips.emplace_back(event.time, *trip);
  return trips;
}

TEST(ForecastDayTest, IsAFunctionOfWorldAndSeed) {
  const World world = AtNoon(*GeneratePaper(7));

  const auto trips = TripsOf(RealisedDay::Forecast(world, 3));
  const auto same = TripsOf(RealisedDay::Forecast(world, 3));
  const auto other = TripsOf(RealisedDay::Forecast(world, 4));

  ASSERT_EQ(trips.size(), same.size());
  for (std::size_t k = 0; k < trips.size(); ++k) {
    EXPECT_EQ(trips[k].first, same[k].first);
    EXPECT_EQ(trips[k].second.passengers, same[k].second.passengers);
  }
  EXPECT_NE(trips[0].first, other[0].first);
}

TEST(ForecastDayTest, TellsOnlyWhatIsNotYetKnown) {
  Scenario scenario = *GeneratePaper(7);
  scenario.demand.advance_booking_share = 0.5;
  scenario.demand.advance_booking_max = kHour;
  for (Corridor& corridor : scenario.corridors) corridor.closure_probability = 0.5;
  World world = AtNoon(scenario);
  const VertiportId origin = scenario.corridors[0].origin;
  const VertiportId destination = scenario.corridors[0].destination;
  ASSERT_TRUE(
      world.Apply({kNoon, TripRequested{{}, origin, destination, 1, kNoon, kNoon + kHour, {}}})
          .ok());
  Advisory closure;
  closure.id = AdvisoryId{77};
  closure.kind = AdvisoryKind::kCorridorClosed;
  closure.vertiport = origin;
  closure.corridor_end = destination;
  closure.start = kNoon;
  closure.end = kNoon + kHour;
  ASSERT_TRUE(world.Apply({kNoon, AdvisoryIssued{closure}}).ok());

  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RealisedDay day = RealisedDay::Forecast(world, seed);
    std::int64_t next_trip = 2;
    std::int64_t next_advisory = 78;
    for (const ExternalEvent& event : day.events()) {
      EXPECT_GT(event.time, kNoon) << "SEED=" << seed;
      const auto* trip = std::get_if<TripRequested>(&event.payload);
      if (trip != nullptr) {
        EXPECT_EQ(trip->trip, TripId{next_trip++});
      }
    }
    for (const Advisory& advisory : AdvisoriesOf(day)) {
      EXPECT_EQ(advisory.id, AdvisoryId{next_advisory++});
      EXPECT_FALSE((advisory.vertiport == origin && advisory.corridor_end == destination) ||
                   (advisory.vertiport == destination && advisory.corridor_end == origin))
          << "closed twice, SEED=" << seed;
    }
  }
}

// From noon to 18:00, six of twelve intervals.
TEST(ForecastDayTest, DemandHasTheMeanOfTheRestOfTheDay) {
  const Scenario scenario = *GeneratePaper(7);
  const World world = AtNoon(scenario);
  double expected = 0;
  for (std::size_t k = 0; k < scenario.demand.requests_per_hour.size(); ++k)
    if (k % 12 >= 6) expected += scenario.demand.requests_per_hour[k];
  constexpr int kDays = 200;
  double sum = 0;
  double squares = 0;
  for (std::uint64_t seed = 0; seed < kDays; ++seed) {
    const auto count = static_cast<double>(TripsOf(RealisedDay::Forecast(world, seed)).size());
    sum += count;
    squares += count * count;
  }
  const double mean = sum / kDays;

  EXPECT_NEAR(mean, expected, 4 * std::sqrt((squares / kDays - mean * mean) / kDays));
}

TEST(ForecastDayTest, DrawsTheRestOfAnIntervalThatRuns) {
  Scenario scenario = Quiet();
  scenario.demand.requests_per_hour[12 + 6] = 10'000;  // A→B, from 12 to 13
  World world = AtNoon(scenario);
  ASSERT_TRUE(world.Apply({kNoon + 45 * kMinute, TimeAdvanced{}}).ok());

  const auto trips = TripsOf(RealisedDay::Forecast(world, 1));

  EXPECT_NEAR(static_cast<double>(trips.size()), 2500, 4 * std::sqrt(2500.0));
}

TEST(ForecastDayTest, FollowsThePublishedForecast) {
  World world = AtNoon(Quiet());
  std::vector<double> rates(3 * 3 * 12, 0);
  rates[12 + 7] = 1000;  // A→B, from 13 to 14
  rates[7] = 1000;       // A→A: there is no such corridor
  ASSERT_TRUE(world.Apply({kNoon, ForecastPublished{rates}}).ok());

  const auto trips = TripsOf(RealisedDay::Forecast(world, 1));

  EXPECT_NEAR(static_cast<double>(trips.size()), 1000, 4 * std::sqrt(1000.0));
  for (const auto& [time, trip] : trips) {
    EXPECT_GE(time, kNoon + kHour);
    EXPECT_EQ(trip.destination, kB);
  }
}

TEST(ForecastDayTest, RefusesToPublishMoreThanCanBeDrawn) {
  World world = AtNoon(Quiet());
  std::vector<double> rates(3 * 3 * 12, 0);
  for (const std::size_t hour : {0, 1, 2, 3, 4}) rates[12 + hour] = 100'000;  // A→B
  EXPECT_TRUE(world.Apply({kNoon, ForecastPublished{rates}}).ok());
  rates[12 + 5] = 1;

  const absl::Status status = world.Apply({kNoon, ForecastPublished{rates}});

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            "event.forecastPublished.requestsPerHour sums to 500001 requests a day, want at most "
            "500000");
  EXPECT_EQ(world.forecast()[12 + 5], 0);
}

// Parties that leave between 12:00 and 13:00 and book U(0, 1 h) ahead: half of them are known.
TEST(ForecastDayTest, LeavesOutBookingsThatWouldBeKnown) {
  Scenario scenario = Quiet();
  scenario.demand.requests_per_hour[12 + 6] = 10'000;
  scenario.demand.advance_booking_share = 1;
  scenario.demand.advance_booking_max = kHour;

  const auto trips = TripsOf(RealisedDay::Forecast(AtNoon(scenario), 1));

  EXPECT_NEAR(static_cast<double>(trips.size()), 5000, 4 * std::sqrt(5000.0));
}

// The lognormal's own median, 2 h ÷ e^(σ²/2) = 1.765 h, has passed: the rest of the distribution
// has its median at the quantile 0.75, 1.765 h × e^(0.6745 σ) = 2.473 h.
TEST(ForecastDayTest, RepairsTakeLongerThanTheyHaveTaken) {
  const World world = AtNoon(Quiet());
  const auto median_ms = static_cast<std::int64_t>(2 * 3'600'000 * std::exp(-0.125));
  const SimTime failed = kNoon - SimDuration{median_ms};
  constexpr int kCount = 4000;
  int beyond = 0;
  for (std::uint64_t seed = 0; seed < kCount; ++seed) {
    const SimTime back = RealisedDay::Forecast(world, seed).Return(kN1, 1, failed);
    ASSERT_GE(back, kNoon) << "SEED=" << seed;
    if (back - failed > SimDuration{static_cast<std::int64_t>(2.473 * 3'600'000)}) ++beyond;
  }

  EXPECT_NEAR(beyond / static_cast<double>(kCount), 0.5, 4 * std::sqrt(0.25 / kCount));
}

TEST(ForecastDayTest, ARepairBeyondTheModelDoesNotEnd) {
  const World world = AtNoon(Quiet());

  EXPECT_EQ(RealisedDay::Forecast(world, 1).Return(kN1, 1, kNoon - 30 * kDay), kNever);
}

TEST(ForecastDayTest, LaterFailuresTakeAsLongAsOnAnyDay) {
  const RealisedDay day = RealisedDay::Forecast(AtNoon(Quiet()), 1);
  const SimTime failed = kNoon + kMinute;

  EXPECT_EQ(day.Return(kN1, 5, failed), failed + day.Repair(kN1, 5));
}

// Two weather days: fog at A from 12 on, and none.
Scenario TwoDaysOfWeather() {
  Scenario scenario = Quiet();
  for (int k = 0; k < 2; ++k) {
    WeatherDay& day = scenario.weather.days.emplace_back();
    day.ceiling_ft.assign(24, -1);
    day.visibility_sm.assign(24, 10);
  }
  std::fill(scenario.weather.days[0].ceiling_ft.begin() + 12,
            scenario.weather.days[0].ceiling_ft.end(), 300);
  scenario.vertiports[0].minimum_ceiling_ft = 400;
  return scenario;
}

TEST(ForecastDayTest, WeatherGoesOnAsItIs) {
  World clear = AtNoon(TwoDaysOfWeather());
  World foggy = clear;
  Advisory fog;
  fog.id = AdvisoryId{1};
  fog.kind = AdvisoryKind::kVertiportClosed;
  fog.vertiport = kA;
  fog.start = kNoon;
  fog.end = kNoon + kHour;
  ASSERT_TRUE(foggy.Apply({kNoon, AdvisoryIssued{fog}}).ok());

  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_TRUE(AdvisoriesOf(RealisedDay::Forecast(clear, seed)).empty()) << "SEED=" << seed;
    EXPECT_EQ(AdvisoriesOf(RealisedDay::Forecast(foggy, seed)).size(), 5U) << "SEED=" << seed;
  }
}

}  // namespace
}  // namespace skein::sim
