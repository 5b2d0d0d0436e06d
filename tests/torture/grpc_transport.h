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
  explicit GrpcTransport(const std::vector<std::string>& targets);
  ~GrpcTransport();

  // One attempt. After one without an answer the next goes to the next server.
  absl::StatusOr<Response> Call(const Request& request, std::chrono::milliseconds deadline);

 private:
  struct Server;

  std::vector<std::unique_ptr<Server>> servers_;
  std::size_t present_ = 0;
};

}  // namespace skein::torture
