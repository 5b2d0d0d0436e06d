#include "cli/evaluation/evaluation_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/print.h"

namespace skein::cli {
namespace {

constexpr std::size_t kNameColumns = 20;  // longer names lose their middle
constexpr double kMsPerSecond = 1000;
constexpr double kSecondsPerMinute = 60;
constexpr double kPercent = 100;

std::string Short(const std::string& name) {
  if (name.size() <= kNameColumns) return name;
  constexpr std::size_t kStart = 8;
  return absl::StrCat(name.substr(0, kStart), "..",
                      name.substr(name.size() - (kNameColumns - kStart - 2)));
}

std::string Signed(double usd) { return (usd > 0 ? "+" : "") + Thousands(usd); }

// Three significant digits or so, never an exponent.
std::string Ms(double seconds) {
  const double ms = seconds * kMsPerSecond;
  if (ms >= 100) return absl::StrFormat("%.0f", ms);
  if (ms >= 1) return absl::StrFormat("%.1f", ms);
  return absl::StrFormat("%.4f", ms);
}

std::string Plural(int count, const std::string& what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

// "failureFactor 3, demandSigma 0.6": the changes that change anything.
std::string ChangesText(const v1::ScenarioChanges& changes) {
  std::vector<std::string> parts;
  const auto factor = [&parts](const char* name, double value) {
    if (value != 1) parts.push_back(absl::StrCat(name, " ", value));
  };
  factor("corridorClosureFactor", changes.corridor_closure_factor());
  factor("failureFactor", changes.failure_factor());
  factor("demandFactor", changes.demand_factor());
  if (changes.has_demand_sigma())
    parts.push_back(absl::StrCat("demandSigma ", changes.demand_sigma()));
  factor("chargerFactor", changes.charger_factor());
  if (changes.foggy_mornings_only()) parts.push_back("foggyMorningsOnly");
  return absl::StrJoin(parts, ", ");
}

std::string Heading(const v1::EvaluationReport& report) {
  const v1::EvaluationProtocol& protocol = report.protocol();
  std::string text = report.name().empty() ? "" : report.name() + ": ";
  absl::StrAppend(&text, protocol.scenario(), ", ", Plural(protocol.vertiports(), "vertiport"),
                  ", ", protocol.aircraft(), " aircraft, ", Plural(protocol.days(), "day"),
                  " from seed ", protocol.first_seed(), "\n");
  absl::StrAppend(&text, "scenario hash ", protocol.scenario_hash(), ", rules ",
                  protocol.rules_version(), ", commit ", protocol.commit().substr(0, 12),
                  protocol.commit().find("dirty") == std::string::npos ? "" : " and edits", "\n");
  if (protocol.has_changes())
    absl::StrAppend(&text, "changed: ", ChangesText(protocol.changes()), "\n");
  return text;
}

std::string PolicyRow(const v1::PolicyResult& policy) {
  const std::string half_width =
      policy.has_ci95_low_usd() ? Thousands((policy.ci95_high_usd() - policy.ci95_low_usd()) / 2)
                                : "-";
  const std::string gap =
      policy.has_mean_gap() ? absl::StrFormat("%.1f", kPercent * policy.mean_gap()) : "-";
  return absl::StrFormat(
      "%-20s %11s %8s %11s %9.1f %8.1f %5.2f %6s %11s\n", Short(policy.name()),
      Thousands(policy.mean_profit_usd()), half_width, Thousands(policy.worst_decile_profit_usd()),
      kPercent * policy.unserved_share(), policy.mean_wait_s() / kSecondsPerMinute,
      policy.mean_load_factor(), gap, Ms(policy.mean_decision_s()));
}

// The pair with the better policy in front.
v1::PolicyPair BetterFirst(const v1::PolicyPair& pair) {
  if (pair.mean_difference_usd() >= 0) return pair;
  v1::PolicyPair turned = pair;
  turned.set_a(pair.b());
  turned.set_b(pair.a());
  turned.set_mean_difference_usd(-pair.mean_difference_usd());
  if (pair.has_ci95_low_usd()) {
    turned.set_ci95_low_usd(-pair.ci95_high_usd());
    turned.set_ci95_high_usd(-pair.ci95_low_usd());
  }
  if (pair.has_effect_size()) turned.set_effect_size(-pair.effect_size());
  turned.set_days_a_better(pair.days_b_better());
  turned.set_days_b_better(pair.days_a_better());
  return turned;
}

std::string PairRow(const v1::PolicyPair& pair, int days) {
  const std::string interval =
      pair.has_ci95_low_usd()
          ? absl::StrFormat("%9s .. %9s", Signed(pair.ci95_low_usd()), Signed(pair.ci95_high_usd()))
          : "-";
  const std::string effect =
      pair.has_effect_size() ? absl::StrFormat("%.2f", pair.effect_size()) : "-";
  const bool undecided = pair.has_ci95_low_usd() && pair.ci95_low_usd() <= 0;
  return absl::StrFormat("%-44s %11s  %22s %6s %5d/%d%s\n",
                         absl::StrCat(Short(pair.a()), " - ", Short(pair.b())),
                         Signed(pair.mean_difference_usd()), interval, effect, pair.days_a_better(),
                         days, undecided ? " *" : "");
}

}  // namespace

std::string EvaluationTable(const v1::EvaluationReport& report) {
  std::vector<v1::PolicyResult> policies(report.policies().begin(), report.policies().end());
  std::stable_sort(policies.begin(), policies.end(), [](const auto& a, const auto& b) {
    return a.mean_profit_usd() > b.mean_profit_usd();
  });
  std::vector<v1::PolicyPair> pairs;
  for (const v1::PolicyPair& pair : report.pairs()) pairs.push_back(BetterFirst(pair));
  std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    return a.mean_difference_usd() > b.mean_difference_usd();
  });

  std::string text = Heading(report);
  text += absl::StrFormat("\n%-20s %11s %8s %11s %9s %8s %5s %6s %11s\n", "policy", "profit/day",
                          "+- 95 %", "worst 10 %", "unserved", "wait", "load", "gap", "decision");
  text += absl::StrFormat("%-20s %11s %8s %11s %9s %8s %5s %6s %11s\n", "", "USD", "USD", "USD",
                          "%", "min", "", "%", "ms");
  for (const v1::PolicyResult& policy : policies) text += PolicyRow(policy);
  if (pairs.empty()) return text;
  text += absl::StrFormat("\n%-44s %11s  %22s %6s %s\n", "difference of the profit on the same day",
                          "mean USD", "95 % interval", "d_z", "days better");
  for (const v1::PolicyPair& pair : pairs) text += PairRow(pair, report.protocol().days());
  const bool undecided = std::any_of(pairs.begin(), pairs.end(), [](const auto& pair) {
    return pair.has_ci95_low_usd() && pair.ci95_low_usd() <= 0;
  });
  if (undecided) text += "* the interval holds 0: these days do not tell the two apart\n";
  if (report.protocol().days() == 1) text += "one day has no intervals; give --days\n";
  return text;
}

}  // namespace skein::cli
