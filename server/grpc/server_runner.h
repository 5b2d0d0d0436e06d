#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "server/grpc/listener_watchdog.h"
#include "server/grpc/services.h"

namespace skein::server {

// Where the gRPC server listens and what it bounds.
struct ServerOptions {
  std::string listen = "127.0.0.1:50051";  // HOST:PORT; port 0: any free one
  int max_message_bytes = 8 << 20;         // larger ones are RESOURCE_EXHAUSTED
  int max_streams_per_connection = 256;
  std::int64_t max_memory_bytes = std::int64_t{256} << 20;  // of the library, for calls in flight
  std::chrono::milliseconds idle_connection{1'800'000};     // then it is closed
  std::chrono::milliseconds watchdog_period{2000};          // 0: no watchdog
  // Told once if the server takes no new connections any more; may be null: no watchdog.
  std::function<void(const absl::Status&)> on_dead_listener{};
};

// The gRPC server: the services of skein.v1, health and reflection.
//
// Of servers that share a store all serve reads; the health of kLeaderService tells the writer.
//
//   Start ──► serving ──► StopServing: health says NOT_SERVING ──► Shutdown
//
// Threads: compatible.
class ServerRunner {
 public:
  // Errors: INVALID_ARGUMENT, if an option is out of its range;
  //         UNAVAILABLE, if the address cannot be listened on, such as when it is in use.
  static absl::StatusOr<std::unique_ptr<ServerRunner>> Start(ServerOptions options, RpcParts parts);

  // Shuts down at once.
  ~ServerRunner();

  // The port that it listens on.
  int port() const { return port_; }
  // The address that it listens on, with that port.
  std::string address() const;

  // What the health service says of kLeaderService: SERVING on a server that writes.
  void ReportLeading(bool leads);

  // From now on the health service says NOT_SERVING, so that balancers send no new calls, and
  // streams that take events end. Everything else goes on. May be called twice.
  void StopServing();

  // Takes no new calls, waits `grace` for those in flight, then cancels them. May be called twice.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  ServerRunner(ServerOptions options, RpcParts parts);
  absl::Status Listen();
  void ReportServing();

  const ServerOptions options_;
  Services services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::unique_ptr<ListenerWatchdog> watchdog_;
};

// The name under which the health service tells balancers where to send what writes.
inline constexpr const char* kLeaderService = "skein.leader";

// HOST:PORT taken apart.
struct HostPort {
  std::string host;  // as in "127.0.0.1" or "[::1]"
  int port = 0;
};
// Errors: INVALID_ARGUMENT naming `field`, unless `address` is HOST:PORT with a port in [0, 65535].
absl::StatusOr<HostPort> ParseHostPort(const std::string& field, const std::string& address);

// Lets the process open as many files as the system allows, at most 65536. Returns how many.
std::int64_t RaiseFileLimit();

}  // namespace skein::server
