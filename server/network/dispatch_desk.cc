#include "server/network/dispatch_desk.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/decision_codec.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr const char* kFallbackPolicy = "greedy";
constexpr const char* kFallbackName = "fallback";

// What is wrong with the numbers of a choice; empty if nothing is. A score of minus infinity is a
// policy's way to say "never".
std::string NonFinite(const Choice& choice) {
  if (!std::isfinite(choice.probability)) return "the probability is not finite";
  if (!std::isfinite(choice.value)) return "the value is not finite";
  for (std::size_t k = 0; k < choice.scores.size(); ++k) {
    const float score = choice.scores[k];
    if (std::isnan(score) || score == INFINITY) return absl::StrCat("score ", k, " is not finite");
  }
  return {};
}

void Reset(Choice* choice) {
  choice->action = Action::Hold();
  choice->probability = 1;
  choice->value = 0;
  choice->scores.clear();
  choice->features_hash = 0;
}

DecisionOutcome OutcomeOf(v1::FallbackReason reason) {
  switch (reason) {
    case v1::FALLBACK_REASON_DEADLINE: return DecisionOutcome::kFallbackDeadline;
    case v1::FALLBACK_REASON_NON_FINITE: return DecisionOutcome::kFallbackNonFinite;
    case v1::FALLBACK_REASON_REFUSED: return DecisionOutcome::kFallbackRefused;
    case v1::FALLBACK_REASON_UNAVAILABLE: return DecisionOutcome::kFallbackUnavailable;
    default: return DecisionOutcome::kPolicy;
  }
}

}  // namespace

DispatchDesk::DispatchDesk(std::string policy_name, std::unique_ptr<Dispatcher> policy,
                           std::unique_ptr<Dispatcher> fallback, const Clock* clock,
                           std::chrono::milliseconds deadline)
    : policy_name_(std::move(policy_name)),
      policy_(std::move(policy)),
      version_(policy_->version()),
      fallback_(std::move(fallback)),
      clock_(clock),
      deadline_(deadline) {}

absl::StatusOr<std::unique_ptr<DispatchDesk>> DispatchDesk::Create(
    const DispatcherRequest& request, const ControllerParts& parts,
    std::chrono::milliseconds deadline) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Dispatcher> policy, parts.dispatchers(request));
  DispatcherRequest fallback_request = request;
  fallback_request.policy = kFallbackPolicy;
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Dispatcher> fallback, parts.dispatchers(fallback_request));
  return std::unique_ptr<DispatchDesk>(new DispatchDesk(
      request.policy, std::move(policy), std::move(fallback), parts.clock, deadline));
}

absl::StatusOr<std::vector<v1::DecisionRecord>> DispatchDesk::Decide(
    std::span<const AircraftId> aircraft, NetworkHost* host) {
  std::vector<v1::DecisionRecord> records;
  if (aircraft.empty()) return records;
  const auto start = clock_->steady();
  Observe(aircraft, *host);
  const double observe_s = Seconds(clock_->steady() - start).count();
  double policy_s = 0;
  const Failure failure = AskPolicy(*host, &policy_s);
  for (std::size_t k = 0; k < aircraft.size(); ++k) {
    SKEIN_ASSIGN_OR_RETURN(v1::DecisionRecord record, DecideOne(k, failure, host));
    DecisionSample& sample = samples_.emplace_back();
    sample.policy = policy_name_;
    sample.outcome = OutcomeOf(record.fallback_reason());
    sample.action = record.decision().has_fly() ? ActionKind::kFly : ActionKind::kHold;
    records.push_back(std::move(record));
  }
  // The time of a joint decision is shared out evenly.
  const double total_s = Seconds(clock_->steady() - start).count();
  const double features_s = std::min(policy_s, Seconds(policy_->features_time()).count());
  const auto share = static_cast<double>(aircraft.size());
  for (std::size_t k = samples_.size() - aircraft.size(); k < samples_.size(); ++k) {
    samples_[k].observe_s = observe_s / share;
    samples_[k].features_s = features_s / share;
    samples_[k].inference_s = (policy_s - features_s) / share;
    samples_[k].guard_s = (total_s - observe_s - policy_s) / share;
  }
  return records;
}

void DispatchDesk::Observe(std::span<const AircraftId> aircraft, const NetworkHost& host) {
  if (observations_.size() < aircraft.size()) {
    observations_.resize(aircraft.size());
    choices_.resize(aircraft.size());
  }
  observed_after_ = host.sequence();
  for (std::size_t k = 0; k < aircraft.size(); ++k) {
    host.world().Observe(aircraft[k], &observations_[k]);
    // Each point gets one accepted decision, so this will be its number.
    observations_[k].decision_number += static_cast<std::int64_t>(k);
    Reset(&choices_[k]);
  }
  for (std::size_t k = aircraft.size(); k < observations_.size(); ++k)
    observations_[k].aircraft = AircraftId{};
}

