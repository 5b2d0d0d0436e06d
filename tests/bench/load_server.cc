#include "tests/bench/load_server.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <utility>

#include "policy/captain/native/native_backend.h"
#include "policy/registry.h"
#include "server/base/clock.h"
#include "server/console/policy_monitor.h"
#include "server/controller.h"
#include "server/elector.h"
#include "server/grpc/server_runner.h"
#include "server/metrics/prometheus_metrics.h"
#include "sim/domain/status.h"
#include "storage/memory_store.h"
#include "storage/postgres/postgres_store.h"
#include "storage/sqlite/sqlite_store.h"

namespace skein::bench {
namespace {

// Long, so that a busy machine does not end the run.
constexpr std::int64_t kLeaseMs = 30'000;

struct OpenStore {
  std::unique_ptr<storage::FleetStore> store;
  storage::PostgresStore* shared = nullptr;  // the same, if several servers can share it
};

absl::StatusOr<OpenStore> Open(const LoadServer::Options& options) {
  switch (options.store) {
    case LoadServer::Store::kMemory: return OpenStore{std::make_unique<storage::MemoryStore>()};
    case LoadServer::Store::kSqlite: {
      SKEIN_ASSIGN_OR_RETURN(auto store, storage::SqliteStore::Open({.path = options.where}));
      return OpenStore{std::move(store)};
    }
    case LoadServer::Store::kPostgresql: break;
  }
  SKEIN_RETURN_IF_ERROR(storage::PostgresStore::Migrate(options.where));
  SKEIN_ASSIGN_OR_RETURN(auto store, storage::PostgresStore::Open({.url = options.where}));
  storage::PostgresStore* const shared = store.get();
  return OpenStore{std::move(store), shared};
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

server::ControllerParts PartsOf(const OpenStore& opened, const server::Clock* clock,
                                server::Metrics* metrics, const server::WriterRole* role,
                                const LoadServer::Options& options) {
  server::ControllerParts parts;
  parts.store = opened.store.get();
  parts.clock = clock;
  parts.metrics = metrics;
  if (opened.shared != nullptr) parts.role = role;
  parts.keep_ledger = opened.shared != nullptr;
  parts.dispatchers = [with = options.metrics](const server::DispatcherRequest& request) {
    return policy::MakeDispatcher(request.policy, PolicyOptions(request, with));
  };
  parts.scenarios = [](const std::string&) -> absl::StatusOr<Scenario> {
    return absl::InvalidArgumentError("there are no built-in scenarios here");
  };
  return parts;
}

LoadServer::Memory MemoryOfThisProcess() {
  LoadServer::Memory memory;
  std::size_t total = 0;
  std::ifstream("/proc/self/statm") >> total >> memory.resident_bytes;
  memory.resident_bytes *= static_cast<std::size_t>(getpagesize());
  const struct mallinfo2 heap = mallinfo2();
  memory.heap_bytes = heap.uordblks + heap.hblkhd;
  return memory;
}

// Serves until `questions` is closed on the other side; writes its port and then the answers.
absl::Status Serve(const LoadServer::Options& options, int questions, int answers) {
  SKEIN_ASSIGN_OR_RETURN(const OpenStore opened, Open(options));
  const server::SystemClock clock;
  server::WriterRole role;
  server::NoMetrics no_metrics;
  SKEIN_ASSIGN_OR_RETURN(const auto prometheus, server::PrometheusMetrics::Create({}));
  server::Metrics* metrics = &no_metrics;
  server::PolicyMonitor policies(prometheus.get());
  if (options.metrics) metrics = &policies;
  SKEIN_ASSIGN_OR_RETURN(
      const auto controller,
      server::Controller::Open({}, PartsOf(opened, &clock, metrics, &role, options)));
  SKEIN_ASSIGN_OR_RETURN(
      const auto runner,
      server::ServerRunner::Start({.listen = "127.0.0.1:0"},
                                  {.controller = controller.get(), .metrics = metrics}));
  std::unique_ptr<server::Elector> elector;
  if (opened.shared != nullptr) {
    elector = std::make_unique<server::Elector>(
        server::Elector::Options{.claim = {"load server", runner->address(), kLeaseMs}},
        &opened.shared->lease(), controller.get(), &role, &clock);
    elector->Step();
    elector->Start();
  }
  const int port = runner->port();
  if (write(answers, &port, sizeof port) != sizeof port) return absl::UnavailableError("no caller");
  char question = 0;
  while (read(questions, &question, 1) > 0) {
    const LoadServer::Memory memory = MemoryOfThisProcess();
    if (write(answers, &memory, sizeof memory) != sizeof memory) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoadServer> LoadServer::Start(const Options& options) {
  std::array<int, 2> questions{};
  std::array<int, 2> answers{};
  if (pipe2(questions.data(), O_CLOEXEC) != 0 || pipe2(answers.data(), O_CLOEXEC) != 0)
    return absl::UnavailableError("there are no pipes left");
  const pid_t process = fork();
  if (process < 0) return absl::UnavailableError("there are no processes left");
  if (process == 0) {
    close(questions[1]);
    close(answers[0]);
    const absl::Status status = Serve(options, questions[0], answers[1]);
    if (!status.ok()) std::fprintf(stderr, "server: %s\n", status.ToString().c_str());
    _exit(status.ok() ? 0 : 1);
  }
  close(questions[0]);
  close(answers[1]);
  LoadServer server(process, questions[1], answers[0]);
  if (read(server.answers_, &server.port_, sizeof server.port_) != sizeof server.port_)
    return absl::UnavailableError("the server did not start");
  return server;
}

LoadServer::LoadServer(LoadServer&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      questions_(std::exchange(other.questions_, -1)),
      answers_(std::exchange(other.answers_, -1)),
      port_(other.port_) {}

LoadServer::~LoadServer() {
  if (process_ < 0) return;
  close(questions_);
  close(answers_);
  waitpid(process_, nullptr, 0);
}

double LoadServer::cpu_s() const {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(process_, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

std::string LoadServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

absl::StatusOr<LoadServer::Memory> LoadServer::AskMemory() const {
  Memory memory;
  const char question = 0;
  if (write(questions_, &question, 1) != 1 ||
      read(answers_, &memory, sizeof memory) != sizeof memory)
    return absl::UnavailableError("the server is gone");
  return memory;
}

}  // namespace skein::bench
