#include "cli/scenario_options.h"

#include <charconv>

#include "sim/domain/scenario.h"
#include "sim/generator.h"

namespace skein::cli {

SizeOptions AddSizeOptions(CLI::App& command, ScenarioOptions* sizes) {
  return {.vertiports = command
                            .add_option("--vertiports", sizes->vertiports,
                                        absl::StrCat("Vertiports of paper [",
                                                     sim::PaperOptions{}.vertiports, "]"))
                            ->check(CLI::Range(sim::kMinPaperVertiports, kMaxVertiports)),
          .aircraft = command
                          .add_option("--aircraft", sizes->aircraft,
                                      absl::StrCat("Aircraft of paper [",
                                                   sim::PaperOptions{}.aircraft, "]"))
                          ->check(CLI::Range(1, kMaxAircraft))};
}

void AddTelemetryOption(CLI::App& command, ScenarioOptions* options) {
  command
      .add_option("--telemetry", options->telemetry_s,
                  "Seconds between telemetry reports of an aircraft; 0: as the scenario says")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
}

CLI::Option* AddScenarioOption(CLI::App& command, std::string* scenario) {
  return command
      .add_option("--scenario", *scenario,
                  "paper (each day draws its own network), paper:SEED, metro:sfbay or a file")
      ->capture_default_str();
}

CLI::Validator IsSeed() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        std::uint64_t seed = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, seed);
        return error == std::errc() && stop == end
                   ? ""
                   : absl::StrCat("\"", text, "\", want a whole number in [0, 2^64)");
      },
      "");
}

void AddDayRange(CLI::App& command, DayRange* range) {
  command
      .add_option("--seed", range->first_seed,
                  "Seed of the first day; the next day has the next one")
      ->check(IsSeed())
      ->capture_default_str();
  command.add_option("--days", range->days, "How many days")
      ->check(CLI::Range(1, kMaxDays))
      ->capture_default_str();
}

void AddThreadsOption(CLI::App& command, int* threads) {
  command.add_option("--threads", *threads, "Days played at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

}  // namespace skein::cli
