#include "proto/codec/report_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/codec/json.h"
#include "tests/proto/filled_message.h"

namespace skein::codec {
namespace {

// Every figure differs from every other.
DaySummary SomeDay() {
  DaySummary day;
  day.revenue_cents = 500'050;
  day.operating_cost_cents = 100'000;
  day.energy_cost_cents = 25;
  day.flights = 1;
  day.reposition_flights = 2;
  day.passengers_requested = 3;
  day.passengers_served = 4;
  day.passengers_lost = 5;
  day.passengers_diverted = 6;
  day.requests = 7;
  day.requests_unserved = 8;
  day.diversions = 9;
  day.emergency_landings = 10;
  day.excursions = 11;
  day.cancellations = 12;
  day.decisions = 13;
  day.holds = 14;
  day.refusals = 15;
  day.wait_ms_sum = 90'000;
  day.wait_passengers = 60;
  day.p95_wait_ms = 2'500;
  day.seats_flown = 40;
  day.passengers_flown = 30;
  day.energy_wh = 12'345;
  day.closures_met = 16;
  day.aircraft_down_ms = 5'400'000;
  day.min_charge_at_landing_wh = 11'000;
  day.guard_violations = 17;
  return day;
}

TEST(ReportCodecTest, ConvertsEveryFigure) {
  const v1::DayReport report =
      EncodeDayReport(SomeDay(), {.battery_wh = 110'000, .seed = 99, .digest = 255, .wall_s = 1.5});

  EXPECT_THAT(UnsetFields(report), testing::IsEmpty());
  EXPECT_EQ(ToJson(report),
            R"({"seed":"99","profitUsd":4000.25,"revenueUsd":5000.5,"operatingCostUsd":1000,)"
            R"("energyCostUsd":0.25,"flights":1,"repositionFlights":2,"passengersRequested":3,)"
            R"("passengersServed":4,"passengersLost":5,"passengersDiverted":6,"diversions":9,)"
            R"("emergencyLandings":10,"excursions":11,"cancellations":12,"decisions":13,)"
            R"("holds":14,"meanWaitS":1.5,"p95WaitS":2.5,"loadFactor":0.75,"energyKwh":12.345,)"
            R"("closuresMet":16,"aircraftDownHours":1.5,"minStateOfChargeAtLanding":0.1,)"
            R"("guardViolations":17,"digest":"00000000000000ff","wallS":1.5,"requests":7,)"
            R"("requestsUnserved":8,"refusals":15})");
}

TEST(ReportCodecTest, ADayWithoutFlightsHasNoNotANumbers) {
  const v1::DayReport report = EncodeDayReport({}, {});

  EXPECT_EQ(report.mean_wait_s(), 0);
  EXPECT_EQ(report.load_factor(), 0);
  EXPECT_EQ(report.min_state_of_charge_at_landing(), 1);
  EXPECT_EQ(report.digest(), "");
}

TEST(ReportCodecTest, HugeCountsSaturate) {
  DaySummary day;
  day.flights = std::int64_t{1} << 40;
  EXPECT_EQ(EncodeDayReport(day, {}).flights(), 2147483647);
}

}  // namespace
}  // namespace skein::codec
