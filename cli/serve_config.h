#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "policy/registry.h"
#include "server/console/console_server.h"
#include "server/grpc/server_runner.h"
#include "server/network/controller_parts.h"
#include "sim/domain/status.h"
#include "skein/v1/server_config.pb.h"

namespace skein::cli {

// A ServerConfig with its defaults filled in and its values checked.
struct ServeConfig {
  std::string metrics;  // HOST:PORT; empty: none
  std::optional<server::ConsoleOptions> console = server::ConsoleOptions();
  bool console_asked_for = false;  // else the server does without it if its address is taken
  std::string store;
  std::string advertise;  // HOST:PORT; empty: as it listens
  std::chrono::milliseconds lease{3'000};
  server::ControllerOptions controller;
  server::ServerOptions server;
  int max_ingest_streams = 64;
  std::chrono::milliseconds call_deadline{10'000};
  std::chrono::milliseconds drain{5'000};
  policy::CaptainParts captain;
};

// Errors: INVALID_ARGUMENT with all faults, each with its field and legal range.
absl::StatusOr<ServeConfig> DecodeServerConfig(const v1::ServerConfig& message);

}  // namespace skein::cli
