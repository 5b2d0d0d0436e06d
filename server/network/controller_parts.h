#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/writer_role.h"
#include "server/metrics/metrics.h"
#include "sim/domain/dispatcher.h"
#include "sim/domain/scenario.h"
#include "sim/network.h"
#include "storage/fleet_store.h"

namespace skein::server {

// What is bounded, and how often state is written out.
struct ControllerOptions {
  std::string default_policy = "greedy";  // of networks that name none
  int sequencer_threads = 0;              // that own networks; 0: the number of cores
  int max_networks = 1024;
  int network_queue_length = 1024;                   // requests waiting for one network
  int max_watchers = 256;                            // watching streams
  int watch_queue_length = 256;                      // messages waiting for one of them
  std::chrono::milliseconds decision_deadline{200};  // of a policy; then the fallback rule answers
  int snapshot_every_records = 2000;  // journal records between two snapshots of a network
  int commit_max_requests = 256;      // that share a transaction
  int commit_max_records = 512;       // journal records of a transaction
};

// What a policy is made for.
struct DispatcherRequest {
  std::string policy;  // as in "greedy"
  std::uint64_t seed = 0;
  std::string network_name;  // "networks/{id}"
  std::shared_ptr<const sim::Network> network;
};

// Makes a policy. Errors: INVALID_ARGUMENT for an unknown name.
using DispatcherFactory =
    std::function<absl::StatusOr<std::unique_ptr<Dispatcher>>(const DispatcherRequest&)>;

// What the controller stands on. Pointers are not owned and outlive it.
struct ControllerParts {
  storage::FleetStore* store = nullptr;
  const Clock* clock = nullptr;
  Metrics* metrics = nullptr;
  Executor* executor = nullptr;  // null: threads of the controller's own
  // Whether this server writes to the store, which it shares with others; null: it always does.
  const WriterRole* role = nullptr;
  // Whether the store shows bookings and facts to those who read it by SQL.
  bool keep_ledger = false;
  // "greedy" must be known: it is the fallback rule. Called from any thread.
  DispatcherFactory dispatchers;
  // Makes a scenario by name, such as "paper:7". Called from any thread.
  std::function<absl::StatusOr<Scenario>(const std::string& name)> scenarios;

  bool leads() const { return role == nullptr || role->leads(clock->steady()); }
};

}  // namespace skein::server
