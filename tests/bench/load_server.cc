#include "tests/bench/load_server.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <utility>

#include "policy/captain/native/native_backend.h"
#include "policy/registry.h"
#include "server/clock.h"
#include "server/controller.h"
#include "server/grpc/server_runner.h"
#include "server/policy_monitor.h"
#include "server/prometheus_metrics.h"
#include "sim/domain/status.h"
#include "storage/memory_store.h"
#include "storage/sqlite/sqlite_store.h"

namespace skein::bench {
namespace {

absl::StatusOr<std::unique_ptr<storage::FleetStore>> OpenStore(const std::string& path) {
  if (path.empty()) return std::make_unique<storage::MemoryStore>();
  return storage::SqliteStore::Open({.path = path});
}

policy::DispatcherOptions PolicyOptions(const server::DispatcherRequest& request, bool metrics) {
  policy::DispatcherOptions options{.network = request.network, .seed = request.seed};
  options.captain.backend =
      policy::captain::NativeBackend(policy::captain::NativeLevels().back()).value();
  if (!metrics) return options;
  options.captain.watch_drift = true;
  options.clock = [] { return std::chrono::steady_clock::now().time_since_epoch(); };
  return options;
}

// Serves until `life` is closed on the other side; writes its port to `ready`.
absl::Status Serve(const LoadServerOptions& options, int life, int ready) {
  SKEIN_ASSIGN_OR_RETURN(const auto store, OpenStore(options.store));
  const server::SystemClock clock;
  server::NoMetrics no_metrics;
  SKEIN_ASSIGN_OR_RETURN(const auto prometheus, server::PrometheusMetrics::Create({}));
  server::PolicyMonitor policies(prometheus.get());
  server::Metrics* metrics = &no_metrics;
  if (options.metrics) metrics = &policies;
  server::ControllerParts parts;
  parts.store = store.get();
  parts.clock = &clock;
  parts.metrics = metrics;
  parts.dispatchers = [with = options.metrics](const server::DispatcherRequest& request) {
    return policy::MakeDispatcher(request.policy, PolicyOptions(request, with));
  };
  parts.scenarios = [](const std::string&) -> absl::StatusOr<Scenario> {
    return absl::InvalidArgumentError("there are no built-in scenarios here");
  };
  SKEIN_ASSIGN_OR_RETURN(const auto controller, server::Controller::Open({}, parts));
  server::ServerOptions runner_options;
  runner_options.listen = "127.0.0.1:0";
  SKEIN_ASSIGN_OR_RETURN(const auto runner,
                         server::ServerRunner::Start(
                             runner_options, {.controller = controller.get(), .metrics = metrics}));
  const int port = runner->port();
  if (write(ready, &port, sizeof port) != sizeof port) return absl::UnavailableError("no caller");
  char byte = 0;
  while (read(life, &byte, 1) > 0) {
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoadServer> LoadServer::Start(const LoadServerOptions& options) {
  std::array<int, 2> life{};
  std::array<int, 2> ready{};
  if (pipe(life.data()) != 0 || pipe(ready.data()) != 0)
    return absl::UnavailableError("there are no pipes left");
  const pid_t process = fork();
  if (process < 0) return absl::UnavailableError("there are no processes left");
  if (process == 0) {
    close(life[1]);
    close(ready[0]);
    const absl::Status status = Serve(options, life[0], ready[1]);
    if (!status.ok()) std::fprintf(stderr, "server: %s\n", status.ToString().c_str());
    _exit(status.ok() ? 0 : 1);
  }
  close(life[0]);
  close(ready[1]);
  int port = 0;
  const bool started = read(ready[0], &port, sizeof port) == sizeof port;
  close(ready[0]);
  LoadServer server(process, life[1], port);
  if (!started) return absl::UnavailableError("the server did not start");
  return server;
}

LoadServer::LoadServer(LoadServer&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      life_(std::exchange(other.life_, -1)),
      port_(other.port_) {}

LoadServer::~LoadServer() {
  if (process_ < 0) return;
  close(life_);
  waitpid(process_, nullptr, 0);
}

double LoadServer::cpu_s() const {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(process_, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

std::string LoadServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

}  // namespace skein::bench
