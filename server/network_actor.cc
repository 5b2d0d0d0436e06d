#include "server/network_actor.h"

#include <algorithm>
#include <chrono>
#include <exception>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "server/network/remembered_answer.h"
#include "server/network/views.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

using Seconds = std::chrono::duration<double>;

// Between two samples of a network's gauges.
constexpr std::int64_t kSamplePeriodMs = 500;
// Between two tries to rebuild a network: doubled from the first to the second of these.
constexpr std::int64_t kFirstRetryMs = 100;
constexpr std::int64_t kLastRetryMs = 1000;
// Between two looks at what the writer has added.
constexpr std::int64_t kFollowPeriodMs = 200;

absl::Status NoNetwork(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("network networks/", id, " does not exist"));
}

absl::Status BeingRebuilt(const std::string& id) {
  return absl::UnavailableError(
      absl::StrCat("network networks/", id, " is being rebuilt from the store, try again"));
}

}  // namespace

NetworkActor::NetworkActor(std::string id, const ControllerOptions& options,
                           const ControllerParts& parts, Sequencer* sequencer, Committer* committer)
    : options_(options),
      parts_(parts),
      sequencer_(sequencer),
      committer_(committer),
      link_(std::make_shared<NetworkLink>(std::move(id))),
      watchers_([this] { sequencer_->Post(shared_from_this(), [] {}); }) {}

bool NetworkActor::Admit() {
  if (waiting_.fetch_add(1) < options_.network_queue_length) return true;
  waiting_.fetch_sub(1);
  return false;
}

void NetworkActor::LoadFromStore(const storage::NetworkRecord& record) {
  record_ = record;
  exists_ = true;
  Enter(State::kRecovering);
  Guarded("loading", [this] { return Prepare(); }).IgnoreError();
}

void NetworkActor::Run(const Call& call) {
  ForgetDurable();
  const absl::Status status = Guarded(call.method, [&] { return Execute(call); });
  Submit(&call, [status, finish = call.finish](const absl::Status& durable) {
    finish(durable.ok() ? status : durable);
  });
}

absl::Status NetworkActor::Guarded(const std::string& name,
                                   const std::function<absl::Status()>& work) {
  std::string what = "unknown exception";
  try {
    return work();
  } catch (const std::exception& e) {
    what = e.what();
  } catch (...) {
  }
  // The world may be half changed. What was handed to the committer before is sound.
  DropMemory();
  return absl::InternalError(absl::StrCat(name, " failed: ", what));
}

void NetworkActor::DropMemory() {
  live_.reset();
  answers_.clear();
  creating_ = false;
  if (state_ == State::kActive) Enter(State::kRecovering);
  rebuild_after_work_ = last_work_;
  retry_unix_ms_ = 0;
}

absl::Status NetworkActor::Execute(const Call& call) {
  if (parts_.clock->steady() > call.deadline)
    return absl::DeadlineExceededError("the deadline passed while the request waited");
  const absl::Status ready = Prepare();
  if (call.kind == Call::Kind::kInspect) return Inspect(call);
  const bool writes = call.kind != Call::Kind::kRead || call.ingests;
  if (writes && !parts_.leads()) return parts_.role->NotLeader();
  if (call.kind == Call::Kind::kCreate) return Create(call);
  SKEIN_RETURN_IF_ERROR(ready);
  if (call.kind == Call::Kind::kMutation) return ExecuteMutation(call);
  return call.run(*live_);
}

absl::Status NetworkActor::ExecuteMutation(const Call& call) {
  SKEIN_ASSIGN_OR_RETURN(const bool answered, FindAnswer(call));
  if (answered) return absl::OkStatus();
  SKEIN_RETURN_IF_ERROR(call.run(*live_));
  Remember(call);
  return absl::OkStatus();
}

absl::Status NetworkActor::Create(const Call& call) {
  if (state_ == State::kRecovering) return BeingRebuilt(id());
  if (state_ != State::kAbsent) {
    SKEIN_ASSIGN_OR_RETURN(const bool answered, FindAnswer(call));
    if (answered) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat("network networks/", id(), " exists"));
  }
  SKEIN_ASSIGN_OR_RETURN(storage::NetworkRecord record, call.describe());
  SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<LiveNetwork> created,
                         LiveNetwork::Create(record, options_, parts_));
  SKEIN_RETURN_IF_ERROR(call.run(*created));
  record_ = std::move(record);
  live_ = std::move(created);
  Enter(State::kActive);
  exists_ = true;
  creating_ = true;
  Remember(call);
  return absl::OkStatus();
}

