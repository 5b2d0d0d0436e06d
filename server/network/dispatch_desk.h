#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/metrics/metrics.h"
#include "server/network/controller_parts.h"
#include "server/network/network_host.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/observation.h"
#include "skein/v1/decision.pb.h"

namespace skein::server {

// Decides for waiting aircraft, come what may: asks the policy, and the fallback rule if the policy
// fails, is late, answers nonsense or is refused by the guard.
//
//   observe ──► policy ──► guard ──► record
//                 │ fails      │ refuses
//                 └────────────┴──► greedy ──► guard ──► hold ──► guard
//
// Threads: compatible.
class DispatchDesk {
 public:
  // Errors: those of the factory.
  static absl::StatusOr<std::unique_ptr<DispatchDesk>> Create(const DispatcherRequest& request,
                                                              const ControllerParts& parts,
                                                              std::chrono::milliseconds deadline);

  // Decides for `aircraft` jointly and commits one after the other. Each gets exactly one accepted
  // decision, in order; refused choices are journalled before it.
  // Requires: each is an open decision point.
  // Errors: FAILED_PRECONDITION, if the guard refuses even to hold.
  absl::StatusOr<std::vector<v1::DecisionRecord>> Decide(std::span<const AircraftId> aircraft,
                                                         NetworkHost* host);

  // What the decisions since the last call took; queue and store times are the caller's.
  std::vector<DecisionSample> TakeSamples();
  // How often each rule of the guard refused a choice since the last call.
  std::array<std::int64_t, kGuardRuleCount> TakeRefusals();

  // How far the policy is from its training; see Dispatcher::drift.
  std::optional<PolicyDrift> drift() const { return policy_->drift(); }

  // Counts a decision made without the desk, such as an operator's.
  void CountOther(DecisionOutcome outcome, const Decision& decision, const Verdict& verdict);

 private:
  // Why the fallback rule must answer.
  struct Failure {
    v1::FallbackReason reason = v1::FALLBACK_REASON_UNSPECIFIED;
    std::string detail;
    bool happened() const { return reason != v1::FALLBACK_REASON_UNSPECIFIED; }
  };

  DispatchDesk(std::string policy_name, std::unique_ptr<Dispatcher> policy,
               std::unique_ptr<Dispatcher> fallback, const Clock* clock,
               std::chrono::milliseconds deadline);

  void Observe(std::span<const AircraftId> aircraft, const NetworkHost& host);
  Failure AskPolicy(const NetworkHost& host, double* seconds);
  absl::StatusOr<v1::DecisionRecord> DecideOne(std::size_t index, Failure failure,
                                               NetworkHost* host);
  absl::StatusOr<v1::DecisionRecord> FallBack(AircraftId aircraft, const Failure& failure,
                                              NetworkHost* host);
  Verdict Commit(const Observation& observation, const Choice& choice, const std::string& by,
                 NetworkHost* host, v1::DecisionRecord* record);

  const std::string policy_name_;
  const std::unique_ptr<Dispatcher> policy_;
  const PolicyVersion version_;
  const std::unique_ptr<Dispatcher> fallback_;
  const Clock* const clock_;
  const std::chrono::milliseconds deadline_;

  // Reused from call to call.
  std::vector<Observation> observations_;
  std::vector<Choice> choices_;
  std::int64_t observed_after_ = 0;  // the journal record before the observations
  std::vector<DecisionSample> samples_;
  std::array<std::int64_t, kGuardRuleCount> refusals_{};
};

}  // namespace skein::server
