#include "cli/bound.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "cli/interrupt.h"
#include "cli/print.h"
#include "cli/scenario_options.h"
#include "cli/scenario_source.h"
#include "policy/planners/bound/bound.h"
#include "proto/codec/json.h"
#include "skein/v1/bound.pb.h"

namespace skein::cli {
namespace {

struct BoundCommand {
  std::string scenario = "paper";
  ScenarioOptions sizes;
  DayRange range;
  int bin_s = 0;
  int charge_levels = 0;
  int max_iterations = 0;
  bool json = false;
};

absl::StatusOr<v1::DayBound> BoundDay(const BoundCommand& options, const DayNetworks& networks,
                                      std::uint64_t seed) {
  SKEIN_ASSIGN_OR_RETURN(const auto network, networks.Of(seed));
  const auto start = std::chrono::steady_clock::now();
  SKEIN_ASSIGN_OR_RETURN(const policy::BoundReport report,
                         policy::HindsightBound(network, seed,
                                                {.bin = SimDuration{options.bin_s * 1000},
                                                 .charge_levels = options.charge_levels,
                                                 .max_iterations = options.max_iterations,
                                                 .stop = [] { return Interrupted(); }}));
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  v1::DayBound day;
  day.set_seed(seed);
  day.set_bound_usd(static_cast<double>(report.bound_cents) / 100);
  day.set_bin_width_s(static_cast<int>(report.bin.count() / 1000));
  day.set_bin_count(report.bins);
  day.set_charge_levels(report.charge_levels);
  day.set_rows(report.rows);
  day.set_columns(report.columns);
  day.set_entries(report.entries);
  day.set_iterations(report.iterations);
  day.set_optimal(report.optimal);
  day.set_wall_s(wall.count());
  return day;
}

std::string Table(const v1::BoundReport& report) {
  std::string text = absl::StrFormat("scenario %s\n\n", report.scenario());
  text +=
      "        seed    bound USD  bin min  levels     rows  columns  iterations  solver wall s\n";
  double sum = 0;
  for (const v1::DayBound& day : report.days()) {
    sum += day.bound_usd();
    text += absl::StrFormat("%12d %12s %8.1f %7d %8d %8d %11d %7s %6.1f\n", day.seed(),
                            Thousands(day.bound_usd()), day.bin_width_s() / 60.0,
                            day.charge_levels(), day.rows(), day.columns(), day.iterations(),
                            day.optimal() ? "optimal" : "stopped", day.wall_s());
  }
  if (report.days_size() > 1)
    text += absl::StrFormat("%12s %12s\n", "mean", Thousands(sum / report.days_size()));
  return text;
}

absl::Status Run(const BoundCommand& options) {
  SKEIN_RETURN_IF_ERROR(CheckDayRange(options.range));
  SKEIN_ASSIGN_OR_RETURN(const DayNetworks networks,
                         DayNetworks::Create(options.scenario, options.sizes));
  CatchInterrupts();
  v1::BoundReport report;
  report.set_scenario(options.scenario);
  report.set_seed(options.range.first_seed);
  {
    ProgressLine progress;
    for (int k = 0; k < options.range.days; ++k) {
      progress.Show(absl::StrCat("day ", k + 1, " of ", options.range.days));
      const std::uint64_t seed = options.range.first_seed + static_cast<unsigned>(k);
      SKEIN_ASSIGN_OR_RETURN(*report.add_days(), BoundDay(options, networks, seed));
    }
  }
  return PrintOut(options.json ? codec::ToJson(report, codec::JsonStyle::kPretty) + "\n"
                               : Table(report));
}

}  // namespace

void AddBound(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<BoundCommand>();
  CLI::App* command = app.add_subcommand("bound", "Say what no policy can exceed on a day");
  AddScenarioOption(*command, &options->scenario);
  AddSizeOptions(*command, &options->sizes);
  AddDayRange(*command, &options->range);
  command
      ->add_option("--bin", options->bin_s,
                   "Width of a time bin, seconds; a smaller one is tighter and slower; 0: by size")
      ->check(CLI::Range(0, 7200))
      ->capture_default_str();
  command
      ->add_option("--levels", options->charge_levels,
                   "Charge levels of an aircraft; 1: charge is ignored; 0: by size")
      ->check(CLI::Range(0, policy::kMaxChargeLevels))
      ->capture_default_str();
  command
      ->add_option("--max-iterations", options->max_iterations,
                   "Stop the solver after so many; the bound stays valid; 0: no limit")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print the report as JSON");
  command->footer(
      "Examples:\n"
      "  skein bound --scenario metro:sfbay --seed 1000000 --days 10\n"
      "  skein bound --scenario paper --vertiports 32 --aircraft 200 --json\n");
  command->callback([options, exit_code] {
    const absl::Status status = Run(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace skein::cli
