#include "server/controller.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "proto/codec/field_checker.h"
#include "proto/codec/resource_name.h"
#include "server/base/reason.h"
#include "server/base/sequencer.h"
#include "server/committer.h"
#include "server/network/call.h"
#include "server/network/new_network.h"
#include "server/network/request_fields.h"
#include "server/network/use_cases.h"
#include "server/network/views.h"
#include "server/network_actor.h"
#include "server/network_directory.h"
#include "sim/domain/check.h"
#include "sim/domain/mutex.h"
#include "sim/domain/status.h"
#include "storage/hash_chain.h"

namespace skein::server {
namespace {

// The same bytes for the same message, so that a repeated request is known by its hash.
std::string HashOf(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return storage::ToBytes(storage::Sha256(bytes));
}

absl::Status Draining() {
  return WithReason(absl::UnavailableError("the server is shutting down"), kDraining);
}

// The part of a call that fills its answer by a use case.
template <class Request, class Response>
void SetWork(const Request& request,
             absl::StatusOr<Response> (*use_case)(LiveNetwork&, const Request&),
             Callback<Response> done, Call* call) {
  auto response = std::make_shared<Response>();
  call->response = response;
  call->run = [request, use_case, response](LiveNetwork& network) {
    absl::StatusOr<Response> result = use_case(network, request);
    if (!result.ok()) return result.status();
    *response = std::move(result).value();
    return absl::OkStatus();
  };
  call->finish = [response, done = std::move(done)](const absl::Status& status) {
    if (status.ok())
      done(std::move(*response));
    else
      done(status);
  };
}

// The resource name of the network that a request is about.
template <class Request>
const std::string& NetworkOf(const Request& request) {
  return request.network();
}
const std::string& NetworkOf(const v1::IngestEventRequest& request) {
  return request.item().network();
}
// Whether a request that knows its repeats by itself writes all the same.
template <class Request>
constexpr bool kIngests = false;
template <>
constexpr bool kIngests<v1::IngestEventRequest> = true;
template <class Request>
const char* NetworkFieldOf(const Request&) {
  return "network";
}
const char* NetworkFieldOf(const v1::IngestEventRequest&) { return "item.network"; }

absl::Status CheckOptions(const ControllerOptions& options) {
  const auto positive = [](const char* name, std::int64_t value) {
    if (value > 0) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(name, " = ", value, ", want at least 1"));
  };
  SKEIN_RETURN_IF_ERROR(positive("maxNetworks", options.max_networks));
  SKEIN_RETURN_IF_ERROR(positive("networkQueueLength", options.network_queue_length));
  SKEIN_RETURN_IF_ERROR(positive("maxWatchers", options.max_watchers));
  SKEIN_RETURN_IF_ERROR(positive("watchQueueLength", options.watch_queue_length));
  SKEIN_RETURN_IF_ERROR(positive("decisionMs", options.decision_deadline.count()));
  SKEIN_RETURN_IF_ERROR(positive("snapshotEveryRecords", options.snapshot_every_records));
  SKEIN_RETURN_IF_ERROR(positive("commitMaxRequests", options.commit_max_requests));
  SKEIN_RETURN_IF_ERROR(positive("commitMaxRecords", options.commit_max_records));
  return positive("sequencerThreads", options.sequencer_threads);
}

}  // namespace

