#include "policy/planners/genetic/options.h"

#include <array>
#include <charconv>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace skein::policy {
namespace {

struct Option {
  const char* name;
  std::variant<int*, double*> value;
  double low;
  double high;
};

std::array<Option, 8> OptionsOf(GeneticOptions& options) {
  EvolutionOptions& evolution = options.evolution;
  return {{{"block", &options.block, 1, 10'000},
           {"population", &evolution.population, 2, 100'000},
           {"generations", &evolution.generations, 1, 100'000},
           {"elite", &evolution.elite, 0, 1},
           {"crossover", &evolution.crossover, 0, 1},
           {"mutation", &evolution.mutation, 0, 1},
           {"days", &options.days, 1, 1000},
           {"threads", &options.threads, 1, 256}}};
}

// Reads the whole text as a number in the option's range.
template <class Number>
bool Read(std::string_view text, const Option& option, Number* value) {
  Number read{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (!(static_cast<double>(read) >= option.low && static_cast<double>(read) <= option.high))
    return false;
  *value = read;
  return true;
}

absl::Status Set(const std::string& assignment, const std::array<Option, 8>& options) {
  const std::size_t equals = assignment.find('=');
  const std::string name = assignment.substr(0, equals);
  for (const Option& option : options) {
    if (name != option.name) continue;
    const std::string text = equals == std::string::npos ? "" : assignment.substr(equals + 1);
    if (std::visit([&](auto* value) { return Read(text, option, value); }, option.value))
      return absl::OkStatus();
    const char* const kind = std::holds_alternative<int*>(option.value) ? "an integer" : "a number";
    return absl::InvalidArgumentError(absl::StrCat("ga.", name, " = \"", text, "\", want ", kind,
                                                   " in [", option.low, ", ", option.high, "]"));
  }
  std::vector<std::string> names;
  for (const Option& option : options) names.emplace_back(option.name);
  return absl::InvalidArgumentError(
      absl::StrCat("ga.", name, " is unknown, want one of ", absl::StrJoin(names, ", ")));
}

}  // namespace

absl::StatusOr<GeneticOptions> ParseGeneticOptions(const std::string& text) {
  GeneticOptions options;
  if (text.empty()) return options;
  const std::array<Option, 8> known = OptionsOf(options);
  for (const std::string& assignment : std::vector<std::string>(absl::StrSplit(text, ',')))
    SKEIN_RETURN_IF_ERROR(Set(assignment, known));
  return options;
}

}  // namespace skein::policy
