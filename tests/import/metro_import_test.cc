#include "cli/import/metro_import.h"

#include <fstream>
#include <functional>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "cli/import/assumptions.h"
#include "cli/import/metro_tables.h"

namespace skein::importer {
namespace {

using testing::HasSubstr;

ImportOptions TestOptions() {
  return {.sites_csv = SKEIN_TEST_DATA "sites.csv",
          .hourly_trips_csv = SKEIN_TEST_DATA "trips.csv",
          .weather_csv = SKEIN_TEST_DATA "weather.csv",
          .tariff_json = SKEIN_TEST_DATA "tariffs.json",
          .tariff_id = "T1",
          .aircraft_csv = SKEIN_TEST_DATA "aircraft.csv",
          .aircraft_id = "test",
          .assumptions_json = SKEIN_TEST_DATA "assumptions.json"};
}

Scenario Import(const ImportOptions& options) {
  absl::StatusOr<Scenario> scenario = ImportMetro(options);
  EXPECT_TRUE(scenario.ok()) << std::string(scenario.status().message());
  return *std::move(scenario);
}

// A copy of a test table with the first `from` replaced.
std::string Changed(const std::string& file, const std::string& from, const std::string& to) {
  std::ostringstream content;
  content << std::ifstream(SKEIN_TEST_DATA + file).rdbuf();
  std::string text = content.str();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const std::string path = testing::TempDir() + "changed_" + file;
  std::ofstream(path) << text;
  return path;
}

TEST(MetroImportTest, JoinsTheTables) {
  const Scenario s = Import(TestOptions());

  EXPECT_EQ(s.name, "metro:test");
  EXPECT_EQ(s.time_zone, "America/Los_Angeles");
  ASSERT_EQ(s.vertiports.size(), 3U);
  EXPECT_EQ(s.vertiports[1].name, "BBB");
  EXPECT_EQ(s.vertiports[1].latitude_deg, 37.2);
  EXPECT_EQ(s.vertiports[1].minimum_ceiling_ft, 1200);
  EXPECT_EQ(s.vertiports[1].provenance, Provenance::kReal);
  EXPECT_EQ(s.vertiports[2].provenance, Provenance::kAssumed);
  EXPECT_FALSE(s.vertiports[2].follows_station);
  EXPECT_EQ(s.corridors.size(), 6U);
  EXPECT_EQ(s.weather.days.size(), 3U);
  EXPECT_EQ(s.weather.station, "KTST");
}

TEST(MetroImportTest, ConvertsUnits) {
  const Scenario s = Import(TestOptions());

  EXPECT_EQ(s.aircraft_type.title, "Maker Model");
  EXPECT_EQ(s.aircraft_type.battery_wh, 100'000);
  EXPECT_DOUBLE_EQ(s.aircraft_type.cruise_m_per_s, 50);  // 180 km/h
  EXPECT_EQ(s.aircraft_type.hold_power_w, 120'000);
  EXPECT_EQ(s.aircraft_type.block_overhead, 2 * kMinute);
  EXPECT_DOUBLE_EQ(s.energy.reserve, 0.12);  // 5 min × 180 km/h × 0.8 kWh/km = 12 kWh
  EXPECT_EQ(s.charging.curve[0].power_w, 150'500);
  EXPECT_EQ(s.operations.open_time, SimTime{6 * kHour});
  EXPECT_EQ(s.operations.turnaround, SimDuration{450'000});
  EXPECT_EQ(s.cost.energy_usd_per_kwh[15], 0.15);
  EXPECT_EQ(s.cost.energy_usd_per_kwh[16], 0.4);
}

// One degree of latitude is π ÷ 180 × 6,371.0088 km = 111.195 km.
TEST(MetroImportTest, MeasuresGreatCircles) {
  const Scenario s = Import(TestOptions());

  EXPECT_EQ(s.corridors[0].distance_m, 22'239);  // A–B: 0.2 degrees of latitude
  EXPECT_NEAR(static_cast<double>(s.corridors[1].distance_m), 26'642, 1);  // A–C: 0.3° × cos 37°
  EXPECT_EQ(s.vertiports[1].y_m - s.vertiports[0].y_m, 22'239);
}

// Shares (d − 12) ÷ 18: A–B 22.239 km 0.56883, A–C 26.642 km 0.81346, C–B 34.7 km 1. Opening hours
// are 06 and 07, so the 1,000 trips at 05 do not count. Captured: A→B 17.0650 and 5.6883, B→A
// 11.3766, A→C 40.673, C→B 40: 114.803 passengers, scaled to 10 × 4 requests.
TEST(MetroImportTest, CapturesTripsByDistance) {
  const Scenario s = Import(TestOptions());
  const std::vector<double>& rates = s.demand.requests_per_hour;

  ASSERT_EQ(rates.size(), 3U * 3 * 2);
  EXPECT_NEAR(std::accumulate(rates.begin(), rates.end(), 0.0), 40, 1e-5);
  EXPECT_NEAR(rates[2], 17.0650 * 40 / 114.803, 1e-3);  // A→B, 06
  EXPECT_NEAR(rates[3], 5.6883 * 40 / 114.803, 1e-3);   // A→B, 07
  EXPECT_NEAR(rates[4], 40.673 * 40 / 114.803, 1e-3);   // A→C, 06
  EXPECT_NEAR(rates[15], 40.0 * 40 / 114.803, 1e-3);    // C→B, 07
  EXPECT_EQ(rates[14], 0);
}

TEST(MetroImportTest, LeavesOutCorridorsThatFewWant) {
  ImportOptions options = TestOptions();
  // Requests per day, mean of both ways: A–B 5.9, A–C 7.1, B–C 7.0.
  options.assumptions_json =
      Changed("assumptions.json", "\"requestsPerDayMin\": 0", "\"requestsPerDayMin\": 6.5");
  const Scenario s = Import(options);

  ASSERT_EQ(s.corridors.size(), 4U);
  EXPECT_EQ(s.corridors[0].destination, VertiportId{2});
  EXPECT_EQ(s.demand.requests_per_hour[2], 0);
  EXPECT_NEAR(
      std::accumulate(s.demand.requests_per_hour.begin(), s.demand.requests_per_hour.end(), 0.0),
      40, 1e-5);
}

TEST(MetroImportTest, KeepsCorridorsToAlternatesUnderOtherWeather) {
  ImportOptions options = TestOptions();
  options.assumptions_json =
      Changed("assumptions.json", "\"requestsPerDayMin\": 0, \"weatherAlternates\": 0",
              "\"requestsPerDayMin\": 7.05, \"weatherAlternates\": 1");

  EXPECT_EQ(Import(options).corridors.size(), 4U);  // A–C by demand; B–C as the alternate of B
}

TEST(MetroImportTest, SpreadsTheFleetOverTheUsableStands) {
  const Scenario s = Import(TestOptions());  // usable: 3, 2, 1

  std::vector<int> placed(3, 0);
  for (const Aircraft& aircraft : s.aircraft) ++placed[aircraft.vertiport.index()];
  EXPECT_EQ(placed, (std::vector<int>{2, 1, 1}));
  EXPECT_EQ(s.aircraft[3].name, "N004");
}

// Real: 2 places, seats and speed, battery, weather, tariff. Derived: consumption, reserve,
// corridors, demand. Assumed: 1 place, 12 parts of the file, 3 sites.
TEST(MetroImportTest, CountsWhatIsRealDerivedAndAssumed) {
  const ProvenanceCounts counts = CountSources(Import(TestOptions()));

  EXPECT_EQ(counts.real, 6);
  EXPECT_EQ(counts.derived, 4);
  EXPECT_EQ(counts.assumed, 15);
}

struct Row {
  const char* file;
  const char* from;
  const char* to;
  const char* message;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.message; }

class FaultyTableTest : public testing::TestWithParam<Row> {};

TEST_P(FaultyTableTest, IsReportedWithItsPlace) {
  const Row& row = GetParam();
  const std::string file = row.file;
  ImportOptions options = TestOptions();
  const std::string path = Changed(file, row.from, row.to);
  if (file == "sites.csv") options.sites_csv = path;
  if (file == "trips.csv") options.hourly_trips_csv = path;
  if (file == "weather.csv") options.weather_csv = path;
  if (file == "tariffs.json") options.tariff_json = path;
  if (file == "aircraft.csv") options.aircraft_csv = path;
  if (file == "assumptions.json") options.assumptions_json = path;

  const absl::Status status = ImportMetro(options).status();

  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(row.message));
}

INSTANTIATE_TEST_SUITE_P(
    MetroImportTest, FaultyTableTest,
    testing::Values(
        Row{"sites.csv", "37.20", "north",
            "changed_sites.csv:3: lat_deg = \"north\", want a number"},
        Row{"sites.csv", "37.20", "97.20",
            "changed_sites.csv:3: lat_deg = \"97.20\", want [-90, 90]"},
        Row{"sites.csv", "lat_deg", "lat", "changed_sites.csv:1: has no column \"lat_deg\""},
        Row{"assumptions.json", "\"CCC\"", "\"DDD\"", "vertiport \"DDD\" is not in"},
        Row{"sites.csv", "CCC,,37.00,-121.70,made up", "CCC,,37,-121.7,x\nDDD,,37,-121.5,y",
            "has no vertiport \"DDD\" of"},
        Row{"trips.csv", "AAA,BBB,6", "AAA,XXX,6",
            "changed_trips.csv:3: dest = \"XXX\", want a site of the sites table"},
        Row{"trips.csv", "AAA,BBB,6", "AAA,AAA,6", "want another site than the origin"},
        Row{"trips.csv", "AAA,BBB,6", "AAA,BBB,24",
            "hour_local = \"24\", want an integer in [0, 23]"},
        Row{"trips.csv", "AAA,BBB,6", "AAA,BBB,5", "want each hour of a pair once"},
        Row{"trips.csv", ",30", ",-30", "weekday_trips_per_h = \"-30\", want at least 0"},
        Row{"weather.csv", "2019-03-10T09:00Z", "yesterday", "utc_time = \"yesterday\""},
        Row{"aircraft.csv", "test,", "tast,", "has no aircraft \"test\""},
        Row{"aircraft.csv", "180", "fast", "changed_aircraft.csv:3: cruise_kmh = \"fast\""},
        Row{"tariffs.json", "T1", "T2", "has no tariff \"T1\""},
        Row{"tariffs.json", "5, 6, 7", "5, 6", "has no season with month 7"},
        Row{"tariffs.json", "\"0\": 0.15, ", "", "energy_usd_per_kwh.0 is missing"},
        Row{"tariffs.json", "[\n", "[,", "changed_tariffs.json: is not JSON at line 1"},
        Row{"assumptions.json", "\"baseUsd\": 20", "\"baseUsd\": \"x\"",
            "fare.baseUsd = \"x\", want a number in [0, 100000]"},
        Row{"assumptions.json", "\"baseUsd\": 20, ", "", "fare.baseUsd is missing"},
        Row{"assumptions.json", "\"baseUsd\"", "\"base\": 1, \"baseUsd\"",
            "fare.base is not a known field"},
        Row{"assumptions.json", "\"lanes\": 2", "\"lanes\": 2.5",
            "corridors.lanes = 2.5, want an integer"},
        Row{"assumptions.json", "\"stands\": 4", "\"stands\": 0",
            "vertiports[0].stands = 0, want a number in [1, 10000]"},
        Row{"assumptions.json", "\"captureFullKm\": 30", "\"captureFullKm\": 12",
            "demand.captureFullKm is not above demand.captureFromKm"},
        Row{"assumptions.json", "\"closeHour\": 8", "\"closeHour\": 6",
            "operations.closeHour is not after operations.openHour"},
        Row{"assumptions.json", "\"aircraft\": 4", "\"aircraft\": 40",
            "the tables make no valid scenario"},
        Row{"assumptions.json", "Los_Angeles", "Los_Santos", "is not known on this machine"}));

TEST(MetroImportTest, ReportsAMissingFile) {
  ImportOptions options = TestOptions();
  options.sites_csv = "/nonexistent/sites.csv";

  EXPECT_EQ(ImportMetro(options).status().code(), absl::StatusCode::kNotFound);
}

TEST(AssumptionsTest, TheShippedFileIsReadable) {
  const auto assumptions = ReadAssumptions(SKEIN_SCENARIOS "sfbay.assumptions.json");

  ASSERT_TRUE(assumptions.ok()) << std::string(assumptions.status().message());
  EXPECT_EQ(assumptions->name, "metro:sfbay");
  EXPECT_EQ(assumptions->sites.size(), 10U);
}

}  // namespace
}  // namespace skein::importer
