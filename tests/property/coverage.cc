#include "tests/property/coverage.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace skein::testing {
namespace {

constexpr std::int64_t kLeastDecisions = 1'000'000;
constexpr std::int64_t kLeastFlights = 300'000;
constexpr std::int64_t kLeastFirings = 1'000;

constexpr const char* kRuleNames[] = {
    "charger queue",     "re-slot", "cancel", "hold in air", "divert",
    "emergency landing", "failure", "expiry", "wake",        "excursion"};
constexpr const char* kSideNames[] = {"alternate released", "pad blocked", "stand taken",
                                      "landed elsewhere",   "restored",    "rejected events"};
constexpr const char* kCancelNames[] = {"operator",       "closed",   "no slot",   "closing time",
                                        "out of service", "no stand", "low charge"};

template <std::size_t N>
void AddAll(std::array<std::int64_t, N>& to, const std::array<std::int64_t, N>& from) {
  for (std::size_t k = 0; k < N; ++k) to[k] += from[k];
}

}  // namespace

void Coverage::Count(const Effect& effect) {
  if (std::holds_alternative<SlotsReplanned>(effect)) ++rules[kReslot];
  if (const auto* cancelled = std::get_if<FlightCancelled>(&effect)) {
    ++rules[kCancel];
    ++cancels[static_cast<std::size_t>(cancelled->reason)];
  }
  if (std::holds_alternative<HoldingStarted>(effect)) ++rules[kHoldInAir];
  if (std::holds_alternative<DiversionStarted>(effect)) ++rules[kDivert];
  if (std::holds_alternative<AlternateReleased>(effect)) ++sides[kAlternateReleased];
  if (std::holds_alternative<StandTaken>(effect)) ++sides[kStandTaken];
  if (std::holds_alternative<AircraftWoken>(effect)) ++rules[kWake];
  if (std::holds_alternative<Excursion>(effect)) ++rules[kExcursion];
  if (const auto* landed = std::get_if<FlightLanded>(&effect)) {
    if (landed->emergency) ++rules[kEmergencyLanding];
    if (landed->blocks_pad) ++sides[kPadBlocked];
  }
  if (const auto* ended = std::get_if<TripEnded>(&effect))
    if (ended->outcome == TripOutcome::kExpired) ++rules[kExpiry];
}

void Coverage::Count(const Decision& decision, const Verdict& verdict) {
  if (verdict.accepted()) {
    ++decisions;
    if (decision.action.kind == ActionKind::kFly) ++flights;
    return;
  }
  ++refusals[static_cast<std::size_t>(RuleOf(verdict.refusal))];
  ++reasons[static_cast<std::size_t>(verdict.refusal)];
}

void Coverage::Add(const Coverage& other) {
  runs += other.runs;
  events += other.events;
  checks += other.checks;
  decisions += other.decisions;
  flights += other.flights;
  most_aircraft = std::max(most_aircraft, other.most_aircraft);
  most_vertiports = std::max(most_vertiports, other.most_vertiports);
  AddAll(refusals, other.refusals);
  AddAll(reasons, other.reasons);
  AddAll(cancels, other.cancels);
  AddAll(rules, other.rules);
  AddAll(sides, other.sides);
}

std::string Coverage::Table() const {
  std::string table;
  const auto row = [&table](const std::string& name, std::int64_t count) {
    absl::StrAppendFormat(&table, "  %-28s %12d\n", name, count);
  };
  row("scenarios", runs);
  row("most vertiports", most_vertiports);
  row("most aircraft", most_aircraft);
  row("events", events);
  row("recounts of the invariants", checks);
  row("decisions accepted", decisions);
  row("flights accepted", flights);
  for (std::size_t rule = 1; rule < refusals.size(); ++rule)
    row("refused by " + std::string(NameOf(static_cast<GuardRule>(rule))), refusals[rule]);
  for (std::size_t reason = 1; reason <= static_cast<std::size_t>(Refusal::kClosingTime); ++reason)
    row("  " + std::string(NameOf(static_cast<Refusal>(reason))), reasons[reason]);
  for (std::size_t rule = 0; rule < rules.size(); ++rule) row(kRuleNames[rule], rules[rule]);
  for (std::size_t k = 0; k < std::size(kCancelNames); ++k)
    row(absl::StrCat("  cancelled: ", kCancelNames[k]), cancels[k]);
  for (std::size_t side = 0; side < sides.size(); ++side) row(kSideNames[side], sides[side]);
  return table;
}

std::string Coverage::Shortfall() const {
  std::string faults;
  const auto demand = [&faults](const std::string& name, std::int64_t count, std::int64_t least) {
    if (count < least) absl::StrAppendFormat(&faults, "%s: %d, want %d\n", name, count, least);
  };
  demand("decisions accepted", decisions, kLeastDecisions);
  demand("flights accepted", flights, kLeastFlights);
  for (std::size_t rule = 1; rule < refusals.size(); ++rule)
    demand("refused by " + std::string(NameOf(static_cast<GuardRule>(rule))), refusals[rule],
           kLeastFirings);
  for (std::size_t rule = 0; rule < rules.size(); ++rule)
    demand(kRuleNames[rule], rules[rule], kLeastFirings);
  return faults;
}

}  // namespace skein::testing
