#include "cli/scenario_source.h"

#include <charconv>
#include <utility>

#include "cli/built_in_scenarios.h"
#include "proto/codec/json.h"
#include "proto/codec/scenario_codec.h"
#include "sim/generator.h"
#include "skein/v1/scenario.pb.h"

namespace skein::cli {
namespace {

constexpr char kPaper[] = "paper";
constexpr char kPaperSeed[] = "paper:";
constexpr char kMetro[] = "metro:";

bool StartsWith(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

absl::StatusOr<std::uint64_t> ParseSeed(const std::string& name) {
  const char* begin = name.data() + std::string(kPaperSeed).size();
  const char* end = name.data() + name.size();
  std::uint64_t seed = 0;
  const auto [stop, error] = std::from_chars(begin, end, seed);
  if (error != std::errc() || stop != end)
    return absl::InvalidArgumentError(
        absl::StrCat("scenario = \"", name, "\", want paper:SEED with SEED in [0, 2^64)"));
  return seed;
}

absl::StatusOr<Scenario> MetroScenario(const std::string& name) {
  if (name != "metro:sfbay")
    return absl::InvalidArgumentError(absl::StrCat("scenario = \"", name, "\", want metro:sfbay"));
  v1::Scenario message;
  SKEIN_RETURN_IF_ERROR(
      Annotate(codec::FromJson(std::string(SfbayScenarioJson()), &message), name));
  return codec::DecodeScenario(message);
}

absl::Status CheckSizes(const std::string& name, const ScenarioOptions& options) {
  const auto check = [&name](const char* field, const std::optional<int>& size) -> absl::Status {
    if (!size.has_value() || HasSizes(name)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(field, " = ", *size, ", want it left out: \"",
                                                   name, "\" has its size; only paper is drawn"));
  };
  SKEIN_RETURN_IF_ERROR(check("vertiports", options.vertiports));
  return check("aircraft", options.aircraft);
}

absl::StatusOr<Scenario> MakeBuiltIn(const std::string& name, const ScenarioOptions& options) {
  if (StartsWith(name, kMetro)) return MetroScenario(name);
  if (StartsWith(name, kPaperSeed)) {
    SKEIN_ASSIGN_OR_RETURN(const std::uint64_t seed, ParseSeed(name));
    sim::PaperOptions sizes;
    sizes.vertiports = options.vertiports.value_or(sizes.vertiports);
    sizes.aircraft = options.aircraft.value_or(sizes.aircraft);
    return sim::GeneratePaper(seed, sizes);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("scenario = \"", name, "\", want paper:SEED or metro:sfbay"));
}

absl::StatusOr<Scenario> ApplyOptions(const ScenarioOptions& options, Scenario scenario) {
  if (options.telemetry_s != 0) {
    scenario.operations.telemetry_period = SimDuration{options.telemetry_s * 1000};
    scenario.operations.telemetry_max_age = 3 * scenario.operations.telemetry_period;
  }
  return ApplyChanges(options.changes, std::move(scenario));
}

}  // namespace

absl::StatusOr<Scenario> ResolveBuiltInScenario(const std::string& name,
                                                const ScenarioOptions& options) {
  SKEIN_RETURN_IF_ERROR(CheckSizes(name, options));
  SKEIN_ASSIGN_OR_RETURN(Scenario scenario, MakeBuiltIn(name, options));
  return ApplyOptions(options, std::move(scenario));
}

bool IsBuiltInScenario(const std::string& name) {
  return HasSizes(name) || StartsWith(name, kMetro);
}

bool HasSizes(const std::string& name) { return name == kPaper || StartsWith(name, kPaperSeed); }

absl::StatusOr<Scenario> ResolveScenario(const std::string& name, const ScenarioOptions& options) {
  if (name == kPaper) return ResolveBuiltInScenario("paper:0", options);
  if (IsBuiltInScenario(name)) return ResolveBuiltInScenario(name, options);
  SKEIN_RETURN_IF_ERROR(CheckSizes(name, options));
  absl::StatusOr<Scenario> scenario = codec::ReadScenarioFile(name);
  if (!scenario.ok()) return Annotate(scenario.status(), name);
  return ApplyOptions(options, *std::move(scenario));
}

absl::StatusOr<DayNetworks> DayNetworks::Create(std::string name, const ScenarioOptions& options) {
  DayNetworks networks;
  networks.name_ = std::move(name);
  networks.options_ = options;
  if (networks.name_ == kPaper) return networks;
  SKEIN_ASSIGN_OR_RETURN(Scenario scenario, ResolveScenario(networks.name_, options));
  SKEIN_ASSIGN_OR_RETURN(networks.fixed_, sim::Network::Create(std::move(scenario)));
  return networks;
}

absl::StatusOr<std::shared_ptr<const sim::Network>> DayNetworks::Of(std::uint64_t seed) const {
  if (fixed_ != nullptr) return fixed_;
  SKEIN_ASSIGN_OR_RETURN(Scenario scenario, ResolveBuiltInScenario(NameOf(seed), options_));
  return sim::Network::Create(std::move(scenario));
}

std::string DayNetworks::NameOf(std::uint64_t seed) const {
  return fixed_ != nullptr ? name_ : absl::StrCat(kPaperSeed, seed);
}

}  // namespace skein::cli
