#include "sim/realised_day.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"

#include "sim/generator.h"
#include "tests/sim/triangle.h"

namespace skein::sim {
namespace {

std::shared_ptr<const Network> Compile(Scenario scenario) {
  absl::StatusOr<std::shared_ptr<const Network>> network = Network::Create(std::move(scenario));
  EXPECT_TRUE(network.ok()) << std::string(network.status().message());
  return *std::move(network);
}

std::shared_ptr<const Network> Paper(std::uint64_t seed) { return Compile(*GeneratePaper(seed)); }

template <class Payload>
std::vector<Payload> Select(const RealisedDay& day) {
  std::vector<Payload> selected;
  for (const ExternalEvent& event : day.events())
    if (const auto* payload = std::get_if<Payload>(&event.payload)) selected.push_back(*payload);
  return selected;
}

std::vector<Advisory> Advisories(const RealisedDay& day) {
  std::vector<Advisory> advisories;
  for (const AdvisoryIssued& issued : Select<AdvisoryIssued>(day))
    advisories.push_back(issued.advisory);
  return advisories;
}

// A triangle in which nothing is random but what a test adds.
Scenario Quiet() {
  Scenario scenario = Triangle();
  std::fill(scenario.demand.requests_per_hour.begin(), scenario.demand.requests_per_hour.end(), 0);
  return scenario;
}

TEST(RealisedDayTest, IsAFunctionOfTheSeed) {
  const auto network = Paper(7);
  const RealisedDay a(network, 3);
  const RealisedDay b(network, 3);
  const RealisedDay other(network, 4);

  const auto trips = Select<TripRequested>(a);
  const auto same = Select<TripRequested>(b);
  ASSERT_EQ(trips.size(), same.size());
  for (std::size_t k = 0; k < trips.size(); ++k) {
    EXPECT_EQ(trips[k].earliest, same[k].earliest);
    EXPECT_EQ(trips[k].passengers, same[k].passengers);
  }
  EXPECT_NE(trips[0].earliest, Select<TripRequested>(other)[0].earliest);
}

TEST(RealisedDayTest, GivesTheSameDelaysInAnyOrder) {
  const auto network = Paper(7);
  const RealisedDay day(network, 5);
  std::vector<SimDuration> delays;
  for (int minute = 0; minute < 720; ++minute)
    delays.push_back(day.Delay(VertiportId{minute % 8}, SimTime{(360 + minute) * kMinute}));

  const RealisedDay again(network, 5);
  for (int minute = 719; minute >= 0; --minute)
    EXPECT_EQ(again.Delay(VertiportId{minute % 8}, SimTime{(360 + minute) * kMinute}),
              delays[static_cast<std::size_t>(minute)]);
}

TEST(RealisedDayTest, OneMinuteHasOneDelay) {
  Scenario scenario = Quiet();
  for (Vertiport& vertiport : scenario.vertiports) vertiport.expected_delay = 15 * kMinute;
  const RealisedDay day(Compile(scenario), 5);
  const SimTime minute{400 * kMinute};

  const SimDuration delay = day.Delay(VertiportId{1}, minute);
  EXPECT_EQ(day.Delay(VertiportId{1}, minute + SimDuration{59'999}), delay);
  EXPECT_NE(day.Delay(VertiportId{1}, minute + kMinute), delay);
  EXPECT_NE(day.Delay(VertiportId{2}, minute), delay);
}

TEST(RealisedDayTest, OrdersEventsAndNumbersThem) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const RealisedDay day(Paper(seed), seed);
    SimTime last{};
    std::int64_t trips = 0;
    std::int64_t advisories = 0;
    for (const ExternalEvent& event : day.events()) {
      EXPECT_GE(event.time, last) << "SEED=" << seed;
      last = event.time;
      if (const auto* trip = std::get_if<TripRequested>(&event.payload)) {
        EXPECT_EQ(trip->trip, TripId{++trips});
        EXPECT_EQ(event.time, trip->earliest);
        EXPECT_EQ(trip->latest - trip->earliest, 40 * kMinute);
        EXPECT_FALSE(trip->fare_cents_per_passenger.has_value());
      } else {
        const Advisory& advisory = std::get<AdvisoryIssued>(event.payload).advisory;
        EXPECT_EQ(advisory.id, AdvisoryId{++advisories});
        EXPECT_EQ(event.time, advisory.start);
      }
      EXPECT_GE(event.time, SimTime{6 * kHour});
      EXPECT_LT(event.time, SimTime{18 * kHour});
    }
  }
}

// 1,500 expected; the hidden daily factor has a standard deviation of 0.2 on each of about 40
// pairs.
TEST(RealisedDayTest, DemandHasItsMean) {
  const auto network = Paper(7);
  const auto forecast = network->forecast();
  const double expected = std::accumulate(forecast.begin(), forecast.end(), 0.0);
  std::vector<double> counts;
  double passengers = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto trips = Select<TripRequested>(RealisedDay(network, seed));
    counts.push_back(static_cast<double>(trips.size()));
    for (const TripRequested& trip : trips) passengers += trip.passengers;
  }
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double mean = total / 200;
  double squares = 0;
  for (const double count : counts) squares += (count - mean) * (count - mean);
  const double error = std::sqrt(squares / 199 / 200);

  EXPECT_NEAR(mean, expected, 4 * error);
  // Party sizes .50/.30/.12/.08: mean 1.78, variance .9316.
  EXPECT_NEAR(passengers / total, 1.78, 4 * std::sqrt(0.9316 / total));
}

TEST(RealisedDayTest, DrawsLargeMeansInParts) {
  Scenario scenario = Quiet();
  scenario.demand.requests_per_hour[2] = 5000;  // A→B, first hour

  double sum = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    sum += static_cast<double>(RealisedDay(Compile(scenario), seed).events().size());

  EXPECT_NEAR(sum / 20, 5000, 4 * std::sqrt(5000.0 / 20));
}

TEST(RealisedDayTest, DrawsTripsOfAPartialLastInterval) {
  Scenario scenario = Quiet();
  scenario.operations.close_time = SimTime{7 * kHour + 30 * kMinute};
  scenario.demand.requests_per_hour[3] = 10'000;  // A→B, second interval: half an hour is left

  const RealisedDay day(Compile(scenario), 1);

  EXPECT_NEAR(static_cast<double>(day.events().size()), 5000, 4 * std::sqrt(5000.0));
  EXPECT_LT(day.events().back().time, scenario.operations.close_time);
  EXPECT_GE(day.events().front().time, SimTime{7 * kHour});
}

TEST(RealisedDayTest, AnnouncesAdvanceBookings) {
  Scenario scenario = Quiet();
  scenario.demand.requests_per_hour[3] = 10'000;  // A→B, second hour
  scenario.demand.advance_booking_share = 0.5;
  scenario.demand.advance_booking_max = kHour;
  const RealisedDay day(Compile(scenario), 1);

  double ahead = 0;
  double ahead_ms = 0;
  for (const ExternalEvent& event : day.events()) {
    const SimDuration lead = std::get<TripRequested>(event.payload).earliest - event.time;
    EXPECT_GE(lead, SimDuration{0});
    EXPECT_LE(lead, kHour);
    if (lead > SimDuration{0}) ++ahead;
    ahead_ms += static_cast<double>(lead.count());
  }
  const auto count = static_cast<double>(day.events().size());

  EXPECT_NEAR(ahead / count, 0.5, 4 * std::sqrt(0.25 / count));
  // Mean lead of those that book ahead: 30 min with a standard deviation of 17.3 min.
  EXPECT_NEAR(ahead_ms / ahead, 30 * 60'000.0, 4 * 17.33 * 60'000 / std::sqrt(ahead));
}

TEST(RealisedDayTest, AnnouncesNothingBeforeOpening) {
  Scenario scenario = Quiet();
  scenario.demand.requests_per_hour[2] = 1000;  // first hour
  scenario.demand.advance_booking_share = 1;
  scenario.demand.advance_booking_max = 5 * kHour;
  const RealisedDay day(Compile(scenario), 1);

  EXPECT_EQ(day.events().front().time, scenario.operations.open_time);
  EXPECT_GT(std::get<TripRequested>(day.events().front().payload).earliest,
            scenario.operations.open_time);
}

TEST(RealisedDayTest, ClosesCorridorsWithTheirProbability) {
  Scenario scenario = Quiet();
  for (Corridor& corridor : scenario.corridors) corridor.closure_probability = 0.3;
  const auto network = Compile(scenario);
  constexpr int kDays = 2000;
  double closures = 0;
  double length_ms = 0;
  for (std::uint64_t seed = 0; seed < kDays; ++seed) {
    for (const Advisory& advisory : Advisories(RealisedDay(network, seed))) {
      EXPECT_EQ(advisory.kind, AdvisoryKind::kCorridorClosed);
      EXPECT_LT(advisory.vertiport, advisory.corridor_end);
      EXPECT_TRUE(advisory.both_directions);
      EXPECT_GE(advisory.end - advisory.start, kHour);
      EXPECT_LE(advisory.end - advisory.start, 3 * kHour);
      ++closures;
      length_ms += static_cast<double>((advisory.end - advisory.start).count());
    }
  }

  const double pairs = 3 * kDays;
  EXPECT_NEAR(closures / pairs, 0.3, 4 * std::sqrt(0.3 * 0.7 / pairs));
  // U(1, 3) h has a standard deviation of 0.577 h.
  EXPECT_NEAR(length_ms / closures / 3'600'000, 2, 4 * 0.577 / std::sqrt(closures));
}

TEST(RealisedDayTest, ClosesAOneWayCorridorOneWay) {
  Scenario scenario = Quiet();
  scenario.corridors[0].closure_probability = 0;
  scenario.corridors.erase(scenario.corridors.begin() + 3);  // B→C
  for (Corridor& corridor : scenario.corridors)
    if (corridor.origin.value == 2 && corridor.destination.value == 1)
      corridor.closure_probability = 1;

  const std::vector<Advisory> advisories = Advisories(RealisedDay(Compile(scenario), 1));

  ASSERT_EQ(advisories.size(), 1U);
  EXPECT_EQ(advisories[0].vertiport, VertiportId{2});
  EXPECT_EQ(advisories[0].corridor_end, VertiportId{1});
  EXPECT_FALSE(advisories[0].both_directions);
}

TEST(RealisedDayTest, DelaysHaveTheirMean) {
  const auto network = Paper(7);
  for (std::int32_t k = 0; k < network->vertiport_count(); ++k) {
    double sum = 0;
    double squares = 0;
    constexpr int kCount = 20'000;
    const RealisedDay day(network, 1);
    for (int n = 0; n < kCount; ++n) {
      const auto delay =
          static_cast<double>(day.Delay(VertiportId{k}, SimTime{n * kMinute}).count());
      ASSERT_GE(delay, 0);
      ASSERT_LE(delay, 30 * 60'000);
      sum += delay;
      squares += delay * delay;
    }
    const double mean = sum / kCount;
    const double error = std::sqrt((squares / kCount - mean * mean) / kCount);
    EXPECT_NEAR(mean, static_cast<double>(network->expected_delay(VertiportId{k}).count()),
                4 * error);
  }
}

TEST(RealisedDayTest, FailuresAndRepairsHaveTheirMeans) {
  Scenario scenario = Quiet();
  scenario.aircraft[1].failure_probability = 0.2;
  const RealisedDay day(Compile(scenario), 1);
  constexpr int kCount = 20'000;
  int failures = 0;
  double repair_ms = 0;
  for (int landing = 1; landing <= kCount; ++landing) {
    EXPECT_FALSE(day.Fails(AircraftId{0}, landing));
    EXPECT_FALSE(day.Fails(AircraftId{99}, landing));  // joined later
    if (day.Fails(AircraftId{1}, landing)) ++failures;
    repair_ms += static_cast<double>(day.Repair(AircraftId{1}, landing).count());
  }

  EXPECT_NEAR(failures / static_cast<double>(kCount), 0.2, 4 * std::sqrt(0.16 / kCount));
  // Lognormal of mean 2 h and sigma 0.5: standard deviation 2 × √(e^0.25 − 1) = 1.066 h.
  EXPECT_NEAR(repair_ms / kCount / 3'600'000, 2, 4 * 1.066 / std::sqrt(kCount));
}

// Ceiling 300 ft from 06 to 07, unlimited after that.
Scenario Foggy() {
  Scenario scenario = Quiet();
  scenario.weather.fog_ceiling_ft = 500;
  scenario.weather.fog_visibility_sm = 1;
  WeatherDay& day = scenario.weather.days.emplace_back();
  day.ceiling_ft.assign(24, -1);
  day.visibility_sm.assign(24, 10);
  day.ceiling_ft[6] = 300;
  scenario.vertiports[0].minimum_ceiling_ft = 400;
  scenario.vertiports[1].minimum_ceiling_ft = 300;
  scenario.vertiports[2].follows_station = false;
  scenario.vertiports[2].minimum_ceiling_ft = 400;
  return scenario;
}

TEST(RealisedDayTest, ClosesSitesBelowTheirOwnMinima) {
  const std::vector<Advisory> advisories = Advisories(RealisedDay(Compile(Foggy()), 1));

  ASSERT_EQ(advisories.size(), 1U);
  EXPECT_EQ(advisories[0].kind, AdvisoryKind::kVertiportClosed);
  EXPECT_EQ(advisories[0].vertiport, VertiportId{0});
  EXPECT_EQ(advisories[0].start, SimTime{6 * kHour});
  EXPECT_EQ(advisories[0].end, SimTime{7 * kHour});
}

TEST(RealisedDayTest, ClosesByVisibilityHourByHour) {
  Scenario scenario = Foggy();
  scenario.weather.days[0].visibility_sm[7] = 0.5;
  scenario.vertiports[0].minimum_visibility_sm = 1;

  const std::vector<Advisory> advisories = Advisories(RealisedDay(Compile(scenario), 1));

  ASSERT_EQ(advisories.size(), 2U);
  EXPECT_EQ(advisories[1].start, SimTime{7 * kHour});
  EXPECT_EQ(advisories[1].vertiport, VertiportId{0});
}

TEST(RealisedDayTest, ClosesOtherSitesByChanceGivenFog) {
  Scenario scenario = Foggy();
  scenario.vertiports[0].minimum_ceiling_ft = 0;
  scenario.vertiports[2].closure_probability_given_fog = 0.4;
  const auto network = Compile(scenario);
  constexpr int kDays = 2000;
  double closures = 0;
  for (std::uint64_t seed = 0; seed < kDays; ++seed) {
    for (const Advisory& advisory : Advisories(RealisedDay(network, seed))) {
      EXPECT_EQ(advisory.vertiport, VertiportId{2});
      EXPECT_EQ(advisory.start, SimTime{6 * kHour});
      ++closures;
    }
  }

  EXPECT_NEAR(closures / kDays, 0.4, 4 * std::sqrt(0.24 / kDays));
}

TEST(RealisedDayTest, DrawsEveryDayOfTheYear) {
  Scenario scenario = Foggy();
  scenario.weather.days.push_back(scenario.weather.days[0]);
  scenario.weather.days[1].ceiling_ft[6] = -1;
  const auto network = Compile(scenario);
  constexpr int kDays = 2000;
  double foggy = 0;
  for (std::uint64_t seed = 0; seed < kDays; ++seed)
    foggy += RealisedDay(network, seed).events().empty() ? 0 : 1;

  EXPECT_NEAR(foggy / kDays, 0.5, 4 * std::sqrt(0.25 / kDays));
}

}  // namespace
}  // namespace skein::sim
