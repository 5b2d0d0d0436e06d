#include "cli/import/weather_table.h"

#include <array>
#include <map>
#include <optional>
#include <utility>

#include "absl/time/time.h"

#include "cli/import/csv_table.h"

namespace skein::importer {
namespace {

constexpr std::size_t kHours = 24;

struct Report {
  int ceiling_ft = -1;
  double visibility_sm = 0;
};
using Day = std::array<std::optional<Report>, kHours>;

// Fills one missing hour from its neighbour. False: more than one is missing.
bool Complete(Day& day) {
  std::size_t missing = 0;
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    if (day[hour].has_value()) continue;
    if (++missing > 1) return false;
    day[hour] = hour > 0 ? day[hour - 1] : day[hour + 1];
  }
  return day[0].has_value();
}

absl::StatusOr<std::map<std::string, Day>> ByLocalDay(const CsvTable& table,
                                                      const absl::TimeZone& zone) {
  SKEIN_ASSIGN_OR_RETURN(const std::size_t utc_time, table.Column("utc_time"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t vis_sm, table.Column("vis_sm"));
  SKEIN_ASSIGN_OR_RETURN(const std::size_t ceiling_ft, table.Column("ceiling_ft"));
  std::map<std::string, Day> days;  // by date, in order
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    absl::Time time;
    if (!absl::ParseTime("%Y-%m-%dT%H:%MZ", table.Text(row, utc_time), &time, nullptr))
      return table.Error(row, utc_time, "a UTC time such as 2019-01-31T15:00Z");
    Report report;
    SKEIN_ASSIGN_OR_RETURN(report.visibility_sm, table.Number(row, vis_sm));
    if (report.visibility_sm < 0) return table.Error(row, vis_sm, "at least 0");
    if (!table.Text(row, ceiling_ft).empty()) {
      SKEIN_ASSIGN_OR_RETURN(report.ceiling_ft, table.Integer(row, ceiling_ft, 0, 100'000));
    }
    const absl::CivilHour local = absl::ToCivilHour(time, zone);
    std::optional<Report>& slot =
        days[absl::FormatCivilTime(absl::CivilDay(local))][static_cast<std::size_t>(local.hour())];
    if (!slot.has_value()) slot = report;
  }
  return days;
}

}  // namespace

absl::StatusOr<std::vector<WeatherDay>> ReadWeather(const std::string& path,
                                                    const std::string& time_zone) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(time_zone, &zone))
    return absl::FailedPreconditionError(
        absl::StrCat("time zone \"", time_zone,
                     "\" is not known on this machine; is the package tzdata installed?"));
  SKEIN_ASSIGN_OR_RETURN(const CsvTable table, CsvTable::Read(path));
  auto local = ByLocalDay(table, zone);
  if (!local.ok()) return local.status();
  std::vector<WeatherDay> days;
  for (auto& [date, reports] : *local) {
    if (!Complete(reports)) continue;
    WeatherDay& day = days.emplace_back();
    day.date = date;
    for (const std::optional<Report>& report : reports) {
      day.ceiling_ft.push_back(report->ceiling_ft);
      day.visibility_sm.push_back(report->visibility_sm);
    }
  }
  return days;
}

}  // namespace skein::importer
