#include "sim/domain/scenario_validate.h"

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/sim/triangle.h"

namespace skein {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Row {
  std::string fault;  // "field message", or its beginning
  std::function<void(Scenario&)> change;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.fault; }

std::vector<std::string> FaultsOf(const Scenario& scenario) {
  std::vector<std::string> texts;
  for (const Fault& fault : Validate(scenario)) texts.push_back(fault.field + " " + fault.message);
  return texts;
}

class OneFaultTest : public testing::TestWithParam<Row> {};

TEST_P(OneFaultTest, IsReportedAlone) {
  Scenario scenario = Triangle();
  GetParam().change(scenario);

  EXPECT_THAT(FaultsOf(scenario), testing::ElementsAre(testing::StartsWith(GetParam().fault)));
}

WeatherDay ClearDay() {
  return {"1 January", std::vector<int>(24, -1), std::vector<double>(24, 10)};
}

INSTANTIATE_TEST_SUITE_P(
    Description, OneFaultTest,
    testing::Values(Row{"name = \"\", want 1 to 64", [](Scenario& s) { s.name = ""; }},
                    Row{"name = \"a b\"", [](Scenario& s) { s.name = "a b"; }},
                    Row{"name = \"a?b\"", [](Scenario& s) { s.name = std::string("a\0b", 3); }},
                    Row{"name = \"aaaa", [](Scenario& s) { s.name = std::string(65, 'a'); }},
                    Row{"title = ", [](Scenario& s) { s.title = "line\nline"; }},
                    Row{"title = ", [](Scenario& s) { s.title = std::string(2000, 'x'); }},
                    Row{"timeZone is empty", [](Scenario& s) { s.time_zone = ""; }},
                    Row{"rulesVersion = 99, want [2, 2]",
                        [](Scenario& s) { s.rules_version = 99; }},
                    Row{"sources[0].note = ", [](Scenario& s) {
                          s.sources.push_back({"x", Provenance::kReal, "\x01"});
                        }}));

INSTANTIATE_TEST_SUITE_P(Sizes, OneFaultTest,
                         testing::Values(Row{"vertiports has 0 entries, want [2, 256]",
                                             [](Scenario& s) { s.vertiports.clear(); }},
                                         Row{"vertiports has 100000 entries, want [2, 256]",
                                             [](Scenario& s) { s.vertiports.resize(100'000); }},
                                         Row{"aircraft has 0 entries, want [1, 4096]",
                                             [](Scenario& s) { s.aircraft.clear(); }},
                                         Row{"aircraft has 100000 entries",
                                             [](Scenario& s) { s.aircraft.resize(100'000); }},
                                         Row{"corridors has 100000 entries, want [2, 6]",
                                             [](Scenario& s) { s.corridors.resize(100'000); }}));

INSTANTIATE_TEST_SUITE_P(
    Vertiports, OneFaultTest,
    testing::Values(
        Row{"vertiports[1].name = \"\"", [](Scenario& s) { s.vertiports[1].name = ""; }},
        Row{"vertiports[2].name is the name of vertiports[0] too",
            [](Scenario& s) { s.vertiports[2].name = "A"; }},
        Row{"vertiports[0].latitudeDeg = nan, want [-90, 90]",
            [](Scenario& s) { s.vertiports[0].latitude_deg = kNan; }},
        Row{"vertiports[0].longitudeDeg = inf, want [-180, 180]",
            [](Scenario& s) { s.vertiports[0].longitude_deg = kInfinity; }},
        Row{"vertiports[0].xM = ", [](Scenario& s) { s.vertiports[0].x_m = INT64_MIN; }},
        Row{"vertiports[2].stands = -1, want [1, 10000]",
            [](Scenario& s) {
              s.vertiports[2].stands = -1;
              s.vertiports[0].stands = 9;
            }},
        Row{"vertiports[2].contingencyStands = 4, want [0, 3]",
            [](Scenario& s) { s.vertiports[2].contingency_stands = 4; }},
        Row{"vertiports[1].chargers = -1, want [0, 10000]",
            [](Scenario& s) { s.vertiports[1].chargers = -1; }},
        Row{"vertiports have no charger anywhere",
            [](Scenario& s) { s.vertiports[0].chargers = s.vertiports[1].chargers = 0; }},
        Row{"vertiports[1].pads = 0, want [1, 100]", [](Scenario& s) { s.vertiports[1].pads = 0; }},
        Row{"vertiports[1].expectedDelayMs = -60000, want [0, 86400000]",
            [](Scenario& s) { s.vertiports[1].expected_delay = -kMinute; }},
        Row{"vertiports[1].minimumCeilingFt = -5",
            [](Scenario& s) { s.vertiports[1].minimum_ceiling_ft = -5; }},
        Row{"vertiports[1].minimumVisibilitySm = nan",
            [](Scenario& s) { s.vertiports[1].minimum_visibility_sm = kNan; }},
        Row{"vertiports[1].closureProbabilityGivenFog = 1.5, want [0, 1]",
            [](Scenario& s) { s.vertiports[1].closure_probability_given_fog = 1.5; }}));

INSTANTIATE_TEST_SUITE_P(
    Corridors, OneFaultTest,
    testing::Values(Row{"corridors[0].origin = 7, want the index of one of the 3 vertiports",
                        [](Scenario& s) { s.corridors[0].origin = VertiportId{7}; }},
                    Row{"corridors[0].origin = -1",
                        [](Scenario& s) { s.corridors[0].origin = {}; }},
                    Row{"corridors[1].destination is the origin too",
                        [](Scenario& s) { s.corridors[1].destination = s.corridors[1].origin; }},
                    Row{"corridors[1] joins the same two as corridors[0]",
                        [](Scenario& s) {
                          s.corridors[1].destination = s.corridors[0].destination;
                          s.demand.requests_per_hour[4] = s.demand.requests_per_hour[5] = 0;
                        }},
                    Row{"corridors[2].distanceM = 0, want [1, 2000000]",
                        [](Scenario& s) { s.corridors[2].distance_m = 0; }},
                    Row{"corridors[2].lanes = 0", [](Scenario& s) { s.corridors[2].lanes = 0; }},
                    Row{"corridors[2].closureProbability = -0.1",
                        [](Scenario& s) { s.corridors[2].closure_probability = -0.1; }}));

INSTANTIATE_TEST_SUITE_P(
    Aircraft, OneFaultTest,
    testing::Values(
        Row{"aircraft[1].name = \"N/1\"", [](Scenario& s) { s.aircraft[1].name = "N/1"; }},
        Row{"aircraft[1].name is the name of aircraft[0] too",
            [](Scenario& s) { s.aircraft[1].name = "N1"; }},
        Row{"aircraft[2].vertiport = 3",
            [](Scenario& s) { s.aircraft[2].vertiport = VertiportId{3}; }},
        Row{"aircraft[2].initialStateOfCharge = 1.5, want [0, 1]",
            [](Scenario& s) { s.aircraft[2].initial_state_of_charge = 1.5; }},
        Row{"aircraft[2].failureProbability = nan",
            [](Scenario& s) { s.aircraft[2].failure_probability = kNan; }},
        Row{"aircraftType.seats = 17, want [1, 16]",
            [](Scenario& s) { s.aircraft_type.seats = 17; }},
        Row{"aircraftType.batteryWh = 0", [](Scenario& s) { s.aircraft_type.battery_wh = 0; }},
        Row{"aircraftType.cruiseMPerS = 0",
            [](Scenario& s) { s.aircraft_type.cruise_m_per_s = 0; }},
        Row{"aircraftType.energyWhPerKm = 0, want (0, 1e+06]",
            [](Scenario& s) { s.aircraft_type.energy_wh_per_km = 0; }},
        Row{"aircraftType.energyWhPerKm = inf",
            [](Scenario& s) { s.aircraft_type.energy_wh_per_km = kInfinity; }},
        Row{"aircraftType.blockOverheadMs = -1000",
            [](Scenario& s) { s.aircraft_type.block_overhead = SimDuration{-1000}; }},
        Row{"aircraftType.holdPowerW = -1",
            [](Scenario& s) { s.aircraft_type.hold_power_w = -1; }}));

INSTANTIATE_TEST_SUITE_P(
    Energy, OneFaultTest,
    testing::Values(
        Row{"energy.reserve = nan, want [0, 1]", [](Scenario& s) { s.energy.reserve = kNan; }},
        Row{"energy.alternateReserve = 2", [](Scenario& s) { s.energy.alternate_reserve = 2; }},
        Row{"energy.alternateHoldMs = -1000",
            [](Scenario& s) { s.energy.alternate_hold = SimDuration{-1000}; }},
        Row{"charging.chargeTarget = 0, want (0, 1]",
            [](Scenario& s) { s.charging.charge_target = 0; }},
        Row{"charging.curve has 0 rows, want [1, 100]",
            [](Scenario& s) { s.charging.curve.clear(); }},
        Row{"charging.curve[0].fromStateOfCharge = 0.1, want 0",
            [](Scenario& s) { s.charging.curve[0].from_state_of_charge = 0.1; }},
        Row{"charging.curve[1].fromStateOfCharge = 0, want above 0",
            [](Scenario& s) { s.charging.curve[1].from_state_of_charge = 0; }},
        Row{"charging.curve[1].fromStateOfCharge = nan",
            [](Scenario& s) { s.charging.curve[1].from_state_of_charge = kNan; }},
        Row{"charging.curve[1].fromStateOfCharge = 1, want above 0 of the row before and below 1",
            [](Scenario& s) { s.charging.curve[1].from_state_of_charge = 1; }},
        Row{"charging.curve[1].powerW = 0", [](Scenario& s) { s.charging.curve[1].power_w = 0; }}));

INSTANTIATE_TEST_SUITE_P(
    Operations, OneFaultTest,
    testing::Values(Row{"operations.closeTimeMs = 86460000, want [21660000, 86400000]",
                        [](Scenario& s) {
                          s.operations.close_time = SimTime{kDay + kMinute};
                          s.demand.interval = kDay;
                          s.demand.requests_per_hour.assign(9, 0);
                        }},
                    Row{"operations.closeTimeMs = 21600000, want [21660000, 86400000]",
                        [](Scenario& s) { s.operations.close_time = s.operations.open_time; }},
                    Row{"operations.openTimeMs = -3600000",
                        [](Scenario& s) {
                          s.operations.open_time = SimTime{-kHour};
                          s.operations.close_time = SimTime{kHour};
                        }},
                    Row{"operations.turnaroundMs = -1000",
                        [](Scenario& s) { s.operations.turnaround = SimDuration{-1000}; }},
                    Row{"operations.holdMs = 0, want [60000, 21600000]",
                        [](Scenario& s) { s.operations.hold = SimDuration{0}; }},
                    Row{"operations.maxTakeOffWaitMs = 360000000",
                        [](Scenario& s) { s.operations.max_take_off_wait = 100 * kHour; }},
                    Row{"operations.movementMs = 0, want [1000, 3600000]",
                        [](Scenario& s) { s.operations.movement = SimDuration{0}; }},
                    Row{"operations.headwayMs = -60000",
                        [](Scenario& s) { s.operations.headway = -kMinute; }},
                    Row{"operations.movementToleranceMs = -60000",
                        [](Scenario& s) { s.operations.movement_tolerance = -kMinute; }},
                    Row{"operations.telemetryPeriodMs = 1, want [10000, 86400000]",
                        [](Scenario& s) { s.operations.telemetry_period = SimDuration{1}; }},
                    Row{"operations.telemetryMaxAgeMs = -60000",
                        [](Scenario& s) { s.operations.telemetry_max_age = -kMinute; }}));

INSTANTIATE_TEST_SUITE_P(
    Money, OneFaultTest,
    testing::Values(
        Row{"fare.baseUsd = -1, want [0, 100000]", [](Scenario& s) { s.fare.base_usd = -1; }},
        Row{"fare.perMileUsd = nan", [](Scenario& s) { s.fare.per_mile_usd = kNan; }},
        Row{"fare.surgeLogBase = 1, want [1.01, 1000]",
            [](Scenario& s) { s.fare.surge_log_base = 1; }},
        Row{"fare.surgeIndexFactor = inf",
            [](Scenario& s) { s.fare.surge_index_factor = kInfinity; }},
        Row{"cost.perPassengerMileUsd = -1",
            [](Scenario& s) { s.cost.per_passenger_mile_usd = -1; }},
        Row{"cost.perFlightHourUsd = -1", [](Scenario& s) { s.cost.per_flight_hour_usd = -1; }},
        Row{"cost.perLandingUsd = -1", [](Scenario& s) { s.cost.per_landing_usd = -1; }},
        Row{"cost.energyUsdPerKwh has 23 entries, want 24",
            [](Scenario& s) { s.cost.energy_usd_per_kwh.pop_back(); }},
        Row{"cost.energyUsdPerKwh[5] = -0.1, want [0, 1000]",
            [](Scenario& s) { s.cost.energy_usd_per_kwh[5] = -0.1; }}));

INSTANTIATE_TEST_SUITE_P(
    Demand, OneFaultTest,
    testing::Values(Row{"demand.intervalMs = 0, want [60000, 86400000]",
                        [](Scenario& s) { s.demand.interval = SimDuration{0}; }},
                    Row{"demand.requestsPerHour has 17 entries, want 3 × 3 × 2",
                        [](Scenario& s) { s.demand.requests_per_hour.pop_back(); }},
                    Row{"demand.requestsPerHour[2] = nan",
                        [](Scenario& s) { s.demand.requests_per_hour[2] = kNan; }},
                    Row{"demand.requestsPerHour[0] = 1, want 0: there is no corridor",
                        [](Scenario& s) { s.demand.requests_per_hour[0] = 1; }},
                    Row{"demand.requestsPerHour sums to 600",
                        [](Scenario& s) {
                          for (double& rate : s.demand.requests_per_hour) rate *= 50'001;
                        }},
                    Row{"demand.intensitySigma = 1.5, want [0, 1]",
                        [](Scenario& s) { s.demand.intensity_sigma = 1.5; }},
                    Row{"demand.partySizeShare has 5 entries, want [1, 4]",
                        [](Scenario& s) { s.demand.party_size_share.assign(5, 0.2); }},
                    Row{"demand.partySizeShare has 0 entries",
                        [](Scenario& s) { s.demand.party_size_share.clear(); }},
                    Row{"demand.partySizeShare sums to 0.9, want 1",
                        [](Scenario& s) {
                          s.demand.party_size_share = {0.5, 0.4};
                        }},
                    Row{"demand.patienceMs = -60000",
                        [](Scenario& s) { s.demand.patience = -kMinute; }},
                    Row{"demand.advanceBookingShare = 2",
                        [](Scenario& s) { s.demand.advance_booking_share = 2; }},
                    Row{"demand.advanceBookingMaxMs = -60000",
                        [](Scenario& s) { s.demand.advance_booking_max = -kMinute; }}));

INSTANTIATE_TEST_SUITE_P(
    Disturbance, OneFaultTest,
    testing::Values(Row{"disturbance.delaySigmaMs = -60000",
                        [](Scenario& s) { s.disturbance.delay_sigma = -kMinute; }},
                    Row{"disturbance.delayMaxMs = -60000",
                        [](Scenario& s) { s.disturbance.delay_max = -kMinute; }},
                    Row{"disturbance.repairMeanMs = -60000",
                        [](Scenario& s) { s.disturbance.repair_mean = -kMinute; }},
                    Row{"disturbance.repairSigma = nan",
                        [](Scenario& s) { s.disturbance.repair_sigma = kNan; }},
                    Row{"disturbance.closureMinMs = -60000",
                        [](Scenario& s) { s.disturbance.closure_min = -kMinute; }},
                    Row{"disturbance.closureMaxMs = 60000, want [3600000, 172800000]",
                        [](Scenario& s) { s.disturbance.closure_max = kMinute; }}));

INSTANTIATE_TEST_SUITE_P(
    Weather, OneFaultTest,
    testing::Values(Row{"weather.fogCeilingFt = -1",
                        [](Scenario& s) { s.weather.fog_ceiling_ft = -1; }},
                    Row{"weather.fogVisibilitySm = nan",
                        [](Scenario& s) { s.weather.fog_visibility_sm = kNan; }},
                    Row{"weather.days has 5000 entries, want at most 3660",
                        [](Scenario& s) { s.weather.days.assign(5000, ClearDay()); }},
                    Row{"weather.days[1].ceilingFt has 23 entries, want 24",
                        [](Scenario& s) {
                          s.weather.days.assign(2, ClearDay());
                          s.weather.days[1].ceiling_ft.pop_back();
                        }},
                    Row{"weather.days[0].visibilitySm[3] = -1, want [0, 1000]",
                        [](Scenario& s) {
                          s.weather.days.assign(1, ClearDay());
                          s.weather.days[0].visibility_sm[3] = -1;
                        }},
                    Row{"weather.days[0].ceilingFt[3] = -2, want [-1, 100000]", [](Scenario& s) {
                          s.weather.days.assign(1, ClearDay());
                          s.weather.days[0].ceiling_ft[3] = -2;
                        }}));

INSTANTIATE_TEST_SUITE_P(
    Network, OneFaultTest,
    testing::Values(
        // C can be left, but nothing flies to it.
        Row{"vertiports[2] is isolated: a full battery allows no flight to it (G3)",
            [](Scenario& s) {
              std::erase_if(s.corridors,
                            [](const Corridor& c) { return c.destination.value == 2; });
              for (const std::size_t k : {4U, 5U, 10U, 11U}) s.demand.requests_per_hour[k] = 0;
            }},
        // Without the vertistop rule 60 km would be in reach; there is no way back to a charger.
        Row{"vertiports[2] is isolated",
            [](Scenario& s) {
              for (Corridor& c : s.corridors)
                if (c.destination.value == 2 || c.origin.value == 2) c.distance_m = 45'000;
            }},
        Row{"vertiports[0].stands less contingency = 1, want at least 2",
            [](Scenario& s) { s.vertiports[0].contingency_stands = 2; }},
        Row{"vertiports[0].stands and those of all vertiports connected with it", [](Scenario& s) {
              s.vertiports[0].stands = 2;
              s.vertiports[1].stands = 1;
              s.vertiports[2].contingency_stands = 3;
            }}));

TEST(ValidateTest, AcceptsTheTriangle) { EXPECT_THAT(FaultsOf(Triangle()), testing::IsEmpty()); }

// Two pairs that do not know each other: A–B and C–D.
TEST(ValidateTest, ReportsADisconnectedNetworkAndItsStands) {
  Scenario scenario = Triangle();
  scenario.vertiports.push_back(scenario.vertiports[0]);
  scenario.vertiports[3].name = "D";
  scenario.vertiports[0].stands = 2;
  scenario.vertiports[1].stands = 1;
  scenario.corridors.clear();
  for (const auto& [i, j] : {std::pair{0, 1}, {1, 0}, {2, 3}, {3, 2}})
    scenario.corridors.push_back({VertiportId{i}, VertiportId{j}, 20'000, 1, 0});
  scenario.demand.requests_per_hour.assign(4 * 4 * 2, 0);

  EXPECT_THAT(FaultsOf(scenario),
              testing::ElementsAre(
                  testing::StartsWith("vertiports[0].stands and those of all vertiports connected "
                                      "with it, less contingency, sum to 3, want more than the 3"),
                  testing::StartsWith("vertiports[2] is disconnected"),
                  testing::StartsWith("vertiports[3] is disconnected")));
}

TEST(ValidateTest, ReportsAllFaultsAtOnce) {
  Scenario scenario = Triangle();
  scenario.vertiports[2].pads = -1;
  scenario.aircraft[1].initial_state_of_charge = 1.5;
  scenario.fare.base_usd = kNan;
  scenario.cost.energy_usd_per_kwh.clear();

  const std::vector<Fault> faults = Validate(scenario);

  EXPECT_EQ(faults.size(), 4U);
  EXPECT_EQ(ToStatus(faults).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(ToStatus(faults).message()),
            "aircraft[1].initialStateOfCharge = 1.5, want [0, 1]; "
            "vertiports[2].pads = -1, want [1, 100]; "
            "fare.baseUsd = nan, want [0, 100000]; "
            "cost.energyUsdPerKwh has 0 entries, want 24, one per local hour");
  EXPECT_TRUE(ToStatus({}).ok());
}

TEST(ValidateTest, KeepsTheReportOfAHostileScenarioShort) {
  Scenario scenario = Triangle();
  scenario.operations.open_time = SimTime{0 * kHour};
  scenario.operations.close_time = SimTime{kDay};
  scenario.demand.interval = kMinute;
  scenario.demand.requests_per_hour.assign(3 * 3 * 1440, kNan);

  const std::vector<Fault> faults = Validate(scenario);

  ASSERT_EQ(faults.size(), 1001U);
  EXPECT_EQ(faults.back().message, "has 11960 more faults");
}

TEST(ValidateTest, RefusesAForecastThatIsTooLarge) {
  Scenario scenario = Triangle();
  scenario.demand.interval = kMinute;
  scenario.demand.requests_per_hour.assign(std::size_t{1} << 23, 0);

  EXPECT_THAT(FaultsOf(scenario), testing::ElementsAre(testing::StartsWith(
                                      "demand.requestsPerHour has 8388608 entries, want")));
}

}  // namespace
}  // namespace skein
