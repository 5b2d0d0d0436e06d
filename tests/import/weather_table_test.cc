#include "cli/import/weather_table.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace skein::importer {
namespace {

constexpr char kZone[] = "America/Los_Angeles";

std::string WriteTable(const std::string& content) {
  const std::string path = testing::TempDir() + "weather_table_test.csv";
  std::ofstream(path) << content;
  return path;
}

// Hourly reports whose ceiling is 100 ft × the UTC hour.
std::string Hourly(absl::CivilHour first, int count) {
  std::string table = "utc_time,vis_sm,ceiling_ft\n";
  for (int k = 0; k < count; ++k) {
    const absl::CivilHour hour = first + k;
    table += absl::StrFormat("%04d-%02d-%02dT%02d:00Z,10,%d\n", hour.year(), hour.month(),
                             hour.day(), hour.hour(), 100 * hour.hour());
  }
  return table;
}

TEST(WeatherTableTest, ConvertsToWinterAndSummerTime) {
  const auto days = ReadWeather(SKEIN_TEST_DATA "weather.csv", kZone);
  ASSERT_TRUE(days.ok()) << std::string(days.status().message());

  // The table runs from 01:00 on 9 March to 01:00 on 12 March, local time; summer time begins on
  // the 10th at 02:00, the 12th is incomplete.
  ASSERT_EQ(days->size(), 3U);
  EXPECT_EQ((*days)[0].date, "2019-03-09");
  EXPECT_EQ((*days)[0].ceiling_ft[1], 900);  // 09:00 UTC
  EXPECT_EQ((*days)[0].ceiling_ft[0], 900);  // missing: as the hour after it
  EXPECT_EQ((*days)[0].ceiling_ft[12], -1);  // 20:00 UTC: unlimited
  EXPECT_EQ((*days)[0].visibility_sm[15], 9.5);
  EXPECT_EQ((*days)[0].visibility_sm[16], 10.5);  // 00:00 UTC of the 10th
  EXPECT_EQ((*days)[1].ceiling_ft[1], 900);       // 09:00 UTC
  EXPECT_EQ((*days)[1].ceiling_ft[2], 900);       // skipped by the clocks: as the hour before it
  EXPECT_EQ((*days)[1].ceiling_ft[3], 1000);      // 10:00 UTC
  EXPECT_EQ((*days)[2].ceiling_ft[12], 1900);     // 19:00 UTC
}

TEST(WeatherTableTest, KeepsTheFirstOfARepeatedHour) {
  // 3 November 2019: local midnight is 07:00 UTC; 01:00 comes at 08:00 and 09:00 UTC.
  const auto days = ReadWeather(WriteTable(Hourly(absl::CivilHour(2019, 11, 3, 7), 25)), kZone);

  ASSERT_TRUE(days.ok());
  ASSERT_EQ(days->size(), 1U);
  EXPECT_EQ((*days)[0].ceiling_ft[1], 800);
  EXPECT_EQ((*days)[0].ceiling_ft[2], 1000);
}

TEST(WeatherTableTest, LeavesOutDaysThatLackTwoHours) {
  const auto days = ReadWeather(WriteTable(Hourly(absl::CivilHour(2019, 1, 1, 10), 46)), kZone);

  ASSERT_TRUE(days.ok());
  ASSERT_EQ(days->size(), 1U);
  EXPECT_EQ((*days)[0].date, "2019-01-02");
}

TEST(WeatherTableTest, NamesTheFaultyField) {
  const std::string header = "utc_time,vis_sm,ceiling_ft\n";
  const auto message = [&](const std::string& row) {
    return std::string(ReadWeather(WriteTable(header + row), kZone).status().message());
  };
  const std::string file = testing::TempDir() + "weather_table_test.csv";

  EXPECT_EQ(
      message("2019-01-01 10:00,10,\n"),
      file + ":2: utc_time = \"2019-01-01 10:00\", want a UTC time such as 2019-01-31T15:00Z");
  EXPECT_EQ(message("2019-01-01T10:00Z,far,\n"), file + ":2: vis_sm = \"far\", want a number");
  EXPECT_EQ(message("2019-01-01T10:00Z,-1,\n"), file + ":2: vis_sm = \"-1\", want at least 0");
  EXPECT_EQ(message("2019-01-01T10:00Z,1,low\n"),
            file + ":2: ceiling_ft = \"low\", want an integer in [0, 100000]");
}

TEST(WeatherTableTest, RefusesAnUnknownTimeZone) {
  EXPECT_EQ(ReadWeather(SKEIN_TEST_DATA "weather.csv", "Mars/Olympus").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace skein::importer