DispatchDesk::Failure DispatchDesk::AskPolicy(const NetworkHost& host, double* seconds) {
  std::vector<DecisionPoint> points;
  for (const Observation& observation : observations_)
    if (observation.aircraft.valid()) points.push_back({&observation, &host.world()});
  const auto start = clock_->steady();
  const absl::Status answered =
      policy_->DecideBatch(points, std::span(choices_).first(points.size()));
  const auto took = clock_->steady() - start;
  *seconds = Seconds(took).count();
  if (absl::IsDeadlineExceeded(answered))
    return {v1::FALLBACK_REASON_DEADLINE, std::string(answered.message())};
  if (absl::IsDataLoss(answered))
    return {v1::FALLBACK_REASON_NON_FINITE, std::string(answered.message())};
  if (!answered.ok()) return {v1::FALLBACK_REASON_UNAVAILABLE, answered.ToString()};
  if (took > deadline_)
    return {v1::FALLBACK_REASON_DEADLINE,
            absl::StrCat("the policy took ",
                         std::chrono::duration_cast<std::chrono::milliseconds>(took).count(),
                         " ms, allowed are ", deadline_.count(), " ms")};
  return {};
}

absl::StatusOr<v1::DecisionRecord> DispatchDesk::DecideOne(std::size_t index, Failure failure,
                                                           NetworkHost* host) {
  const Observation& observation = observations_[index];
  const Choice& choice = choices_[index];
  if (!failure.happened()) {
    const std::string fault = NonFinite(choice);
    if (!fault.empty()) failure = {v1::FALLBACK_REASON_NON_FINITE, fault};
  }
  const bool known = choice.action.kind == ActionKind::kHold ||
                     host->world().HasVertiport(choice.action.destination);
  if (!failure.happened() && !known)
    failure = {v1::FALLBACK_REASON_UNAVAILABLE, "the policy chose a vertiport that does not exist"};
  if (!failure.happened() && !choice.scores.empty() &&
      choice.scores.size() != observation.destinations.size())
    failure = {v1::FALLBACK_REASON_UNAVAILABLE, "the policy gave too few or too many scores"};
  if (!failure.happened()) {
    v1::DecisionRecord record;
    record.set_observed_after(observed_after_);
    const Verdict verdict = Commit(observation, choice, policy_name_, host, &record);
    if (verdict.accepted()) return record;
    failure = {v1::FALLBACK_REASON_REFUSED, std::string(Explain(verdict.refusal))};
  }
  return FallBack(observation.aircraft, failure, host);
}

absl::StatusOr<v1::DecisionRecord> DispatchDesk::FallBack(AircraftId aircraft,
                                                          const Failure& failure,
                                                          NetworkHost* host) {
  Observation observation;
  host->world().Observe(aircraft, &observation);
  const std::int64_t observed_after = host->sequence();
  Choice choice;
  const DecisionPoint point{&observation, &host->world()};
  const absl::Status answered = fallback_->DecideBatch(std::span(&point, 1), std::span(&choice, 1));
  v1::DecisionRecord record;
  record.set_observed_after(observed_after);
  record.set_fallback_reason(failure.reason);
  record.set_fallback_detail(failure.detail);
  if (answered.ok() && choice.action.kind == ActionKind::kFly &&
      host->world().HasVertiport(choice.action.destination)) {
    if (Commit(observation, choice, kFallbackName, host, &record).accepted()) return record;
  }
  choice.action = Action::Hold();
  const Verdict verdict = Commit(observation, choice, kFallbackName, host, &record);
  if (verdict.accepted()) return record;
  return absl::FailedPreconditionError(
      absl::StrCat("aircraft ", host->names().Of(aircraft),
                   " cannot even hold: ", std::string(Explain(verdict.refusal))));
}

Verdict DispatchDesk::Commit(const Observation& observation, const Choice& choice,
                             const std::string& by, NetworkHost* host, v1::DecisionRecord* record) {
  codec::EncodeExplanation(observation, choice, host->names(), record);
  record->set_decided_by(by);
  record->set_policy_checksum(version_.checksum);
  record->set_policy_backend(version_.backend);
  const Verdict verdict = host->Commit({observation.aircraft, choice.action, {}}, record);
  if (!verdict.accepted()) ++refusals_[static_cast<std::size_t>(RuleOf(verdict.refusal))];
  return verdict;
}

void DispatchDesk::CountOther(DecisionOutcome outcome, const Decision& decision,
                              const Verdict& verdict) {
  if (!verdict.accepted()) {
    ++refusals_[static_cast<std::size_t>(RuleOf(verdict.refusal))];
    return;
  }
  DecisionSample& sample = samples_.emplace_back();
  sample.policy = policy_name_;
  sample.outcome = outcome;
  sample.action = decision.action.kind;
}

std::vector<DecisionSample> DispatchDesk::TakeSamples() { return std::exchange(samples_, {}); }

std::array<std::int64_t, kGuardRuleCount> DispatchDesk::TakeRefusals() {
  return std::exchange(refusals_, {});
}

}  // namespace skein::server