absl::Status NetworkActor::Inspect(const Call& call) {
  switch (state_) {
    case State::kAbsent: return NoNetwork(id());
    case State::kActive:
      return call.inspect(
          MakeNetwork(record_, live_.get(), v1::NETWORK_STATE_ACTIVE, "", call.want_digest));
    case State::kRecovering:
      return call.inspect(
          MakeNetwork(record_, nullptr, v1::NETWORK_STATE_RECOVERING, "", call.want_digest));
    case State::kQuarantined:
      return call.inspect(MakeNetwork(record_, nullptr, v1::NETWORK_STATE_QUARANTINED,
                                      quarantine_reason_, call.want_digest));
  }
  return absl::OkStatus();
}

absl::Status NetworkActor::Prepare() {
  if (link_->failed_generation.load() >= generation_) ForgetMemory();
  const bool may_rebuild = link_->durable_work.load() >= rebuild_after_work_ &&
                           parts_.clock->unix_ms() >= retry_unix_ms_;
  if (state_ == State::kRecovering && may_rebuild) Rebuild();
  switch (state_) {
    case State::kActive: return absl::OkStatus();
    case State::kAbsent: return NoNetwork(id());
    case State::kRecovering: return BeingRebuilt(id());
    case State::kQuarantined: break;
  }
  return WithReason(absl::FailedPreconditionError(absl::StrCat(
                        "network networks/", id(), " is quarantined: ", quarantine_reason_)),
                    kNetworkQuarantined);
}

void NetworkActor::Enter(State state) {
  state_ = state;
  sample_changed_ = true;
}

void NetworkActor::ForgetMemory() {
  generation_ = link_->failed_generation.load() + 1;
  live_.reset();
  pending_.clear();
  pending_order_.clear();
  creating_ = false;
  Enter(State::kRecovering);
  rebuild_after_work_ = 0;
  retry_unix_ms_ = 0;
  rebuild_attempts_ = 0;
}

void NetworkActor::Rebuild() { Recovered(LiveNetwork::Load(record_, options_, parts_)); }

void NetworkActor::Recovered(absl::StatusOr<std::unique_ptr<LiveNetwork>> loaded) {
  if (loaded.ok()) {
    live_ = std::move(loaded).value();
    Enter(State::kActive);
    rebuild_attempts_ = 0;
    watchers_.Resynchronise();
  } else if (absl::IsNotFound(loaded.status())) {
    // Its creation did not become durable.
    Enter(State::kAbsent);
    exists_ = false;
    watchers_.CloseAll(NoNetwork(id()));
  } else if (absl::IsUnavailable(loaded.status())) {
    const std::int64_t wait_ms = kFirstRetryMs << std::min(rebuild_attempts_, 10);
    ++rebuild_attempts_;
    retry_unix_ms_ = parts_.clock->unix_ms() + std::min(wait_ms, kLastRetryMs);
  } else {
    Quarantine(loaded.status());
  }
}

void NetworkActor::Quarantine(const absl::Status& cause) {
  Enter(State::kQuarantined);
  quarantine_reason_ = std::string(cause.message());
  watchers_.CloseAll(Prepare());
}

absl::StatusOr<bool> NetworkActor::FindAnswer(const Call& call) {
  const auto pending = pending_.find({call.method, call.request_id});
  if (pending != pending_.end()) {
    SKEIN_RETURN_IF_ERROR(FillAnswer(call, pending->second.body_hash, pending->second.response));
    return true;
  }
  SKEIN_ASSIGN_OR_RETURN(const std::optional<storage::ResponseRecord> stored,
                         parts_.store->FindResponse(id(), call.method, call.request_id));
  if (!stored.has_value()) return false;
  SKEIN_RETURN_IF_ERROR(FillAnswer(call, stored->body_hash, stored->response));
  return true;
}

absl::Status NetworkActor::FillAnswer(const Call& call, const std::string& body_hash,
                                      const std::string& response) {
  if (body_hash != call.body_hash)
    return WithReason(absl::InvalidArgumentError(absl::StrCat(
                          "requestId = ", call.request_id, " was used for another ", call.method)),
                      kRequestIdReused);
  return Annotate(Recall(response, id(), parts_.store, call.response.get()),
                  absl::StrCat("the answer remembered for requestId = ", call.request_id));
}

