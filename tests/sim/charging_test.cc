#include "sim/charging.h"

#include "gtest/gtest.h"

#include "tests/sim/triangle.h"

namespace skein::sim {
namespace {

// 100 kW to 80 kWh, 50 kW above; 100 kWh.
ChargeCurve Curve() { return {Triangle().charging, 100'000}; }

constexpr std::int64_t kWh = 1000 * kWattMsPerWh;

SimTime At(int hour, int minute) { return SimTime{hour * kHour + minute * kMinute}; }

TEST(ChargeCurveTest, ChargesAtThePowerOfEachStep) {
  // 70 → 80 kWh: 10 kWh ÷ 100 kW = 6 min; the next 6 min at 50 kW give 5 kWh.
  EXPECT_EQ(Curve().After(70 * kWh, 6 * kMinute, 100 * kWh), 80 * kWh);
  EXPECT_EQ(Curve().After(70 * kWh, 12 * kMinute, 100 * kWh), 85 * kWh);
}

TEST(ChargeCurveTest, StopsAtTheTarget) {
  EXPECT_EQ(Curve().After(70 * kWh, kDay, 90 * kWh), 90 * kWh);
  EXPECT_EQ(Curve().After(95 * kWh, kMinute, 90 * kWh), 95 * kWh);
}

TEST(ChargeCurveTest, TimeToIsTheInverseOfAfter) {
  // 6 min to 80 kWh, then 10 kWh ÷ 50 kW = 12 min.
  EXPECT_EQ(Curve().TimeTo(70 * kWh, 90 * kWh), 18 * kMinute);
  EXPECT_EQ(Curve().TimeTo(90 * kWh, 90 * kWh), SimDuration{0});
  // 1 W·ms takes a whole millisecond: times are rounded up.
  EXPECT_EQ(Curve().TimeTo(70 * kWh, 70 * kWh + 1), SimDuration{1});
}

TEST(ChargingTest, SplitsTheCostOfASessionAtTheHours) {
  std::array<std::int64_t, 24> price{};
  price[5] = 100'000;  // 0.10 $/kWh
  price[6] = 300'000;  // 0.30 $/kWh

  // 05:57–06:03 at 100 kW: 5 kWh at 10 cents and 5 kWh at 30 cents.
  EXPECT_EQ(SessionCostCents(Curve(), 0, 100 * kWh, At(5, 57), At(6, 3), price), 200);
  // Midnight: the hour of the day wraps.
  price[0] = 100'000;
  EXPECT_EQ(SessionCostCents(Curve(), 0, 100 * kWh, At(24, 0), At(24, 6), price), 100);
}

TEST(ChargingTest, RoundsMoneyHalfAwayFromZero) {
  // 1 kWh at 0.005 $/kWh is half a cent.
  EXPECT_EQ(EnergyCostCents(1000, 5'000), 1);
  EXPECT_EQ(EnergyCostCents(-1000, 5'000), -1);
  EXPECT_EQ(EnergyCostCents(999, 5'000), 0);
}

}  // namespace
}  // namespace skein::sim
