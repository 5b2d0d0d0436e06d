#include "cli/scenario.h"

#include <cstdio>
#include <memory>
#include <string>

#include "cli/import/metro_import.h"
#include "cli/print.h"
#include "cli/result_file.h"
#include "cli/scenario_options.h"
#include "cli/scenario_source.h"
#include "proto/codec/json.h"
#include "proto/codec/scenario_codec.h"
#include "skein/v1/scenario.pb.h"

namespace skein::cli {
namespace {

// Writes to stdout, or to a file that appears only when it is complete.
absl::Status WriteOut(const std::string& text, const std::string& path) {
  return path.empty() ? PrintOut(text) : WriteResultFile(path, text);
}

struct ShowOptions {
  std::string scenario;
  ScenarioOptions sizes;
  std::string out;
};

absl::Status Show(const ShowOptions& options) {
  SKEIN_ASSIGN_OR_RETURN(const Scenario scenario, ResolveScenario(options.scenario, options.sizes));
  return WriteOut(codec::ScenarioFile(scenario), options.out);
}

absl::Status Import(const importer::ImportOptions& options, const std::string& out) {
  SKEIN_ASSIGN_OR_RETURN(const Scenario scenario, importer::ImportMetro(options));
  SKEIN_RETURN_IF_ERROR(WriteOut(codec::ScenarioFile(scenario), out));
  const importer::ProvenanceCounts counts = importer::CountSources(scenario);
  std::fprintf(stderr,
               "%s: %zu vertiports, %zu corridors, %zu aircraft, %zu days of weather\n"
               "rows: %d real, %d derived, %d assumed\n",
               scenario.name.c_str(), scenario.vertiports.size(), scenario.corridors.size(),
               scenario.aircraft.size(), scenario.weather.days.size(), counts.real, counts.derived,
               counts.assumed);
  return absl::OkStatus();
}

int ValidateFile(const std::string& path) {
  v1::Scenario message;
  const absl::Status read = codec::ReadMessageFile(path, &message);
  if (!read.ok()) {
    Fail(Annotate(read, path));
    return kFailed;
  }
  const codec::DecodedScenario decoded = codec::DecodeScenarioAndFaults(message);
  std::string faults;
  for (const Fault& fault : decoded.faults)
    absl::StrAppend(&faults, fault.field, " ", fault.message, "\n");
  if (const absl::Status printed = PrintOut(faults); !printed.ok()) return Fail(printed);
  if (!decoded.faults.empty()) {
    std::fprintf(stderr, "%s: %zu faults\n", path.c_str(), decoded.faults.size());
    return kFailed;
  }
  std::fprintf(stderr, "%s: valid\n", path.c_str());
  return kOk;
}

void AddShow(CLI::App& parent, int* exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = parent.add_subcommand("show", "Write a scenario out as JSON");
  command->add_option("scenario", options->scenario, "paper:SEED, metro:sfbay or a file")
      ->required();
  AddSizeOptions(*command, &options->sizes);
  AddTelemetryOption(*command, &options->sizes);
  command->add_option("--out", options->out, "File to write; stdout if left out");
  command->footer(
      "Example:\n  skein scenario show paper:7 --vertiports 16 --aircraft 80 --out my.json\n");
  command->callback([options, exit_code] {
    const absl::Status status = Show(*options);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

void AddImport(CLI::App& parent, int* exit_code) {
  struct Arguments {
    importer::ImportOptions tables;
    std::string out;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* command = parent.add_subcommand("import", "Make a scenario of a city from tables");
  command->add_option("--sites", a->tables.sites_csv, "CSV of vertiport sites")->required();
  command->add_option("--trips", a->tables.hourly_trips_csv, "CSV of trips by pair and hour")
      ->required();
  command->add_option("--weather", a->tables.weather_csv, "CSV of hourly weather")->required();
  command->add_option("--tariff", a->tables.tariff_json, "JSON of electricity tariffs")->required();
  command->add_option("--tariff-id", a->tables.tariff_id, "Which tariff")->required();
  command->add_option("--aircraft", a->tables.aircraft_csv, "CSV of aircraft types")->required();
  command->add_option("--aircraft-id", a->tables.aircraft_id, "Which aircraft type")->required();
  command
      ->add_option("--assumptions", a->tables.assumptions_json,
                   "JSON of everything the tables do not say")
      ->required();
  command->add_option("--out", a->out, "File to write")->required();
  command->footer("The columns are described in docs/simulation.md.\n");
  command->callback([a, exit_code] {
    const absl::Status status = Import(a->tables, a->out);
    *exit_code = status.ok() ? kOk : Fail(status);
  });
}

}  // namespace

void AddScenario(CLI::App& app, int* exit_code) {
  CLI::App* scenario = app.add_subcommand("scenario", "Show or import scenarios");
  scenario->require_subcommand(1);
  AddShow(*scenario, exit_code);
  AddImport(*scenario, exit_code);

  auto path = std::make_shared<std::string>();
  CLI::App* validate = app.add_subcommand("validate", "Check a scenario file, all faults at once");
  validate->add_option("file", *path, "Scenario file: JSON or protobuf text format")->required();
  validate->footer("Example:\n  skein validate my.json\n");
  validate->callback([path, exit_code] { *exit_code = ValidateFile(*path); });
}

}  // namespace skein::cli
