#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/torture/clients/request.h"

namespace skein::torture {

// Carries calls to the one of several servers that answers.
//
// Threads: compatible.
class GrpcTransport {
 public:
  // HOST:PORT of each server.
  explicit GrpcTransport(std::vector<std::string> targets);
  ~GrpcTransport();

  // One attempt. After one without an answer the next goes to the next server, over a connection of
  // its own: gRPC's wait before it connects again would hide how soon a server is back.
  absl::StatusOr<Response> Call(const Request& request, std::chrono::milliseconds deadline);

 private:
  struct Server;

  void Reconnect();

  const std::vector<std::string> targets_;
  std::size_t attempts_ = 0;  // connections so far
  std::unique_ptr<Server> server_;
};

}  // namespace skein::torture
