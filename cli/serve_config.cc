#include "cli/serve_config.h"

#include <cstdint>
#include <vector>

#include "cli/captain_backend.h"
#include "cli/store_url.h"
#include "policy/registry.h"
#include "proto/codec/field_checker.h"
#include "sim/domain/scenario_validate.h"

namespace skein::cli {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

// Takes present fields over, and collects what is wrong with them.
class Reader {
 public:
  template <class Number>
  Number Range(const char* field, Number value, std::int64_t low, std::int64_t high) {
    if (value < low || value > high)
      faults_.push_back({field, absl::StrCat("= ", value, ", want [", low, ", ", high, "]")});
    return value;
  }

  void Address(const char* field, const std::string& value) {
    const absl::Status sound = server::ParseHostPort(field, value).status();
    if (!sound.ok())
      faults_.push_back(
          {field, std::string(sound.message().substr(std::string(field).size() + 1))});
  }

  void Policy(const char* field, const std::string& value, const policy::CaptainParts& captain) {
    const absl::Status known = policy::CheckDispatcherName(value);
    if (!known.ok()) {
      faults_.push_back(
          {field, std::string(known.message().substr(std::string("policy ").size()))});
      return;
    }
    const absl::Status made = policy::CheckDispatcher(value, captain);
    if (!made.ok())
      faults_.push_back({field, absl::StrCat("= ", codec::Quoted(value),
                                             " cannot be made: ", std::string(made.message()))});
  }

  policy::CaptainParts Backend(const char* field, const std::string& value) {
    absl::StatusOr<policy::CaptainParts> parts = CaptainPartsOf(value);
    if (parts.ok()) return *std::move(parts);
    faults_.push_back(
        {field, std::string(parts.status().message().substr(std::string("backend ").size()))});
    return {};
  }

  void Store(const char* field, const std::string& value) {
    const absl::Status sound = ParseStoreUrl(value).status();
    if (!sound.ok())
      faults_.push_back({field, std::string(sound.message().substr(std::string("store ").size()))});
  }

  absl::Status status() const { return ToStatus(faults_); }

 private:
  std::vector<Fault> faults_;
};

void ReadLimits(const v1::ServerLimits& message, Reader* reader, ServeConfig* config) {
  server::ServerOptions& server = config->server;
  server::ControllerOptions& controller = config->controller;
  if (message.has_max_message_bytes())
    server.max_message_bytes =
        reader->Range("limits.maxMessageBytes", message.max_message_bytes(), 1024, 64 << 20);
  if (message.has_max_streams_per_connection())
    server.max_streams_per_connection = reader->Range(
        "limits.maxStreamsPerConnection", message.max_streams_per_connection(), 1, 1 << 20);
  if (message.has_max_memory_bytes())
    server.max_memory_bytes = reader->Range("limits.maxMemoryBytes", message.max_memory_bytes(),
                                            16 << 20, std::int64_t{1} << 40);
  if (message.has_max_networks())
    controller.max_networks =
        reader->Range("limits.maxNetworks", message.max_networks(), 1, 1 << 20);
  if (message.has_network_queue_length())
    controller.network_queue_length =
        reader->Range("limits.networkQueueLength", message.network_queue_length(), 1, 1 << 20);
  if (message.has_max_watchers())
    controller.max_watchers =
        reader->Range("limits.maxWatchers", message.max_watchers(), 1, 1 << 16);
  if (message.has_watch_queue_length())
    controller.watch_queue_length =
        reader->Range("limits.watchQueueLength", message.watch_queue_length(), 1, 1 << 16);
  if (message.has_max_ingest_streams())
    config->max_ingest_streams =
        reader->Range("limits.maxIngestStreams", message.max_ingest_streams(), 1, 1 << 16);
}

void ReadDeadlines(const v1::ServerDeadlines& message, Reader* reader, ServeConfig* config) {
  using Ms = std::chrono::milliseconds;
  if (message.has_decision_ms())
    config->controller.decision_deadline =
        Ms(reader->Range("deadlines.decisionMs", message.decision_ms(), 1, 60'000));
  if (message.has_call_ms())
    config->call_deadline = Ms(reader->Range("deadlines.callMs", message.call_ms(), 1, kHourMs));
  if (message.has_drain_ms())
    config->drain = Ms(reader->Range("deadlines.drainMs", message.drain_ms(), 0, kHourMs));
  if (message.has_idle_connection_ms())
    config->server.idle_connection = Ms(reader->Range(
        "deadlines.idleConnectionMs", message.idle_connection_ms(), 1000, 24 * kHourMs));
}

void ReadStorage(const v1::StoreOptions& message, Reader* reader, ServeConfig* config) {
  if (message.has_snapshot_every_records())
    config->controller.snapshot_every_records =
        reader->Range("storage.snapshotEveryRecords", message.snapshot_every_records(), 1, 1 << 30);
  if (message.has_commit_max_records())
    config->controller.commit_max_records =
        reader->Range("storage.commitMaxRecords", message.commit_max_records(), 1, 1 << 20);
  if (message.has_lease_ms())
    config->lease = std::chrono::milliseconds(
        reader->Range("storage.leaseMs", message.lease_ms(), 500, 60'000));
}

void ReadConsole(const v1::ServerConfig& message, Reader* reader, ServeConfig* config) {
  const std::string address = message.has_console() ? message.console() : "127.0.0.1:9465";
  config->console_asked_for = message.has_console();
  if (address.empty()) {
    config->console.reset();
    return;
  }
  reader->Address("console", address);
  const absl::StatusOr<server::HostPort> parsed = server::ParseHostPort("console", address);
  if (!parsed.ok()) return;
  config->console->host = parsed->host;
  config->console->port = parsed->port;
  config->console->host_names = {message.console_hosts().begin(), message.console_hosts().end()};
  if (message.limits().has_max_console_viewers())
    config->console->max_viewers =
        reader->Range("limits.maxConsoleViewers", message.limits().max_console_viewers(), 1, 1024);
}

}  // namespace

absl::StatusOr<ServeConfig> DecodeServerConfig(const v1::ServerConfig& message) {
  ServeConfig config;
  Reader reader;
  if (message.has_listen()) config.server.listen = message.listen();
  config.metrics = message.has_metrics() ? message.metrics() : "127.0.0.1:9464";
  config.store = message.has_store() ? message.store() : "sqlite:skein.db";
  config.controller.default_policy = message.has_policy() ? message.policy() : "captain";
  reader.Address("listen", config.server.listen);
  config.advertise = message.advertise();
  if (!config.advertise.empty()) reader.Address("advertise", config.advertise);
  if (!config.metrics.empty()) reader.Address("metrics", config.metrics);
  reader.Store("store", config.store);
  config.captain =
      reader.Backend("backend", message.has_backend() ? message.backend() : kDefaultBackend);
  config.captain.watch_drift = true;
  if (config.captain.backend)
    reader.Policy("policy", config.controller.default_policy, config.captain);
  if (message.has_sequencer_threads())
    config.controller.sequencer_threads =
        reader.Range("sequencerThreads", message.sequencer_threads(), 1, 256);
  ReadConsole(message, &reader, &config);
  ReadLimits(message.limits(), &reader, &config);
  ReadDeadlines(message.deadlines(), &reader, &config);
  ReadStorage(message.storage(), &reader, &config);
  SKEIN_RETURN_IF_ERROR(reader.status());
  return config;
}

}  // namespace skein::cli