void NetworkActor::Remember(const Call& call) {
  const RequestKey key{call.method, call.request_id};
  pending_[key] = {last_work_ + 1, call.body_hash, call.response->SerializeAsString()};
  pending_order_.emplace_back(last_work_ + 1, key);
  answers_.push_back({call.method, call.request_id, call.body_hash, Condense(call.response.get())});
}

void NetworkActor::ForgetDurable() {
  const std::int64_t durable = link_->durable_work.load();
  while (!pending_order_.empty() && pending_order_.front().first <= durable) {
    pending_.erase(pending_order_.front().second);
    pending_order_.pop_front();
  }
}

void NetworkActor::WatchFleet(const v1::WatchFleetRequest& request,
                              const std::shared_ptr<FleetWatch>& queue) {
  const absl::Status ready = Prepare();
  if (!ready.ok()) return queue->Close(ready);
  watchers_.AddFleet(request, queue);
  Submit(nullptr, nullptr);
}

void NetworkActor::WatchTrip(const v1::WatchTripRequest& request,
                             const std::shared_ptr<TripWatch>& queue) {
  const absl::Status ready = Prepare();
  if (!ready.ok()) return queue->Close(ready);
  watchers_.AddTrip(TripId{request.trip()}, queue);
  Submit(nullptr, nullptr);
}

void NetworkActor::Reload() {
  if (state_ == State::kAbsent) return;
  DropMemory();
  Enter(State::kRecovering);
  Guarded("reloading", [this] { return Prepare(); }).IgnoreError();
}

void NetworkActor::TakeOver() {
  int followed = kFollowPage;
  while (state_ == State::kActive && followed == kFollowPage) {
    absl::StatusOr<int> more = absl::AbortedError("not all work is durable");
    if (settled())
      Guarded("taking over", [&] {
        more = live_->Follow();
        return absl::OkStatus();
      }).IgnoreError();
    followed = more.value_or(0);
    if (!more.ok()) DropMemory();
  }
  lag_records_ = 0;
  Submit(nullptr, nullptr);
}

absl::Status NetworkActor::FollowWriter() {
  SKEIN_RETURN_IF_ERROR(Prepare());
  const std::int64_t now = parts_.clock->unix_ms();
  if (now < follow_unix_ms_) return absl::OkStatus();
  follow_unix_ms_ = now + kFollowPeriodMs;
  if (!settled()) return absl::OkStatus();  // once this server led
  const absl::StatusOr<int> followed = live_->Follow();
  if (followed.ok()) {
    lag_records_ = *followed;
    if (*followed == kFollowPage) follow_unix_ms_ = now;
    return absl::OkStatus();
  }
  if (absl::IsUnavailable(followed.status())) return followed.status();
  live_.reset();
  Quarantine(followed.status());
  return followed.status();
}

void NetworkActor::Retire() {
  if (parts_.leads() && Prepare().ok() &&
      live_->host().sequence() > live_->host().snapshot_sequence()) {
    Work work{link_, generation_, ++last_work_, TakeWrites(), [](const absl::Status&) {}};
    work.writes.snapshot = live_->host().MakeSnapshot();
    committer_->Submit(std::move(work));
  }
  watchers_.CloseAll(WithReason(absl::UnavailableError("the server is shutting down"), kDraining));
}

std::optional<std::int64_t> NetworkActor::NextDueUnixMs() const {
  std::optional<std::int64_t> due;
  const auto consider = [&due](std::optional<std::int64_t> at) {
    if (at.has_value() && (!due.has_value() || *at < *due)) due = at;
  };
  if (state_ == State::kActive) {
    if (parts_.leads())
      consider(live_->NextTimerUnixMs());
    else
      consider(follow_unix_ms_);
    consider(watchers_.NextDueUnixMs());
  }
  if (state_ == State::kRecovering) consider(retry_unix_ms_);
  if (sample_changed_) consider(sample_due_unix_ms_);
  return due;
}

void NetworkActor::RunDue() {
  ForgetDurable();
  Guarded("timer", [this] { return parts_.leads() ? CatchUp() : FollowWriter(); }).IgnoreError();
  Submit(nullptr, nullptr);
}

absl::Status NetworkActor::CatchUp() {
  SKEIN_RETURN_IF_ERROR(Prepare());
  const std::optional<std::int64_t> due = live_->NextTimerUnixMs();
  if (!due.has_value() || *due > parts_.clock->unix_ms()) return absl::OkStatus();
  const absl::Status advanced = live_->AdvanceToNow();
  if (advanced.ok()) return advanced;
  // Time alone is never refused; if it is, the world is not what its timers say.
  live_.reset();
  Quarantine(Annotate(advanced, "advancing to the present"));
  return advanced;
}

