#include "server/grpc/server_runner.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/support/time.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "proto/codec/field_checker.h"
#include "server/base/reason.h"

namespace skein::server {
namespace {

constexpr int kMaxThreads = 64;
constexpr int kMaxMetadataBytes = 8 << 10;
constexpr std::chrono::milliseconds kHandshakeTimeout{5'000};
constexpr std::chrono::milliseconds kKeepaliveTime{60'000};
constexpr std::chrono::milliseconds kKeepaliveTimeout{20'000};
constexpr std::chrono::milliseconds kLeastPingInterval{30'000};
constexpr int kMaxPingStrikes = 2;
constexpr rlim_t kWantedFiles = 65'536;

absl::Status CheckRange(const char* name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (low <= value && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " = ", value, ", want [", low, ", ", high, "]"));
}

absl::Status Check(const ServerOptions& options) {
  absl::Status status = ParseHostPort("listen", options.listen).status();
  status.Update(CheckRange("maxMessageBytes", options.max_message_bytes, 1024, 64 << 20));
  status.Update(
      CheckRange("maxStreamsPerConnection", options.max_streams_per_connection, 1, 1 << 20));
  status.Update(
      CheckRange("maxMemoryBytes", options.max_memory_bytes, 16 << 20, std::int64_t{1} << 40));
  status.Update(CheckRange("idleConnectionMs", options.idle_connection.count(), 1000, 86'400'000));
  return status;
}

void AddLimits(const ServerOptions& options, grpc::ServerBuilder* builder) {
  const auto ms = [](std::chrono::milliseconds duration) {
    return static_cast<int>(duration.count());
  };
  builder->SetMaxReceiveMessageSize(options.max_message_bytes);
  // A second server on the same port must fail, not share the calls.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_streams_per_connection);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, ms(kHandshakeTimeout));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, ms(options.idle_connection));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, ms(kKeepaliveTime));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ms(kKeepaliveTimeout));
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              ms(kLeastPingInterval));
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kMaxPingStrikes);
  grpc::ResourceQuota quota("skein");
  quota.Resize(static_cast<std::size_t>(options.max_memory_bytes));
  quota.SetMaxThreads(kMaxThreads);
  builder->SetResourceQuota(quota);
}

// Where a client on this machine reaches a server that listens on `host`.
std::string Reachable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "[::]") return "[::1]";
  return host;
}

}  // namespace

absl::StatusOr<HostPort> ParseHostPort(const std::string& field, const std::string& address) {
  const std::size_t colon = address.rfind(':');
  HostPort parsed;
  bool sound = colon != std::string::npos && colon > 0 && colon + 1 < address.size() &&
               address.size() - colon <= 6;
  for (std::size_t k = colon + 1; sound && k < address.size(); ++k) {
    sound = '0' <= address[k] && address[k] <= '9';
    parsed.port = parsed.port * 10 + (address[k] - '0');
  }
  if (!sound || parsed.port > 65535)
    return absl::InvalidArgumentError(absl::StrCat(field, " = ", codec::Quoted(address),
                                                   ", want HOST:PORT with a port in [0, 65535]"));
  parsed.host = address.substr(0, colon);
  return parsed;
}

std::int64_t RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t wanted = std::min(limit.rlim_max, kWantedFiles);
  if (limit.rlim_cur < wanted) {
    const rlimit raised{wanted, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return static_cast<std::int64_t>(limit.rlim_cur);
}

ServerRunner::ServerRunner(ServerOptions options, RpcParts parts)
    : options_(std::move(options)), services_(std::move(parts)) {}

absl::StatusOr<std::unique_ptr<ServerRunner>> ServerRunner::Start(ServerOptions options,
                                                                  RpcParts parts) {
  if (const absl::Status sound = Check(options); !sound.ok()) return sound;
  std::unique_ptr<ServerRunner> runner(new ServerRunner(std::move(options), std::move(parts)));
  if (const absl::Status listening = runner->Listen(); !listening.ok()) return listening;
  return runner;
}

absl::Status ServerRunner::Listen() {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  AddLimits(options_, &builder);
  builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port_);
  for (grpc::Service* service : services_.all()) builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0)
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen,
                                               ": the address is in use or not of this machine"));
  ReportServing();
  if (options_.on_dead_listener != nullptr && options_.watchdog_period.count() > 0) {
    const std::string host = Reachable(ParseHostPort("listen", options_.listen)->host);
    watchdog_ = std::make_unique<ListenerWatchdog>(
        ListenerWatchdog::Options{.target = absl::StrCat(host, ":", port_),
                                  .period = options_.watchdog_period},
        options_.on_dead_listener);
  }
  return absl::OkStatus();
}

void ServerRunner::ReportServing() {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  health->SetServingStatus("", true);
  for (const std::string& name : Services::Names()) health->SetServingStatus(name, true);
}

void ServerRunner::ReportLeading(bool leads) {
  if (server_ != nullptr) server_->GetHealthCheckService()->SetServingStatus(kLeaderService, leads);
}

ServerRunner::~ServerRunner() { Shutdown(std::chrono::milliseconds(0)); }

std::string ServerRunner::address() const {
  return absl::StrCat(ParseHostPort("listen", options_.listen)->host, ":", port_);
}

void ServerRunner::StopServing() {
  if (server_ == nullptr) return;
  if (watchdog_ != nullptr) watchdog_->Stop();
  server_->GetHealthCheckService()->Shutdown();
  services_.EndIngestStreams(
      WithReason(absl::UnavailableError("the server is shutting down"), kDraining));
}

void ServerRunner::Shutdown(std::chrono::milliseconds grace) {
  if (server_ == nullptr) return;
  StopServing();
  watchdog_.reset();
  server_->Shutdown(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                 gpr_time_from_millis(grace.count(), GPR_TIMESPAN)));
  server_->Wait();
  server_.reset();
}

}  // namespace skein::server
