#pragma once

#include <string>
#include <vector>

#include "sim/domain/status.h"

namespace skein::importer {

// Price of electricity by local hour, with what the file says of its source.
struct Tariff {
  std::string name;
  std::string source;
  std::vector<double> usd_per_kwh;  // [24]
};

// Reads tariff `id` as on a weekday of `month` (1–12). The file has an array "tariffs" of objects
// with "id", "name", "source" and "seasons"; a season has "months", "weekday_period" (24 period
// ids) and "energy_usd_per_kwh" (by period id). Other fields are ignored.
// Errors: those of ReadTextFile; INVALID_ARGUMENT with the path of the field; NOT_FOUND, if there
// is
//         no such tariff.
absl::StatusOr<Tariff> ReadTariff(const std::string& path, const std::string& id, int month);

}  // namespace skein::importer
