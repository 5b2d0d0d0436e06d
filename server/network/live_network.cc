#include "server/network/live_network.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/resource_name.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

// The furthest that a world lets time jump at once; after a longer stop it goes in steps.
constexpr SimDuration kLongestStep = 7 * kDay;

// Clocks of those who report may be that much ahead of ours.
constexpr SimDuration kClockTolerance = kMinute;

}  // namespace

LiveNetwork::LiveNetwork(storage::NetworkRecord record, std::unique_ptr<NetworkHost> host,
                         std::unique_ptr<DispatchDesk> desk, LedgerKeeper::Begin begin,
                         const ControllerParts& parts)
    : record_(std::move(record)),
      host_(std::move(host)),
      desk_(std::move(desk)),
      sampler_(host_->world()),
      clock_(parts.clock),
      store_(parts.store) {
  if (parts.keep_ledger) ledger_.emplace(host_->world(), begin);
}

absl::StatusOr<std::unique_ptr<LiveNetwork>> LiveNetwork::Create(
    const storage::NetworkRecord& record, const ControllerOptions& options,
    const ControllerParts& parts) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<NetworkHost> host, NetworkHost::Create(record));
  return With(record, std::move(host), LedgerKeeper::Begin::kNothingHeld, options, parts);
}

absl::StatusOr<std::unique_ptr<LiveNetwork>> LiveNetwork::Load(const storage::NetworkRecord& record,
                                                               const ControllerOptions& options,
                                                               const ControllerParts& parts) {
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<NetworkHost> host, NetworkHost::Load(record, parts.store));
  return With(record, std::move(host), LedgerKeeper::Begin::kAsInStore, options, parts);
}

absl::StatusOr<std::unique_ptr<LiveNetwork>> LiveNetwork::With(const storage::NetworkRecord& record,
                                                               std::unique_ptr<NetworkHost> host,
                                                               LedgerKeeper::Begin begin,
                                                               const ControllerOptions& options,
                                                               const ControllerParts& parts) {
  const DispatcherRequest request{record.policy, record.policy_seed, codec::NetworkName(record.id),
                                  host->world().shared_network()};
  absl::StatusOr<std::unique_ptr<DispatchDesk>> desk =
      DispatchDesk::Create(request, parts, options.decision_deadline);
  // NOT_FOUND would mean that there is no such network.
  if (absl::IsNotFound(desk.status()))
    return absl::FailedPreconditionError(desk.status().message());
  SKEIN_RETURN_IF_ERROR(desk.status());
  return std::unique_ptr<LiveNetwork>(
      new LiveNetwork(record, std::move(host), *std::move(desk), begin, parts));
}

storage::Ledger LiveNetwork::CollectLedger(std::span<const storage::JournalRecord> records,
                                           std::span<const TimedEffect> effects) {
  if (!ledger_.has_value()) return {};
  return ledger_->Collect(world(), names(), records, effects);
}

absl::StatusOr<int> LiveNetwork::Follow() {
  SKEIN_ASSIGN_OR_RETURN(const int followed, host_->Follow(record_.id, store_));
  // The other server has written its own ledger.
  if (followed > 0 && ledger_.has_value())
    ledger_.emplace(world(), LedgerKeeper::Begin::kAsInStore);
  return followed;
}

SimTime LiveNetwork::Now() const {
  if (!system_clock()) return world().now();
  return std::max(world().now(), TimeFromMs(clock_->unix_ms() - record_.day_start_unix_ms));
}

SimTime LiveNetwork::TimeOr(std::optional<std::int64_t> time_ms) const {
  return time_ms.has_value() ? TimeFromMs(*time_ms) : Now();
}

absl::Status LiveNetwork::Apply(const ExternalEvent& event, const EventOrigin& origin) {
  if (system_clock() && event.time > Now() + kClockTolerance)
    return absl::InvalidArgumentError(
        absl::StrCat("event.timeMs = ", ToMs(event.time),
                     " lies ahead of the network's clock, which is at ", ToMs(Now())));
  SKEIN_RETURN_IF_ERROR(host_->Apply(event, origin));
  return AutoDispatch();
}

absl::Status LiveNetwork::AdvanceToNow() {
  const SimTime now = Now();
  while (system_clock() && world().now() < now) {
    const SimTime step = std::min(now, world().now() + kLongestStep);
    SKEIN_RETURN_IF_ERROR(Apply({step, TimeAdvanced{}}, {kClockSource, 0}));
  }
  return absl::OkStatus();
}

// One after the other, so that each decision sees what the one before it reserved. Each answers its
// point, so this ends.
absl::Status LiveNetwork::AutoDispatch() {
  while (record_.auto_dispatch && !world().open_points().empty()) {
    const AircraftId first = world().open_points().front();
    SKEIN_RETURN_IF_ERROR(Decide(std::span(&first, 1)).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::DecisionRecord>> LiveNetwork::Decide(
    std::span<const AircraftId> aircraft) {
  return desk_->Decide(aircraft, host_.get());
}

std::optional<std::int64_t> LiveNetwork::NextTimerUnixMs() const {
  if (!system_clock() || world().next_timer() == kNever) return std::nullopt;
  return record_.day_start_unix_ms + ToMs(world().next_timer());
}

v1::NetworkProgress LiveNetwork::Progress(bool want_digest) const {
  v1::NetworkProgress progress;
  progress.set_time_ms(ToMs(world().now()));
  for (const AircraftId aircraft : world().open_points())
    progress.add_open_decision_points(names().Of(aircraft));
  if (world().next_timer() != kNever) progress.set_next_timer_ms(ToMs(world().next_timer()));
  if (!system_clock() && world().next_stop() != kNever)
    progress.set_next_stop_ms(ToMs(world().next_stop()));
  if (want_digest) progress.set_digest(codec::HexDigest(world().Digest()));
  return progress;
}

}  // namespace skein::server
