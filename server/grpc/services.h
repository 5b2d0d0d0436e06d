#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/impl/service_type.h"
#include "server/grpc/rpc_call.h"

namespace skein::server {

// The services of skein.v1 on top of a controller. Their methods translate and hand over; they
// never block.
class Services {
 public:
  explicit Services(RpcParts parts);
  ~Services();

  std::vector<grpc::Service*> all();
  // Full names, as in "skein.v1.FleetService".
  static std::vector<std::string> Names();

  // Ends the streams that take events, after the answers to what they have read.
  void EndIngestStreams(const absl::Status& status);

 private:
  struct Implementation;
  const std::unique_ptr<Implementation> implementation_;
};

}  // namespace skein::server
