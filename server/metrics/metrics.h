#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "server/metrics/network_sample.h"
#include "sim/domain/decision.h"

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

// One accepted decision.
struct DecisionSample {
  std::string network;  // its id
  std::string policy;   // of the network
  DecisionOutcome outcome = DecisionOutcome::kPolicy;
  ActionKind action = ActionKind::kHold;
  double queue_s = 0;      // from arrival to its turn
  double observe_s = 0;    // filling the observation, the guard's estimates included
  double features_s = 0;   // in the dispatcher, making features; 0: it makes none
  double inference_s = 0;  // in the dispatcher, all else
  double guard_s = 0;      // committing, explaining, digest
  double journal_s = 0;    // from the sequencer to durable

  double policy_s() const { return features_s + inference_s; }
  // In the sequencer.
  double own_s() const { return observe_s + policy_s() + guard_s; }
  double total_s() const { return queue_s + own_s() + journal_s; }
};

// One transaction of the store.
struct CommitSample {
  bool ok = true;
  double duration_s = 0;
  std::int64_t records = 0;
  std::int64_t requests = 0;  // that it answered
  std::int64_t waiting = 0;   // requests that wait for the next one
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

// A call that begins, or that is finished; each does both once.
struct RpcSample {
  std::string method;  // "DispatchService/RequestDecision"
  bool finished = true;
  // Of a finished call.
  absl::StatusCode code = absl::StatusCode::kOk;
  double duration_s = 0;
};

// Where the service counts what it does. Passed in; there is no global one. What becomes of it is
// in docs/metrics.md.
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
