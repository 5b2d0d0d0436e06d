#include "sim/network.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/sim/triangle.h"

namespace skein::sim {
namespace {

constexpr VertiportId kA{0};
constexpr VertiportId kB{1};
constexpr VertiportId kC{2};

std::shared_ptr<const Network> Compile(Scenario scenario) {
  absl::StatusOr<std::shared_ptr<const Network>> network = Network::Create(std::move(scenario));
  EXPECT_TRUE(network.ok()) << std::string(network.status().message());
  return *std::move(network);
}

TEST(NetworkTest, RoundsEnergiesAndTimesUp) {
  Scenario scenario = Triangle();
  scenario.aircraft_type.energy_wh_per_km = 333.3;
  scenario.aircraft_type.cruise_m_per_s = 70;
  scenario.energy.reserve = 0.10001;
  const auto network = Compile(scenario);

  // 20 km × 333.3 Wh/km = 6,666 exactly.
  EXPECT_EQ(network->link(kA, kB).energy_wh, 6'666);
  // 20,000 m ÷ 70 m/s = 285.7142… s, and 120 s on top.
  EXPECT_EQ(network->link(kA, kB).block.count(), 405'715);
  EXPECT_EQ(network->reserve_wh, 10'001);

  scenario.corridors[0].distance_m = 20'001;
  EXPECT_EQ(Compile(scenario)->link(kA, kB).energy_wh, 6'667);  // 6,666.3333
}

TEST(NetworkTest, DoesNotRoundUpWhatIsAnIntegerInDecimals) {
  Scenario scenario = Triangle();
  scenario.aircraft_type.battery_wh = 110'000;
  scenario.energy.reserve = 0.07;  // 7700.000000000001 in doubles

  EXPECT_EQ(Compile(scenario)->reserve_wh, 7'700);
}

TEST(NetworkTest, RoundsTheHoldOfTheAlternateUp) {
  Scenario scenario = Triangle();
  scenario.aircraft_type.hold_power_w = 50'000;
  scenario.energy.alternate_hold = SimDuration{60'001};

  EXPECT_EQ(Compile(scenario)->alternate_hold_wh, 834);  // 50 kW × 60.001 s = 833.347 Wh
}

TEST(NetworkTest, HasNoLinkWithoutACorridor) {
  Scenario scenario = Triangle();
  scenario.corridors.pop_back();  // C→B
  scenario.demand.requests_per_hour[7 * 2] = 0;
  scenario.demand.requests_per_hour[7 * 2 + 1] = 0;
  const auto network = Compile(scenario);

  EXPECT_EQ(network->link(kC, kB).corridor, -1);
  EXPECT_EQ(network->link(kA, kA).corridor, -1);
  EXPECT_EQ(network->link(kC, kA).corridor, 4);
  EXPECT_EQ(network->nearest(kC).size(), 1U);
}

TEST(NetworkTest, OrdersAlternatesByEnergyThenIndex) {
  Scenario scenario = Triangle();
  const auto network = Compile(scenario);

  ASSERT_EQ(network->nearest(kC).size(), 2U);
  EXPECT_EQ(network->nearest(kC)[0].destination, kA);  // 25 km
  EXPECT_EQ(network->nearest(kC)[1].destination, kB);  // 30 km

  scenario.corridors[4].distance_m = 30'000;  // C→A as far as C→B
  const auto tied = Compile(scenario);
  EXPECT_EQ(tied->nearest(kC)[0].destination, kA);
  EXPECT_EQ(tied->nearest(kC)[1].destination, kB);
}

TEST(NetworkTest, QuotesTheBaseFareWithoutSurge) {
  const auto network = Compile(Triangle());

  // 20 km = 12.42742 miles: 5 $ + 12.43 $ = 17.43 $. The rates of the pair A→B are entries 2 and 3.
  const std::vector<std::int64_t> fares = network->FareTable(network->forecast());
  EXPECT_EQ(fares[2], 1'743);
  EXPECT_EQ(fares[3], 1'743);
  EXPECT_EQ(fares[0], 0);  // no corridor
}

TEST(NetworkTest, QuotesTheSurgeFare) {
  Scenario scenario = Triangle();
  scenario.fare.surge = true;
  std::vector<double>& rates = scenario.demand.requests_per_hour;
  std::fill(rates.begin(), rates.end(), 0);
  rates[2] = 11;
  rates[4] = 1;
  const auto network = Compile(scenario);

  // Mean over 6 pairs × 2 hours = 1, so Q = 12 × 11 = 132 and ln 13.2 = 2.5802…:
  // 5 + 12.427424 × 2.580217 = 37.0654 $. The pair A→C has Q = 12, ln 1.2 < 1: 25 km, 20.53 $.
  const std::vector<std::int64_t> fares = network->FareTable(network->forecast());
  EXPECT_EQ(fares[2], 3'707);
  EXPECT_EQ(fares[3], 1'743);
  EXPECT_EQ(fares[4], 2'053);
}

TEST(NetworkTest, CompilesCosts) {
  Scenario scenario = Triangle();
  scenario.cost.per_passenger_mile_usd = 0.64;
  scenario.cost.per_flight_hour_usd = 150;
  scenario.cost.per_landing_usd = 20;
  scenario.cost.energy_usd_per_kwh[7] = 0.14545;
  const auto network = Compile(scenario);

  // 12.427424 miles × 64,000 millicents = 795,355.1.
  EXPECT_EQ(network->passenger_cost_millicents(kA, kB), 795'355);
  // Block time 400 s + 120 s: 150 $/h × 520 s = 21.67 $, and 20 $.
  EXPECT_EQ(network->flight_cost_cents(kA, kB), 4'167);
  EXPECT_EQ(network->energy_price[7], 145'450);
  EXPECT_EQ(network->min_energy_price, 145'450);
}

TEST(NetworkTest, FindsTheIntervalByTimeOfDay) {
  const auto network = Compile(Triangle());

  EXPECT_EQ(network->interval_count(), 2);
  EXPECT_EQ(network->IntervalOf(SimTime{kHour}), 0);  // before opening
  EXPECT_EQ(network->IntervalOf(SimTime{6 * kHour}), 0);
  EXPECT_EQ(network->IntervalOf(SimTime{7 * kHour - SimDuration{1}}), 0);
  EXPECT_EQ(network->IntervalOf(SimTime{7 * kHour}), 1);
  EXPECT_EQ(network->IntervalOf(SimTime{9 * kHour}), 1);  // after closing
  EXPECT_EQ(network->IntervalOf(SimTime{kDay + 7 * kHour}), 1);
}

TEST(NetworkTest, KnowsTheMeanDelay) {
  Scenario scenario = Triangle();
  scenario.vertiports[1].expected_delay = 3 * kMinute;
  scenario.disturbance.delay_sigma = 6 * kMinute;
  const auto network = Compile(scenario);

  // The mean of max(N(3, 6), 0) is 3 Φ(1/2) + 6 φ(1/2) = 3 × 0.691462 + 6 × 0.352065 = 4.186778
  // min; the clamp at 30 min takes less than 0.1 ms.
  EXPECT_EQ(network->expected_delay(kB).count(), 251'207);
}

TEST(NetworkTest, HashChangesWithEveryRuleButNotWithTitles) {
  const std::uint64_t base = Compile(Triangle())->hash();
  EXPECT_EQ(Compile(Triangle())->hash(), base);

  Scenario titled = Triangle();
  titled.title = "other";
  titled.vertiports[0].title = "other";
  titled.sources.push_back({"fare", Provenance::kAssumed, "a note"});
  EXPECT_EQ(Compile(titled)->hash(), base);

  const auto differs = [base](auto change) {
    Scenario scenario = Triangle();
    change(scenario);
    return Compile(scenario)->hash() != base;
  };
  EXPECT_TRUE(differs([](Scenario& s) { s.vertiports[0].stands = 4; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.corridors[0].lanes = 2; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.aircraft[0].initial_state_of_charge = 0.9; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.energy.reserve = 0.11; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.charging.curve[1].power_w = 1; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.operations.wake_on_change = true; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.fare.base_usd = 6; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.cost.energy_usd_per_kwh[0] = 0.1; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.demand.patience = kHour; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.disturbance.repair_sigma = 0.6; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.weather.fog_ceiling_ft = 500; }));
}

TEST(NetworkTest, RefusesAnInvalidScenario) {
  Scenario scenario = Triangle();
  scenario.vertiports[2].stands = -1;

  const absl::Status status = Network::Create(scenario).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr("vertiports[2].stands = -1, want [1, 10000]"));
}

}  // namespace
}  // namespace skein::sim
