#include "server/network/network_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/triangle.h"

namespace skein::server {
namespace {

constexpr VertiportId kA{0};
constexpr VertiportId kB{1};
constexpr VertiportId kC{2};
constexpr AircraftId kN1{0};
constexpr AircraftId kN3{2};
constexpr SimTime kOpen{6 * kHour};

class NetworkSamplerTest : public testing::Test {
 protected:
  explicit NetworkSamplerTest(const Scenario& scenario = Triangle())
      : world_(sim::World::Create(sim::Network::Create(scenario).value(), sim::ClockMode::kSystem)),
        sampler_(world_) {
    world_.CollectEffects(&effects_);
  }

  void Apply(SimTime time, EventPayload payload) {
    ASSERT_TRUE(world_.Apply({time, std::move(payload)}).ok());
    sampler_.Count(world_, effects_);
    effects_.clear();
  }
  void RequestTrip(SimTime time, VertiportId from, VertiportId to) {
    TripRequested request;
    request.origin = from;
    request.destination = to;
    request.passengers = 2;
    request.earliest = time;
    request.latest = time + 40 * kMinute;
    Apply(time, request);
  }
  NetworkSample Take() {
    NetworkSample sample;
    sampler_.Take(world_, &sample);
    return sample;
  }

  std::vector<TimedEffect> effects_;
  sim::World world_;
  NetworkSampler sampler_;
};

TEST_F(NetworkSamplerTest, ShowsTheFleetAndTheVertiports) {
  Apply(kOpen, TimeAdvanced{});
  RequestTrip(kOpen, kA, kB);

  const NetworkSample sample = Take();

  EXPECT_EQ(sample.aircraft[static_cast<std::size_t>(AircraftPhase::kReady)], 3);
  EXPECT_EQ(sample.open_points, 3);
  EXPECT_EQ(sample.waiting_passengers, 2);
  EXPECT_EQ(sample.vertiport_names, (std::vector<std::string>{"A", "B", "C"}));
  EXPECT_EQ(sample.vertiports[0].stands, 3);
  EXPECT_EQ(sample.vertiports[0].stands_occupied, 2);
  EXPECT_EQ(sample.vertiports[0].waiting_passengers, 2);
  EXPECT_EQ(sample.vertiports[2].chargers, 0);
}

TEST_F(NetworkSamplerTest, ShowsHowLongAnAircraftHasWaitedForItsDecision) {
  Apply(kOpen, TimeAdvanced{});
  EXPECT_EQ(Take().oldest_point_ms, 0);

  Apply(kOpen + kMinute, TimeAdvanced{});

  EXPECT_EQ(Take().oldest_point_ms, 60'000);
}

TEST_F(NetworkSamplerTest, ShowsChargersInUse) {
  Apply(SimTime{kMinute}, TimeAdvanced{});  // N3 began with half a charge

  const NetworkSample sample = Take();

  EXPECT_EQ(sample.vertiports[0].chargers_in_use, 0);
  EXPECT_EQ(sample.vertiports[1].chargers_in_use, 1);
  EXPECT_EQ(sample.vertiports[1].charger_queue, 0);
}

TEST_F(NetworkSamplerTest, FollowsAFlight) {
  Apply(kOpen, TimeAdvanced{});
  RequestTrip(kOpen, kA, kB);
  const Verdict verdict = world_.Commit({kN1, Action::Fly(kB), {}});
  ASSERT_TRUE(verdict.accepted());
  NetworkSample sample = Take();
  EXPECT_EQ(sample.vertiports[0].pad_queue, 1);
  EXPECT_EQ(sample.vertiports[1].stands_reserved, 1);
  EXPECT_EQ(sample.growth.flights, 0);

  Apply(verdict.take_off, TookOff{kN1});

  sample = Take();
  EXPECT_EQ(sample.vertiports[0].pad_queue, 0);
  EXPECT_EQ(sample.vertiports[0].pads_in_use, 1);
  EXPECT_EQ(sample.growth.flights, 1);
  EXPECT_EQ(sample.growth.passengers_flown, 2);
  EXPECT_FALSE(sample.landed_today);

  Apply(verdict.landing, Landed{kN1, kB, std::nullopt});

  sample = Take();
  EXPECT_EQ(sample.growth.flights, 0);  // counted before
  EXPECT_EQ(sample.growth.passengers_served, 2);
  EXPECT_TRUE(sample.landed_today);
  EXPECT_DOUBLE_EQ(sample.lowest_margin_ratio, 0.7);  // 100 − 20 kWh of 100, reserve 0.1
}

TEST_F(NetworkSamplerTest, CountsWhatADayHadBeforeItsSettlement) {
  Apply(kOpen, TimeAdvanced{});
  RequestTrip(kOpen, kA, kB);
  Take();
  RequestTrip(kOpen + kMinute, kA, kC);

  Apply(SimTime{9 * kHour}, TimeAdvanced{});  // closed and settled: four passengers are lost

  ASSERT_EQ(world_.settled_days().size(), 1U);
  const NetworkSample sample = Take();
  EXPECT_EQ(sample.growth.passengers_requested, 2);
  EXPECT_EQ(sample.growth.passengers_lost, 4);
  EXPECT_EQ(sample.today.passengers_lost, 0);
  EXPECT_EQ(Take().growth.passengers_lost, 0);
}

TEST_F(NetworkSamplerTest, ScoresTheForecastWhenItsIntervalEnds) {
  Apply(kOpen, TimeAdvanced{});
  RequestTrip(kOpen, kA, kB);
  RequestTrip(kOpen + kMinute, kA, kB);
  RequestTrip(kOpen + kMinute, kA, kC);
  EXPECT_EQ(Take().forecast.forecast, 0);

  Apply(kOpen + kHour, TimeAdvanced{});

  // One request per hour and pair is two per origin. From A came three, from B and C none.
  const ForecastScore score = Take().forecast;
  EXPECT_DOUBLE_EQ(score.requests, 3);
  EXPECT_DOUBLE_EQ(score.forecast, 6);
  EXPECT_DOUBLE_EQ(score.error, 1 + 2 + 2);
}

TEST_F(NetworkSamplerTest, BeginsToScoreWithAWholeInterval) {
  Apply(kOpen + kMinute, TimeAdvanced{});
  NetworkSampler late(world_);
  Apply(kOpen + kHour, TimeAdvanced{});
  late.Count(world_, {});
  NetworkSample sample;
  late.Take(world_, &sample);
  EXPECT_EQ(sample.forecast.forecast, 0);

  Apply(kOpen + 2 * kHour, TimeAdvanced{});
  late.Count(world_, {});

  late.Take(world_, &sample);
  EXPECT_DOUBLE_EQ(sample.forecast.forecast, 6);
}

TEST_F(NetworkSamplerTest, ShowsClosuresInForceAndToCome) {
  Advisory closure;
  closure.id = AdvisoryId{1};
  closure.vertiport = kB;
  closure.start = kOpen + kMinute;
  closure.end = kOpen + kHour;
  Apply(kOpen, AdvisoryIssued{closure});
  const auto kind = static_cast<std::size_t>(AdvisoryKind::kVertiportClosed);
  EXPECT_EQ(Take().closures_to_come[kind], 1);

  Apply(kOpen + kMinute, TimeAdvanced{});

  const NetworkSample sample = Take();
  EXPECT_EQ(sample.closures_to_come[kind], 0);
  EXPECT_EQ(sample.closures_in_force[kind], 1);
  EXPECT_EQ(sample.vertiports[1].closed, 1);
}

TEST_F(NetworkSamplerTest, FindsAircraftThatCannotLeave) {
  Apply(kOpen, TimeAdvanced{});
  Apply(kOpen, AircraftReported{kN3, 5'000});
  EXPECT_EQ(Take().stranded_aircraft, 0);  // it charges where it is

  Apply(kOpen, ResourceOutOfOrder{kB, Resource::kChargers, 2});

  EXPECT_EQ(Take().stranded_aircraft, 1);
}

TEST_F(NetworkSamplerTest, CountsExcursionsByRule) {
  Apply(kOpen, TimeAdvanced{});
  const Verdict verdict = world_.Commit({kN1, Action::Fly(kB), {}});
  ASSERT_TRUE(verdict.accepted());

  Apply(verdict.take_off, TookOff{kN1});
  Apply(verdict.take_off, AircraftReported{kN1, 1'000});  // it will land below the reserve

  EXPECT_GE(Take().excursions[static_cast<std::size_t>(GuardRule::kG3)], 1);
}

Scenario WithTelemetry() {
  Scenario scenario = Triangle();
  scenario.operations.telemetry_period = kMinute;
  scenario.operations.telemetry_max_age = 2 * kMinute;
  return scenario;
}

class TelemetrySamplerTest : public NetworkSamplerTest {
 protected:
  TelemetrySamplerTest() : NetworkSamplerTest(WithTelemetry()) {}
};

TEST_F(TelemetrySamplerTest, FindsAircraftThatAreSilent) {
  for (int k = 0; k < 3; ++k) Apply(kOpen, AircraftReported{AircraftId{k}, 90'000});
  EXPECT_EQ(Take().stale_aircraft, 0);

  Apply(kOpen + 2 * kMinute, AircraftReported{kN1, 90'000});
  Apply(kOpen + 3 * kMinute, TimeAdvanced{});

  EXPECT_EQ(Take().stale_aircraft, 2);
}

}  // namespace
}  // namespace skein::server
