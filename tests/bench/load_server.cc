#include "tests/bench/load_server.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <utility>

#include "policy/registry.h"
#include "server/clock.h"
#include "server/controller.h"
#include "server/grpc/server_runner.h"
#include "server/prometheus_metrics.h"
#include "sim/domain/status.h"
#include "storage/sqlite/sqlite_store.h"

namespace skein::bench {
namespace {

// Serves until `life` is closed on the other side; writes its port to `ready`.
absl::Status Serve(const std::string& store_path, bool with_metrics, int life, int ready) {
  SKEIN_ASSIGN_OR_RETURN(const auto store, storage::SqliteStore::Open({.path = store_path}));
  const server::SystemClock clock;
  server::NoMetrics no_metrics;
  SKEIN_ASSIGN_OR_RETURN(const auto prometheus, server::PrometheusMetrics::Create({}));
  server::Metrics* metrics = &no_metrics;
  if (with_metrics) metrics = prometheus.get();
  server::ControllerParts parts;
  parts.store = store.get();
  parts.clock = &clock;
  parts.metrics = metrics;
  parts.dispatchers = [](const server::DispatcherRequest& request) {
    return policy::MakeDispatcher(request.policy, {request.network, request.seed});
  };
  parts.scenarios = [](const std::string&) -> absl::StatusOr<Scenario> {
    return absl::InvalidArgumentError("there are no built-in scenarios here");
  };
  SKEIN_ASSIGN_OR_RETURN(const auto controller, server::Controller::Open({}, parts));
  server::ServerOptions options;
  options.listen = "127.0.0.1:0";
  SKEIN_ASSIGN_OR_RETURN(
      const auto runner,
      server::ServerRunner::Start(options, {.controller = controller.get(), .metrics = metrics}));
  const int port = runner->port();
  if (write(ready, &port, sizeof port) != sizeof port) return absl::UnavailableError("no caller");
  char byte = 0;
  while (read(life, &byte, 1) > 0) {
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoadServer> LoadServer::Start(const std::string& store_path, bool metrics) {
  std::array<int, 2> life{};
  std::array<int, 2> ready{};
  if (pipe(life.data()) != 0 || pipe(ready.data()) != 0)
    return absl::UnavailableError("there are no pipes left");
  const pid_t process = fork();
  if (process < 0) return absl::UnavailableError("there are no processes left");
  if (process == 0) {
    close(life[1]);
    close(ready[0]);
    const absl::Status status = Serve(store_path, metrics, life[0], ready[1]);
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

std::string LoadServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

}  // namespace skein::bench
