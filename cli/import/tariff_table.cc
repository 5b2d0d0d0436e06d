#include "cli/import/tariff_table.h"

#include <algorithm>
#include <cmath>

#include "cli/import/json_fields.h"
#include "cli/import/text_file.h"

namespace skein::importer {
namespace {

constexpr double kMaxUsdPerKwh = 100;

void ReadSeason(JsonFields& season, Tariff& tariff, JsonErrors& errors) {
  const std::vector<double> periods = season.Numbers("weekday_period", 0, 23);
  if (periods.size() != 24)
    errors.Add("weekday_period", absl::StrCat("has ", periods.size(), " entries, want 24"));
  JsonFields prices = season.Object("energy_usd_per_kwh");
  for (const double period : periods) {
    const std::string key = absl::StrCat(static_cast<int>(period));
    tariff.usd_per_kwh.push_back(prices.Number(key.c_str(), 0, kMaxUsdPerKwh));
  }
}

}  // namespace

absl::StatusOr<Tariff> ReadTariff(const std::string& path, const std::string& id, int month) {
  SKEIN_ASSIGN_OR_RETURN(const std::string content, ReadTextFile(path));
  SKEIN_ASSIGN_OR_RETURN(const nlohmann::json document, ParseJson(path, content));
  JsonErrors errors(path);
  JsonFields root(document, "", errors);
  for (JsonFields& entry : root.Objects("tariffs")) {
    if (entry.Text("id") != id) continue;
    Tariff tariff;
    tariff.name = entry.Text("name");
    tariff.source = entry.Text("source");
    for (JsonFields& season : entry.Objects("seasons")) {
      const std::vector<double> months = season.Numbers("months", 1, 12);
      if (std::find(months.begin(), months.end(), month) == months.end()) continue;
      ReadSeason(season, tariff, errors);
      SKEIN_RETURN_IF_ERROR(errors.status());
      return tariff;
    }
    SKEIN_RETURN_IF_ERROR(errors.status());
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": tariff \"", id, "\" has no season with month ", month));
  }
  SKEIN_RETURN_IF_ERROR(errors.status());
  return absl::NotFoundError(absl::StrCat(path, ": has no tariff \"", id, "\""));
}

}  // namespace skein::importer