storage::NetworkBatch NetworkActor::TakeWrites() {
  storage::NetworkBatch writes;
  writes.network = id();
  if (std::exchange(creating_, false)) writes.created = record_;
  writes.responses = std::exchange(answers_, {});
  if (live_ != nullptr) writes.records = live_->host().TakeRecords();
  return writes;
}

bool NetworkActor::SnapshotDue() const {
  return live_ != nullptr && parts_.leads() &&
         live_->host().sequence() - live_->host().snapshot_sequence() >=
             options_.snapshot_every_records;
}

void NetworkActor::Submit(const Call* call, std::function<void(const absl::Status&)> finish) {
  Work work;
  work.link = link_;
  work.generation = generation_;
  work.number = ++last_work_;
  work.writes = TakeWrites();
  if (work.writes.created.has_value() || !work.writes.records.empty() ||
      !work.writes.responses.empty())
    last_write_ = work.number;
  if (SnapshotDue()) work.writes.snapshot = live_->host().MakeSnapshot();
  const std::int64_t now_unix_ms = parts_.clock->unix_ms();
  std::function<void()> news;
  if (live_ != nullptr) {
    const std::vector<TimedEffect> effects = live_->host().TakeEffects();
    if (work.writes.created.has_value() || !work.writes.records.empty())
      work.writes.ledger = live_->CollectLedger(work.writes.records, effects);
    live_->sampler().Count(live_->world(), effects);
    news = watchers_.Collect(*live_, effects, now_unix_ms);
    sample_changed_ |= !effects.empty() || lag_records_ != 0 || !work.writes.records.empty();
  }
  std::vector<DecisionSample> decisions = TakeDecisionSamples(call);
  std::optional<NetworkSample> sample;
  if (sample_changed_ && now_unix_ms >= sample_due_unix_ms_) sample = TakeSample(now_unix_ms);
  work.done = [metrics = parts_.metrics, clock = parts_.clock, start = parts_.clock->steady(),
               finish = std::move(finish), news = std::move(news), sample = std::move(sample),
               decisions = std::move(decisions)](const absl::Status& durable) mutable {
    if (durable.ok() && news != nullptr) news();
    if (finish != nullptr) finish(durable);
    if (sample.has_value()) metrics->Record(*sample);
    if (!durable.ok()) return;
    for (DecisionSample& decision : decisions) {
      decision.journal_s = Seconds(clock->steady() - start).count();
      metrics->Record(decision);
    }
  };
  committer_->Submit(std::move(work));
}

std::vector<DecisionSample> NetworkActor::TakeDecisionSamples(const Call* call) {
  if (live_ == nullptr) return {};
  live_->sampler().CountRefusals(live_->desk().TakeRefusals());
  std::vector<DecisionSample> samples = live_->desk().TakeSamples();
  for (DecisionSample& sample : samples) sample.network = id();
  if (call == nullptr || samples.empty()) return samples;
  double own_s = 0;
  for (const DecisionSample& sample : samples) own_s += sample.own_s();
  const double queue_s = Seconds(parts_.clock->steady() - call->arrived).count() - own_s;
  for (DecisionSample& sample : samples) sample.queue_s = std::max(0.0, queue_s);
  return samples;
}

NetworkState NetworkActor::ReportedState() const {
  switch (state_) {
    case State::kAbsent: return NetworkState::kAbsent;
    case State::kActive: return parts_.leads() ? NetworkState::kActive : NetworkState::kFollowing;
    case State::kRecovering: return NetworkState::kRecovering;
    case State::kQuarantined: return NetworkState::kQuarantined;
  }
  return NetworkState::kAbsent;
}

NetworkSample NetworkActor::TakeSample(std::int64_t now_unix_ms) {
  sample_due_unix_ms_ = now_unix_ms + kSamplePeriodMs;
  sample_changed_ = false;
  NetworkSample sample;
  sample.network = id();
  sample.state = ReportedState();
  sample.requests_waiting = waiting_.load();
  if (live_ == nullptr) return sample;
  sample.journal_sequence = live_->host().sequence();
  sample.journal_lag = lag_records_;
  live_->sampler().Take(live_->world(), &sample);
  sample.drift = live_->desk().drift();
  return sample;
}

}  // namespace skein::server