Controller::Controller(ControllerOptions options, ControllerParts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      executor_(parts_.executor == nullptr ? &threads_ : parts_.executor) {
  const Committer::Options commit{static_cast<std::size_t>(options_.commit_max_requests),
                                  static_cast<std::size_t>(options_.commit_max_records)};
  committer_ =
      std::make_unique<Committer>(commit, parts_.store, parts_.clock, parts_.metrics, executor_);
  for (int k = 0; k < options_.sequencer_threads; ++k)
    sequencers_.push_back(std::make_unique<Sequencer>(parts_.clock, executor_));
  directory_ = std::make_unique<NetworkDirectory>(
      options_.max_networks, [this](const std::string& id, int ordinal) {
        Sequencer* home = sequencers_[static_cast<std::size_t>(ordinal) % sequencers_.size()].get();
        return std::make_shared<NetworkActor>(id, options_, parts_, home, committer_.get());
      });
}

absl::StatusOr<std::unique_ptr<Controller>> Controller::Open(ControllerOptions options,
                                                             ControllerParts parts) {
  if (options.sequencer_threads == 0)
    options.sequencer_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  SKEIN_RETURN_IF_ERROR(CheckOptions(options));
  std::unique_ptr<Controller> controller(new Controller(std::move(options), std::move(parts)));
  SKEIN_RETURN_IF_ERROR(controller->LoadNetworks());
  return controller;
}

Controller::~Controller() { Drain(); }

void Controller::Drain() {
  if (!draining_.exchange(true)) {
    for (const std::shared_ptr<NetworkActor>& actor : directory_->All())
      actor->sequencer()->Post(actor, [actor] { actor->Retire(); });
  }
  for (const std::unique_ptr<Sequencer>& sequencer : sequencers_) sequencer->Stop();
  committer_->Stop();
}

void Controller::Wake() {
  for (const std::unique_ptr<Sequencer>& sequencer : sequencers_) sequencer->Wake();
}

// Routing -----------------------------------------------------------------------------------------

void Controller::Post(const std::shared_ptr<NetworkActor>& actor, Call call,
                      const CallOptions& options) {
  call.deadline = options.deadline;
  call.arrived = parts_.clock->steady();
  call.finish = [this, actor, finish = std::move(call.finish)](const absl::Status& status) {
    actor->Release();
    finish(status);
    if (!actor->exists()) directory_->ForgetIfAbsent(actor->id());
  };
  const auto shared = std::make_shared<const Call>(std::move(call));
  if (!actor->sequencer()->Post(actor, [actor, shared] { actor->Run(*shared); }))
    shared->finish(Draining());
}

template <class Request, class Response>
void Controller::Read(const Request& request, UseCase<Request, Response> use_case,
                      const CallOptions& options, Callback<Response> done) {
  if (draining_) return done(Draining());
  if (kIngests<Request> && !parts_.leads()) return done(parts_.role->NotLeader());
  const auto id = codec::ParseNetworkName(NetworkFieldOf(request), NetworkOf(request));
  if (!id.ok()) return done(id.status());
  const auto actor = directory_->Find(*id);
  if (!actor.ok()) return done(actor.status());
  Call call;
  call.ingests = kIngests<Request>;
  SetWork(request, use_case, std::move(done), &call);
  Post(*actor, std::move(call), options);
}

template <class Request, class Response>
void Controller::Mutate(const char* method, const Request& request,
                        UseCase<Request, Response> use_case, const CallOptions& options,
                        Callback<Response> done) {
  if (draining_) return done(Draining());
  if (!parts_.leads()) return done(parts_.role->NotLeader());
  const auto id = codec::ParseNetworkName("network", request.network());
  if (!id.ok()) return done(id.status());
  const absl::Status named = codec::CheckId("requestId", request.request_id());
  if (!named.ok()) return done(named);
  const auto actor = directory_->Find(*id);
  if (!actor.ok()) return done(actor.status());
  Call call;
  call.kind = Call::Kind::kMutation;
  call.method = method;
  call.request_id = request.request_id();
  call.body_hash = HashOf(request);
  SetWork(request, use_case, std::move(done), &call);
  Post(*actor, std::move(call), options);
}

void Controller::Inspect(const std::shared_ptr<NetworkActor>& actor, bool want_digest,
                         const CallOptions& options, Callback<v1::Network> done) {
  const auto seen = std::make_shared<v1::Network>();
  Call call;
  call.kind = Call::Kind::kInspect;
  call.want_digest = want_digest;
  call.inspect = [seen](const v1::Network& network) {
    *seen = network;
    return absl::OkStatus();
  };
  call.finish = [seen, done = std::move(done)](const absl::Status& status) {
    if (status.ok())
      done(std::move(*seen));
    else
      done(status);
  };
  Post(actor, std::move(call), options);
}

// Networks ----------------------------------------------------------------------------------------

void Controller::CreateNetwork(const v1::CreateNetworkRequest& request, const CallOptions& options,
                               Callback<v1::CreateNetworkResponse> done) {
  if (draining_) return done(Draining());
  if (!parts_.leads()) return done(parts_.role->NotLeader());
  absl::Status sound = codec::CheckId("requestId", request.request_id());
  if (sound.ok()) sound = CheckNewNetwork(request, parts_);
  if (!sound.ok()) return done(sound);
  const auto actor = directory_->FindOrAdd(request.network_id());
  if (!actor.ok()) return done(actor.status());
  const auto response = std::make_shared<v1::CreateNetworkResponse>();
  Call call;
  call.kind = Call::Kind::kCreate;
  call.method = "CreateNetwork";
  call.request_id = request.request_id();
  call.body_hash = HashOf(request);
  call.response = response;
  call.describe = [this, request] { return DescribeNewNetwork(request, options_, parts_); };
  call.run = [response, want_digest = request.want_digest()](LiveNetwork& network) {
    *response->mutable_network() =
        MakeNetwork(network.record(), &network, v1::NETWORK_STATE_ACTIVE, "", want_digest);
    return absl::OkStatus();
  };
  call.finish = [response, done = std::move(done)](const absl::Status& status) {
    if (status.ok())
      done(std::move(*response));
    else
      done(status);
  };
  Post(*actor, std::move(call), options);
}

void Controller::GetNetwork(const v1::GetNetworkRequest& request, const CallOptions& options,
                            Callback<v1::GetNetworkResponse> done) {
  if (draining_) return done(Draining());
  const auto id = codec::ParseNetworkName("name", request.name());
  if (!id.ok()) return done(id.status());
  const auto actor = directory_->Find(*id);
  if (!actor.ok()) return done(actor.status());
  Inspect(*actor, request.want_digest(), options,
          [done = std::move(done)](absl::StatusOr<v1::Network> network) {
            if (!network.ok()) return done(network.status());
            v1::GetNetworkResponse response;
            *response.mutable_network() = std::move(network).value();
            done(std::move(response));
          });
}

namespace {

// The answers of many networks to one list request.
struct Gathering {
  Mutex mutex;
  std::size_t left ABSL_GUARDED_BY(mutex) = 0;
  absl::Status status ABSL_GUARDED_BY(mutex);
  std::vector<v1::Network> networks ABSL_GUARDED_BY(mutex);  // one per network; empty if absent
  std::string next_page_token;                               // constant
  Callback<v1::ListNetworksResponse> done;                   // constant
};

void Take(Gathering* gathering, std::size_t index, absl::StatusOr<v1::Network> network) {
  v1::ListNetworksResponse response;
  absl::Status status;
  {
    MutexLock lock(&gathering->mutex);
    if (network.ok())
      gathering->networks[index] = std::move(network).value();
    else if (!absl::IsNotFound(network.status()))
      gathering->status.Update(network.status());
    if (--gathering->left > 0) return;
    status = gathering->status;
    for (v1::Network& each : gathering->networks)
      if (!each.name().empty()) *response.add_networks() = std::move(each);
  }
  if (!status.ok()) return gathering->done(status);
  response.set_next_page_token(gathering->next_page_token);
  gathering->done(std::move(response));
}

}  // namespace

void Controller::ListNetworks(const v1::ListNetworksRequest& request, const CallOptions& options,
                              Callback<v1::ListNetworksResponse> done) {
  if (draining_) return done(Draining());
  const absl::StatusOr<int> page_size = PageSize(request.page_size());
  if (!page_size.ok()) return done(page_size.status());
  const absl::StatusOr<std::int64_t> start = PageStart(request.page_token(), 0);
  if (!start.ok()) return done(start.status());
  const int first = static_cast<int>(std::min<std::int64_t>(*start, 1 << 30));
  auto networks = directory_->List(first, *page_size + 1);
  const auto gathering = std::make_shared<Gathering>();
  if (networks.size() > static_cast<std::size_t>(*page_size)) {
    gathering->next_page_token = absl::StrCat(networks.back().first);
    networks.pop_back();
  }
  if (networks.empty()) return done(v1::ListNetworksResponse());
  gathering->done = std::move(done);
  {
    MutexLock lock(&gathering->mutex);
    gathering->left = networks.size();
    gathering->networks.resize(networks.size());
  }
  for (std::size_t k = 0; k < networks.size(); ++k) {
    const auto actor = directory_->Find(networks[k].second->id());
    if (!actor.ok()) {
      Take(gathering.get(), k, actor.status());
      continue;
    }
    Inspect(*actor, false, options, [gathering, k](absl::StatusOr<v1::Network> network) {
      Take(gathering.get(), k, std::move(network));
    });
  }
}

// Streams -----------------------------------------------------------------------------------------

std::function<void()> Controller::Counted(std::function<void()> on_ready) const {
  watchers_->fetch_add(1);
  const std::shared_ptr<std::atomic<int>> token(
      watchers_.get(), [owner = watchers_](std::atomic<int>* count) { count->fetch_sub(1); });
  return [token, on_ready = std::move(on_ready)] {
    if (on_ready != nullptr) on_ready();
  };
}

std::shared_ptr<FleetWatch> Controller::MakeFleetWatch(std::function<void()> on_ready) const {
  return std::make_shared<FleetWatch>(static_cast<std::size_t>(options_.watch_queue_length),
                                      Counted(std::move(on_ready)));
}

std::shared_ptr<TripWatch> Controller::MakeTripWatch(std::function<void()> on_ready) const {
  return std::make_shared<TripWatch>(static_cast<std::size_t>(options_.watch_queue_length),
                                     Counted(std::move(on_ready)));
}

absl::StatusOr<std::shared_ptr<NetworkActor>> Controller::ForWatching(
    const std::string& network) const {
  if (draining_) return Draining();
  SKEIN_ASSIGN_OR_RETURN(const std::string id, codec::ParseNetworkName("network", network));
  if (watchers_->load() > options_.max_watchers)
    return absl::ResourceExhaustedError(
        absl::StrCat("the server has ", options_.max_watchers, " watching streams already"));
  return directory_->Find(id);
}

void Controller::WatchFleet(const v1::WatchFleetRequest& request,
                            std::shared_ptr<FleetWatch> watch) {
  constexpr std::int64_t kLeastMs = 100;
  constexpr std::int64_t kMostMs = 3'600'000;
  const std::int64_t interval = request.snapshot_interval_ms();
  if (interval != 0 && (interval < kLeastMs || interval > kMostMs))
    return watch->Close(absl::InvalidArgumentError(absl::StrCat(
        "snapshotIntervalMs = ", interval, ", want 0 or [", kLeastMs, ", ", kMostMs, "]")));
  const auto actor = ForWatching(request.network());
  if (!actor.ok()) return watch->Close(actor.status());
  const auto task = [actor = *actor, request, watch] {
    actor->WatchFleet(request, watch);
    actor->Release();
  };
  if (!(*actor)->sequencer()->Post(*actor, task)) watch->Close(Draining());
}

void Controller::WatchTrip(const v1::WatchTripRequest& request, std::shared_ptr<TripWatch> watch) {
  const auto actor = ForWatching(request.network());
  if (!actor.ok()) return watch->Close(actor.status());
  const auto task = [actor = *actor, request, watch] {
    actor->WatchTrip(request, watch);
    actor->Release();
  };
  if (!(*actor)->sequencer()->Post(*actor, task)) watch->Close(Draining());
}

// One line per use case ---------------------------------------------------------------------------

#define SKEIN_READ(Method)                                                                \
  void Controller::Method(const v1::Method##Request& request, const CallOptions& options, \
                          Callback<v1::Method##Response> done) {                          \
    Read(request, &server::Method, options, std::move(done));                             \
  }
#define SKEIN_MUTATION(Method)                                                            \
  void Controller::Method(const v1::Method##Request& request, const CallOptions& options, \
                          Callback<v1::Method##Response> done) {                          \
    Mutate(#Method, request, &server::Method, options, std::move(done));                  \
  }

SKEIN_READ(GetScenario)
SKEIN_READ(ListAdvisories)
SKEIN_READ(IngestEvent)  // knows its repeats by the source's sequence
SKEIN_READ(GetTrip)
SKEIN_READ(GetFleet)
SKEIN_READ(GetDaySummary)
SKEIN_READ(GetDecision)
SKEIN_READ(ListDecisions)
SKEIN_MUTATION(IssueAdvisory)
SKEIN_MUTATION(WithdrawAdvisory)
SKEIN_MUTATION(SubmitTrip)
SKEIN_MUTATION(CancelTrip)
SKEIN_MUTATION(GroundAircraft)
SKEIN_MUTATION(ReturnAircraft)
SKEIN_MUTATION(AddAircraft)
SKEIN_MUTATION(RemoveAircraft)
SKEIN_MUTATION(SetResourceOutOfOrder)
SKEIN_MUTATION(RequestDecision)
SKEIN_MUTATION(DispatchAll)
SKEIN_MUTATION(CancelCommitment)
SKEIN_MUTATION(OverrideDecision)

#undef SKEIN_READ
#undef SKEIN_MUTATION

}  // namespace skein::server
