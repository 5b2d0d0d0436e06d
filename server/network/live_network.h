#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/network/controller_parts.h"
#include "server/network/dispatch_desk.h"
#include "server/network/ledger_keeper.h"
#include "server/network/network_host.h"
#include "server/network/network_sampler.h"
#include "skein/v1/network.pb.h"
#include "storage/fleet_store.h"

namespace skein::server {

// A network at work: its memory, its policy and its clock. The use cases act on it.
//
// Threads: compatible; owned by one sequencer.
class LiveNetwork {
 public:
  // A new network. Errors: INVALID_ARGUMENT, if the scenario is invalid or the policy is unknown;
  // those of the dispatcher factory.
  static absl::StatusOr<std::unique_ptr<LiveNetwork>> Create(const storage::NetworkRecord& record,
                                                             const ControllerOptions& options,
                                                             const ControllerParts& parts);
  // The network as the store has it. Errors: those of NetworkHost::Load and of the factory.
  static absl::StatusOr<std::unique_ptr<LiveNetwork>> Load(const storage::NetworkRecord& record,
                                                           const ControllerOptions& options,
                                                           const ControllerParts& parts);

  // When something happens that says `time`, or happens now.
  SimTime TimeOr(std::optional<std::int64_t> time_ms) const;

  // Applies an event, then lets the policy answer what it opened, if the network dispatches by
  // itself. Errors: those of World::Check; INVALID_ARGUMENT, if the network has a SYSTEM clock and
  // the event lies ahead of it.
  absl::Status Apply(const ExternalEvent& event, const EventOrigin& origin);

  // With a SYSTEM clock: brings the network to the present. Errors: those of World::Check.
  absl::Status AdvanceToNow();

  // Lets the policy decide for open decision points. Errors: those of DispatchDesk::Decide.
  absl::StatusOr<std::vector<v1::DecisionRecord>> Decide(std::span<const AircraftId> aircraft);

  // When a SYSTEM clock must move the network next, wall time.
  std::optional<std::int64_t> NextTimerUnixMs() const;

  v1::NetworkProgress Progress(bool want_digest) const;

  // What records and effects mean to those who read the store by SQL; nothing, if nobody does.
  storage::Ledger CollectLedger(std::span<const storage::JournalRecord> records,
                                std::span<const TimedEffect> effects);

  // What another server has written since; see NetworkHost::Follow.
  absl::StatusOr<int> Follow();

  const storage::NetworkRecord& record() const { return record_; }
  storage::FleetStore& store() const { return *store_; }
  NetworkHost& host() { return *host_; }
  const NetworkHost& host() const { return *host_; }
  const sim::World& world() const { return host_->world(); }
  const codec::Names& names() const { return host_->names(); }
  DispatchDesk& desk() { return *desk_; }
  NetworkSampler& sampler() { return sampler_; }

 private:
  LiveNetwork(storage::NetworkRecord record, std::unique_ptr<NetworkHost> host,
              std::unique_ptr<DispatchDesk> desk, LedgerKeeper::Begin begin,
              const ControllerParts& parts);
  static absl::StatusOr<std::unique_ptr<LiveNetwork>> With(const storage::NetworkRecord& record,
                                                           std::unique_ptr<NetworkHost> host,
                                                           LedgerKeeper::Begin begin,
                                                           const ControllerOptions& options,
                                                           const ControllerParts& parts);

  bool system_clock() const { return world().clock() == sim::ClockMode::kSystem; }
  SimTime Now() const;
  absl::Status AutoDispatch();

  const storage::NetworkRecord record_;
  const std::unique_ptr<NetworkHost> host_;
  const std::unique_ptr<DispatchDesk> desk_;
  NetworkSampler sampler_;
  std::optional<LedgerKeeper> ledger_;
  const Clock* const clock_;
  storage::FleetStore* const store_;
};

}  // namespace skein::server
