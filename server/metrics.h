#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sim/domain/decision.h"
#include "sim/domain/observation.h"

namespace skein::server {

// Who answered a decision point.
enum class DecisionOutcome {
  kPolicy,
  kOperator,             // an override
  kFallbackDeadline,     // the fallback rule, because the policy was late …
  kFallbackNonFinite,    // … gave a number that is not finite
  kFallbackRefused,      // … was refused by the guard
  kFallbackUnavailable,  // … failed or could not be reached
};
inline constexpr int kDecisionOutcomeCount = 6;

inline constexpr int kGuardRuleCount = 10;  // kNone included
inline constexpr int kAircraftPhaseCount = 9;

// One accepted decision.
struct DecisionSample {
  std::string network;  // its id
  std::string policy;  // of the network
  DecisionOutcome outcome = DecisionOutcome::kPolicy;
  ActionKind action = ActionKind::kHold;
  double queue_s = 0;   // from arrival to its turn
  double policy_s = 0;  // in the dispatcher
  double guard_s = 0;   // observing, committing, explaining, digest
  double store_s = 0;   // from the sequencer to durable
};

// One transaction of the store.
struct CommitSample {
  bool ok = true;
  double duration_s = 0;
  std::int64_t records = 0;
  std::int64_t requests = 0;  // that it answered
};

// What a network did and where it stands, at most a few times per second.
struct NetworkSample {
  std::string network;
  std::array<std::int64_t, kAircraftPhaseCount> aircraft{};  // by AircraftPhase
  std::int64_t waiting_passengers = 0;
  std::int64_t open_points = 0;
  std::int64_t journal_sequence = 0;
  std::int64_t journal_lag = 0;  // records that were new when a standby last looked
  bool quarantined = false;
  // Since the sample before.
  std::array<std::int64_t, kGuardRuleCount> refusals{};    // by GuardRule
  std::array<std::int64_t, kGuardRuleCount> excursions{};  // by GuardRule
};

// Who writes, as this server sees it.
struct WriterSample {
  std::int64_t epoch = 0;
  bool leads = false;
  // Of the store, since the start.
  std::int64_t store_connections = 0;
  std::int64_t in_doubt_committed = 0;
  std::int64_t in_doubt_absent = 0;
};

// One finished call.
struct RpcSample {
  std::string method;  // "DispatchService/RequestDecision"
  absl::StatusCode code = absl::StatusCode::kOk;
  double duration_s = 0;
};

// Where the service counts what it does. Passed in; there is no global one.
//
// Threads: safe.
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual void Record(const DecisionSample& sample) = 0;
  virtual void Record(const CommitSample& sample) = 0;
  virtual void Record(const NetworkSample& sample) = 0;
  virtual void Record(const RpcSample& sample) = 0;
  virtual void Record(const WriterSample& sample) = 0;
};

// Counts nothing.
class NoMetrics : public Metrics {
 public:
  void Record(const DecisionSample&) override {}
  void Record(const CommitSample&) override {}
  void Record(const NetworkSample&) override {}
  void Record(const RpcSample&) override {}
  void Record(const WriterSample&) override {}
};

}  // namespace skein::server
