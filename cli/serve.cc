#include "cli/serve.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "cli/build_commit.h"
#include "cli/captain_backend.h"
#include "cli/print.h"
#include "cli/scenario_source.h"
#include "cli/serve_config.h"
#include "cli/shutdown_signal.h"
#include "cli/store_url.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"
#include "policy/registry.h"
#include "proto/codec/json.h"
#include "server/base/clock.h"
#include "server/console/console_server.h"
#include "server/console/policy_monitor.h"
#include "server/controller.h"
#include "server/elector.h"
#include "server/grpc/server_runner.h"
#include "server/metrics/prometheus_metrics.h"

namespace skein::cli {
namespace {

constexpr std::chrono::milliseconds kMostForcedExit{5'000};  // after the drain
constexpr int kNetworksPerPage = 1000;

struct ServeOptions {
  std::string config;
  std::optional<std::string> listen;
  std::optional<std::string> metrics;
  std::optional<std::string> console;
  std::optional<std::string> store;
  std::optional<std::string> policy;
  std::optional<std::string> advertise;
  std::optional<std::int64_t> lease_ms;
  std::optional<int> threads;
  std::optional<std::int64_t> decision_ms;
  std::optional<std::string> backend;
  std::string log_level = "info";
};

// The file's configuration with what the command line says instead.
absl::StatusOr<ServeConfig> ConfigOf(const ServeOptions& options) {
  v1::ServerConfig message;
  if (!options.config.empty())
    SKEIN_RETURN_IF_ERROR(
        Annotate(codec::ReadMessageFile(options.config, &message), options.config));
  if (options.listen) message.set_listen(*options.listen);
  if (options.metrics) message.set_metrics(*options.metrics);
  if (options.console) message.set_console(*options.console);
  if (options.store) message.set_store(*options.store);
  if (options.policy) message.set_policy(*options.policy);
  if (options.advertise) message.set_advertise(*options.advertise);
  if (options.lease_ms) message.mutable_storage()->set_lease_ms(*options.lease_ms);
  if (options.threads) message.set_sequencer_threads(*options.threads);
  if (options.decision_ms) message.mutable_deadlines()->set_decision_ms(*options.decision_ms);
  if (options.backend) message.set_backend(*options.backend);
  return DecodeServerConfig(message);
}

// Free text as a value of the log.
std::string Text(const std::string& text) { return absl::StrCat("\"", absl::CEscape(text), "\""); }
std::string Text(const absl::Status& status) { return Text(std::string(status.message())); }

void SetUpLog(const std::string& level) {
  const auto logger = spdlog::stderr_logger_mt("skein");
  logger->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
  google::protobuf::SetLogHandler(nullptr);  // it would log every message that is none
  gpr_set_log_function([](gpr_log_func_args* args) {
    if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
    spdlog::warn("event=grpc message={}", Text(std::string(args->message)));
  });
}

std::chrono::nanoseconds ReadSteadyClock() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

// `role` is used if the store is shared.
server::ControllerParts PartsOf(const OpenedStore& opened, const server::Clock* clock,
                                server::Metrics* metrics, const server::WriterRole* role,
                                const ServeConfig& config) {
  return {.store = opened.store.get(),
          .clock = clock,
          .metrics = metrics,
          .role = opened.shared == nullptr ? nullptr : role,
          .keep_ledger = opened.shared != nullptr,
          .dispatchers =
              [deadline = config.controller.decision_deadline,
               captain = config.captain](const server::DispatcherRequest& request) {
                return policy::MakeDispatcher(request.policy, {.network = request.network,
                                                               .seed = request.seed,
                                                               .deadline = deadline,
                                                               .clock = ReadSteadyClock,
                                                               .captain = captain});
              },
          .scenarios = [](const std::string& name) { return ResolveBuiltInScenario(name); }};
}

absl::StatusOr<v1::ListNetworksResponse> ListNetworks(server::Controller* controller,
                                                      const std::string& page_token) {
  v1::ListNetworksRequest request;
  request.set_page_size(kNetworksPerPage);
  request.set_page_token(page_token);
  std::promise<absl::StatusOr<v1::ListNetworksResponse>> answer;
  controller->ListNetworks(request, {}, [&answer](absl::StatusOr<v1::ListNetworksResponse> got) {
    answer.set_value(std::move(got));
  });
  return answer.get_future().get();
}

// Says what came back from the store, and which networks did not.
absl::Status ReportRecovery(server::Controller* controller, double seconds) {
  std::int64_t networks = 0;
  std::int64_t records = 0;
  std::string page_token;
  do {
    SKEIN_ASSIGN_OR_RETURN(const v1::ListNetworksResponse page,
                           ListNetworks(controller, page_token));
    for (const v1::Network& network : page.networks()) {
      ++networks;
      records += network.journal_sequence();
      if (network.state() == v1::NETWORK_STATE_QUARANTINED)
        spdlog::error("event=quarantined network={} reason={}", network.name(),
                      Text(network.quarantine_reason()));
    }
    page_token = page.next_page_token();
  } while (!page_token.empty());
  spdlog::info("event=recovered networks={} records={} seconds={:.3f}", networks, records, seconds);
  return absl::OkStatus();
}

[[noreturn]] void OnDeadListener(const absl::Status& status) {
  spdlog::error("event=dead_listener message={}", Text(status));
  spdlog::default_logger()->flush();
  std::_Exit(kDeadListener);
}

// Lets this server and the others of a shared store agree on who writes. Null for any other store.
std::unique_ptr<server::Elector> Elect(const ServeConfig& config, storage::PostgresStore* shared,
                                       server::Controller* controller, server::WriterRole* role,
                                       const server::Clock* clock, server::Metrics* metrics,
                                       server::ServerRunner* server) {
  if (shared == nullptr) return nullptr;
  const std::string address = config.advertise.empty() ? server->address() : config.advertise;
  server::Elector::Options options;
  options.claim = {absl::StrCat("pid ", getpid()), address, config.lease.count()};
  options.on_role = [server](bool leads, std::int64_t epoch, const std::string& leader) {
    spdlog::info("event=role role={} epoch={} leader={}", leads ? "leader" : "standby", epoch,
                 leader.empty() ? "none" : leader);
    server->ReportLeading(leads);
  };
  options.on_trouble = [](const absl::Status& status) {
    spdlog::warn("event=election_trouble message={}", Text(status));
  };
  options.on_step = [metrics, shared](std::int64_t epoch, bool leads) {
    const storage::PostgresStore::Counts counts = shared->counts();
    metrics->Record(server::WriterSample{epoch, leads, counts.connections, counts.found_committed,
                                         counts.found_absent});
  };
  auto elector = std::make_unique<server::Elector>(std::move(options), &shared->lease(), controller,
                                                   role, clock);
  elector->Step();  // leads at once if nobody else does
  elector->Start();
  return elector;
}

// The console; null if there shall be none, or if its default address is taken.
absl::StatusOr<std::unique_ptr<server::ConsoleServer>> StartConsole(const ServeConfig& config,
                                                                    server::ConsoleParts parts) {
  if (!config.console.has_value()) return nullptr;
  auto console = server::ConsoleServer::Start(*config.console, std::move(parts));
  if (console.ok()) {
    spdlog::info("event=console address={}", (*console)->address());
  } else if (!config.console_asked_for) {
    spdlog::warn("event=no_console message={}", Text(console.status()));
    return nullptr;
  }
  return console;
}

// Runs from the first signal on: no new work, the present work to its end, then the door closes.
void ShutDown(const ServeConfig& config, server::ConsoleServer* console,
              server::ServerRunner* server, server::Controller* controller,
              server::Elector* elector) {
  const auto begun = std::chrono::steady_clock::now();
  server->StopServing();
  if (console != nullptr) console->Stop();
  controller->Drain();
  if (elector != nullptr) elector->Stop();
  server->Shutdown(config.drain);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  spdlog::info("event=stopped seconds={:.3f}", taken.count());
}

absl::Status Serve(const ServeConfig& config) {
  ShutdownSignal signals;
  const std::int64_t files = server::RaiseFileLimit();
  spdlog::info("event=starting version={} commit={} store={} policy={} max_open_files={}",
               SKEIN_VERSION, kBuildCommit, ParseStoreUrl(config.store)->shown,
               config.controller.default_policy, files);
  const server::SystemClock clock;
  server::WriterRole role;
  SKEIN_ASSIGN_OR_RETURN(const OpenedStore opened, OpenStore(config.store, StoreMode::kCreate));
  const server::HostPort page = config.metrics.empty()
                                    ? server::HostPort{}
                                    : *server::ParseHostPort("metrics", config.metrics);
  SKEIN_ASSIGN_OR_RETURN(const auto metrics, server::PrometheusMetrics::Create(
                                                 {.host = page.host,
                                                  .port = page.port,
                                                  .build = {SKEIN_VERSION, kBuildCommit},
                                                  .store_folder = StoreFolder(config.store)}));
  server::PolicyMonitor policies(metrics.get());
  const auto begun = clock.steady();
  SKEIN_ASSIGN_OR_RETURN(const auto controller,
                         server::Controller::Open(
                             config.controller, PartsOf(opened, &clock, &policies, &role, config)));
  const std::chrono::duration<double> recovery = clock.steady() - begun;
  SKEIN_RETURN_IF_ERROR(ReportRecovery(controller.get(), recovery.count()));
  server::ServerOptions options = config.server;
  options.on_dead_listener = OnDeadListener;
  const server::RpcParts parts{
      .controller = controller.get(),
      .metrics = &policies,
      .default_deadline = config.call_deadline,
      .max_ingest_streams = config.max_ingest_streams,
      .on_internal_error = [](const std::string& method, const absl::Status& status) {
        spdlog::error("event=internal_error method={} message={}", method, Text(status));
      }};
  SKEIN_ASSIGN_OR_RETURN(const auto server, server::ServerRunner::Start(options, parts));
  const auto elector =
      Elect(config, opened.shared, controller.get(), &role, &clock, metrics.get(), server.get());
  if (elector == nullptr) {
    server->ReportLeading(true);
    metrics->Record(server::WriterSample{.leads = true});
  }
  if (metrics->port() != 0) spdlog::info("event=metrics address={}:{}", page.host, metrics->port());
  SKEIN_ASSIGN_OR_RETURN(const auto console, StartConsole(config, {.controller = controller.get(),
                                                                   .policies = &policies,
                                                                   .clock = &clock,
                                                                   .version = SKEIN_VERSION,
                                                                   .commit = kBuildCommit}));
  spdlog::info("event=listening address={}", server->address());
  const int signal = signals.Await();
  spdlog::info("event=stopping signal={}", signal);
  signals.Hurry(config.drain + kMostForcedExit, kFailed);
  ShutDown(config, console.get(), server.get(), controller.get(), elector.get());
  return absl::OkStatus();
}

int Run(const ServeOptions& options) {
  const absl::StatusOr<ServeConfig> config = ConfigOf(options);
  if (!config.ok()) return Fail(config.status());
  SetUpLog(options.log_level);
  const absl::Status status = Serve(*config);
  if (status.ok()) return kOk;
  spdlog::error("event=failed message={}", Text(status));
  Fail(status);
  return kFailed;
}

}  // namespace

void AddServe(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Run the service");
  command->add_option("--config", options->config,
                      "ServerConfig as JSON or protobuf text; the options below take precedence");
  command->add_option("--listen", options->listen,
                      "HOST:PORT of the gRPC service; port 0: any [127.0.0.1:50051]");
  command->add_option("--metrics", options->metrics,
                      "HOST:PORT of the metrics page; \"\": none [127.0.0.1:9464]");
  command->add_option("--console", options->console,
                      "HOST:PORT of the console for browsers; \"\": none [127.0.0.1:9465]");
  command->add_option("--store", options->store,
                      "sqlite:PATH; postgresql://HOST/DATABASE, or postgresql for the URL in "
                      "SKEIN_DATABASE_URL; or memory, which forgets at the end [sqlite:skein.db]");
  command->add_option("--advertise", options->advertise,
                      "HOST:PORT where clients reach this server, if it shares its store [as it "
                      "listens]");
  command->add_option(
      "--lease-ms", options->lease_ms,
      "Milliseconds without a sign of life after which a standby takes over [3000]");
  command->add_option("--policy", options->policy,
                      absl::StrCat("Policy of networks that name none: ",
                                   absl::StrJoin(policy::DispatcherNames(), ", "), " [captain]"));
  command->add_option("--backend", options->backend,
                      "What computes the policy captain: native, native-baseline, native-v3 or "
                      "torch [native]");
  command->add_option("--threads", options->threads, "Threads that own networks [the cores]");
  command->add_option("--decision-ms", options->decision_ms,
                      "Milliseconds that a policy has for a decision [200]");
  command->add_option("--log-level", options->log_level, "What goes to stderr")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  command->footer(
      "SIGTERM or Ctrl-C finishes what was begun, writes snapshots and ends the server; a second\n"
      "one ends it at once. Nothing that was acknowledged is ever lost.\n"
      "Examples:\n"
      "  skein serve\n"
      "  skein serve --listen 0.0.0.0:50051 --store sqlite:/var/lib/skein/fleet.db\n"
      "  skein serve --store postgresql://skein@db/fleet --advertise fleet-1:50051\n"
      "  skein serve --store memory --metrics \"\" --policy external:127.0.0.1:6000\n");
  command->callback([options, exit_code] { *exit_code = Run(*options); });
}

}  // namespace skein::cli
