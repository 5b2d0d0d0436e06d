#include "cli/evaluation/evaluation_suite.h"

#include <filesystem>
#include <unordered_set>

#include "cli/day_range.h"
#include "proto/codec/field_checker.h"
#include "proto/codec/json.h"
#include "proto/codec/scenario_changes_codec.h"
#include "sim/generator.h"

namespace skein::cli {
namespace {

using codec::FieldChecker;

int Size(const char* field, int value, int low, int high, bool sized, FieldChecker& check) {
  if (!sized)
    check.Fail(field, absl::StrCat("= ", value, ", want it left out: only paper has sizes"));
  else if (value < low || value > high)
    check.Fail(field, absl::StrCat("= ", value, ", want [", low, ", ", high, "]"));
  return value;
}

void DecodeDays(const v1::EvaluationCase& message, FieldChecker& check, EvaluationSpec* spec) {
  spec->first_seed = message.first_seed();
  spec->days = message.days();
  if (spec->days < 1 || spec->days > kMaxDays)
    check.Fail("days", absl::StrCat("= ", spec->days, ", want [1, ", kMaxDays, "]"));
  else if (spec->first_seed > LastFirstSeed(spec->days))
    check.Fail("firstSeed",
               absl::StrCat("= ", spec->first_seed, ", want at most ", LastFirstSeed(spec->days)));
}

void DecodeSizes(const v1::EvaluationCase& message, FieldChecker& check, EvaluationSpec* spec) {
  const bool sized = HasSizes(message.scenario());
  if (message.has_vertiports())
    spec->options.vertiports = Size("vertiports", message.vertiports(), sim::kMinPaperVertiports,
                                    kMaxVertiports, sized, check);
  if (message.has_aircraft())
    spec->options.aircraft = Size("aircraft", message.aircraft(), 1, kMaxAircraft, sized, check);
}

// Whether the first day's network can be made; if not, the scenario is at fault.
void CheckScenario(const EvaluationSpec& spec, FieldChecker& check) {
  const auto networks = DayNetworks::Create(spec.path, spec.options);
  const absl::Status status =
      networks.ok() ? networks->Of(spec.first_seed).status() : networks.status();
  if (status.ok()) return;
  check.Fail("scenario", absl::StrCat("= ", codec::Quoted(spec.scenario),
                                      " cannot be used: ", std::string(status.message())));
}

EvaluationSpec DecodeCase(const v1::EvaluationCase& message, const std::string& folder,
                          FieldChecker& check) {
  EvaluationSpec spec;
  const std::size_t faults = check.faults().size();
  spec.name = check.IdText("name", message.name());
  spec.scenario = message.scenario();
  spec.path = spec.scenario;
  if (!IsBuiltInScenario(spec.scenario))
    spec.path = (std::filesystem::path(folder) / spec.scenario).string();
  DecodeDays(message, check, &spec);
  DecodeSizes(message, check, &spec);
  {
    const auto scope = check.Enter("changes");
    spec.options.changes = codec::DecodeScenarioChanges(message.changes(), check);
  }
  if (check.faults().size() == faults) CheckScenario(spec, check);
  return spec;
}

}  // namespace

absl::StatusOr<EvaluationSuite> DecodeSuite(const v1::EvaluationSuite& message,
                                            const std::string& folder) {
  FieldChecker check;
  EvaluationSuite suite;
  suite.name = check.IdText("name", message.name());
  suite.title = message.title();
  if (message.evaluations().empty()) check.Fail("evaluations", "is empty, want at least 1");
  std::unordered_set<std::string> names;
  for (int k = 0; k < message.evaluations_size(); ++k) {
    const auto scope = check.Enter("evaluations", k);
    suite.evaluations.push_back(DecodeCase(message.evaluations(k), folder, check));
    const std::string& name = message.evaluations(k).name();
    if (!names.insert(name).second)
      check.Fail("name", absl::StrCat("= ", codec::Quoted(name), ", want a name used once"));
  }
  SKEIN_RETURN_IF_ERROR(check.status());
  return suite;
}

absl::StatusOr<EvaluationSuite> ReadSuiteFile(const std::string& path) {
  v1::EvaluationSuite message;
  SKEIN_RETURN_IF_ERROR(codec::ReadMessageFile(path, &message));
  auto suite = DecodeSuite(message, std::filesystem::path(path).parent_path().string());
  if (!suite.ok()) return Annotate(suite.status(), path);
  return suite;
}

}  // namespace skein::cli
