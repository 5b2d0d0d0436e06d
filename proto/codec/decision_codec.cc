#include "proto/codec/decision_codec.h"

#include <cmath>
#include <string>

#include "proto/codec/field_checker.h"
#include "proto/codec/resource_name.h"

namespace skein::codec {
namespace {

constexpr double kCentsPerUsd = 100;

// Both enumerations list the same things in the same order.
static_assert(static_cast<int>(GuardRule::kG9) == v1::GUARD_RULE_G9);
static_assert(static_cast<int>(Refusal::kNoSlot) == v1::REFUSAL_NO_SLOT);
static_assert(static_cast<int>(Refusal::kClosingTime) == v1::REFUSAL_CLOSING_TIME);
static_assert(v1::GuardRule_MAX == v1::GUARD_RULE_G9);
static_assert(v1::Refusal_MAX == v1::REFUSAL_CLOSING_TIME);

std::string SentenceOf(Refusal refusal) {
  return refusal == Refusal::kNone ? std::string() : std::string(Explain(refusal));
}

}  // namespace

v1::GuardRule EncodeGuardRule(GuardRule rule) {
  return static_cast<v1::GuardRule>(static_cast<int>(rule));
}

v1::Refusal EncodeRefusal(Refusal refusal) {
  return static_cast<v1::Refusal>(static_cast<int>(refusal));
}

absl::StatusOr<Refusal> DecodeRefusal(v1::Refusal refusal) {
  if (v1::Refusal_IsValid(refusal)) return static_cast<Refusal>(static_cast<int>(refusal));
  return absl::InvalidArgumentError(
      absl::StrCat("refusal = ", static_cast<int>(refusal), ", want one of the named values"));
}

v1::Decision EncodeDecision(const Decision& decision, const Names& names) {
  v1::Decision message;
  message.set_aircraft(names.Of(decision.aircraft));
  if (decision.action.kind == ActionKind::kFly)
    message.mutable_fly()->set_destination(names.Of(decision.action.destination));
  else
    message.mutable_hold();
  for (const TripId trip : decision.boarding) message.add_boarding_trips(trip.value);
  return message;
}

absl::StatusOr<Decision> DecodeDecision(const v1::Decision& message, const Names& names,
                                        const char* root) {
  FieldChecker check(root);
  Decision decision;
  decision.aircraft = check.AircraftNamed("aircraft", message.aircraft(), names);
  switch (message.action_case()) {
    case v1::Decision::kHold: decision.action = Action::Hold(); break;
    case v1::Decision::kFly:
      decision.action =
          Action::Fly(check.VertiportNamed("fly.destination", message.fly().destination(), names));
      break;
    case v1::Decision::ACTION_NOT_SET: check.Fail("action", "is not set, want hold or fly"); break;
  }
  if (message.has_hold() && message.boarding_trips_size() > 0)
    check.Fail("boardingTrips", "is set, want nobody to board for a hold");
  decision.boarding.reserve(static_cast<std::size_t>(message.boarding_trips_size()));
  for (int k = 0; k < message.boarding_trips_size(); ++k)
    decision.boarding.push_back(check.Trip("boardingTrips", message.boarding_trips(k), k));
  if (!check.ok()) return check.status();
  return decision;
}

v1::Verdict EncodeVerdict(const Verdict& verdict) {
  v1::Verdict message;
  message.set_accepted(verdict.accepted());
  message.set_refusal(EncodeRefusal(verdict.refusal));
  message.set_rule(EncodeGuardRule(RuleOf(verdict.refusal)));
  message.set_sentence(SentenceOf(verdict.refusal));
  message.set_take_off_ms(ToMs(verdict.take_off));
  message.set_landing_ms(ToMs(verdict.landing));
  message.set_passengers(verdict.passengers);
  return message;
}

absl::StatusOr<Verdict> DecodeVerdict(const v1::Verdict& message, const char* root) {
  FieldChecker check(root);
  Verdict verdict;
  const auto refusal = DecodeRefusal(message.refusal());
  if (refusal.ok())
    verdict.refusal = *refusal;
  else
    check.Fail("refusal", absl::StrCat("= ", static_cast<int>(message.refusal()),
                                       ", want one of the named values"));
  if (message.accepted() != verdict.accepted()) check.Fail("accepted", "contradicts the refusal");
  verdict.take_off = check.Time("takeOffMs", message.take_off_ms());
  verdict.landing = check.Time("landingMs", message.landing_ms());
  verdict.passengers = check.NotNegative("passengers", message.passengers());
  if (!check.ok()) return check.status();
  return verdict;
}

void EncodeExplanation(const Observation& observation, const Choice& choice, const Names& names,
                       v1::DecisionRecord* record) {
  record->set_id(observation.decision_number);
  record->set_time_ms(ToMs(observation.now));
  record->set_vertiport(names.Of(observation.vertiport));
  record->set_probability(std::isfinite(choice.probability) ? choice.probability : 0);
  record->set_value_usd(std::isfinite(choice.value) ? static_cast<double>(choice.value) : 0);
  if (choice.features_hash != 0) record->set_features_hash(HexDigest(choice.features_hash));
  record->set_expected_profit_usd(0);
  record->clear_destinations();
  record->mutable_destinations()->Reserve(static_cast<int>(observation.destinations.size()));
  for (std::size_t k = 0; k < observation.destinations.size(); ++k) {
    const DestinationEstimate& estimate = observation.destinations[k];
    const VertiportId id{static_cast<std::int32_t>(k)};
    const double profit_usd = static_cast<double>(estimate.profit_cents()) / kCentsPerUsd;
    v1::DestinationExplanation* row = record->add_destinations();
    row->set_destination(names.Of(id));
    if (k < choice.scores.size() && std::isfinite(choice.scores[k]))
      row->set_score(choice.scores[k]);
    row->set_refusal(EncodeRefusal(estimate.refusal));
    row->set_rule(EncodeGuardRule(RuleOf(estimate.refusal)));
    row->set_sentence(SentenceOf(estimate.refusal));
    row->set_take_off_ms(ToMs(estimate.take_off));
    row->set_landing_ms(ToMs(estimate.landing));
    row->set_energy_wh(estimate.energy_wh);
    row->set_waiting_passengers(estimate.waiting_passengers);
    row->set_passengers(estimate.passengers);
    row->set_expected_profit_usd(profit_usd);
    if (choice.action == Action::Fly(id)) record->set_expected_profit_usd(profit_usd);
  }
}

}  // namespace skein::codec
