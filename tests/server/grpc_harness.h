#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "server/base/clock.h"
#include "server/controller.h"
#include "server/grpc/server_runner.h"
#include "sim/domain/mutex.h"
#include "skein/v1/dispatch_service.grpc.pb.h"
#include "skein/v1/fleet_service.grpc.pb.h"
#include "skein/v1/network_service.grpc.pb.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/storage/faulty_store.h"

// A server on a port of its own and on an embedded store in a folder of its own.
namespace skein::server {

// Counts the finished calls by method and code.
class CountingMetrics : public NoMetrics {
 public:
  using NoMetrics::Record;
  void Record(const RpcSample& sample) override {
    MutexLock lock(&mutex_);
    ++calls_[{sample.method, sample.code}];
  }
  int calls(const std::string& method, absl::StatusCode code) const {
    MutexLock lock(&mutex_);
    const auto found = calls_.find({method, code});
    return found == calls_.end() ? 0 : found->second;
  }
  // Waits until that many calls have finished so.
  bool AwaitCalls(const std::string& method, absl::StatusCode code, int count) const;

 private:
  mutable Mutex mutex_;
  std::map<std::pair<std::string, absl::StatusCode>, int> calls_ ABSL_GUARDED_BY(mutex_);
};

class GrpcTest : public testing::Test {
 protected:
  GrpcTest();
  ~GrpcTest() override;

  // Starts the server, which was not started or was stopped, on what is in the folder.
  void Start();
  void Stop();
  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect() const;

  // Makes the network "net" on the triangle of tests/sim/triangle.h with an external clock.
  void MakeTriangle();
  static v1::CreateNetworkRequest Creation(const std::string& id);
  v1::IngestEventRequest Event(std::int64_t time_ms) const;  // with the next number of its source
  grpc::Status Ingest(const v1::IngestEventRequest& request, v1::IngestEventResponse* response);
  // An event that must be taken.
  void MustIngest(const v1::IngestEventRequest& request);
  std::string Digest();
  v1::DayReport Day();

  ServerOptions server_options_;
  ControllerOptions controller_options_;
  RpcParts rpc_parts_;
  CountingMetrics metrics_;
  const SystemClock clock_;
  const std::string folder_;

  std::unique_ptr<storage::SqliteStore> sqlite_;
  std::unique_ptr<storage::FaultyStore> store_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<ServerRunner> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::NetworkService::Stub> networks_;
  std::unique_ptr<v1::FleetService::Stub> fleet_;
  std::unique_ptr<v1::DispatchService::Stub> dispatch_;
  std::int64_t sequence_ = 0;  // last number of the source "outside" of "net"
};

// Calls a method of a stub with a deadline of ten seconds.
template <class Stub, class Request, class Response>
grpc::Status CallMethod(Stub& stub,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request, Response* response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  context.set_wait_for_ready(true);
  return (stub.*method)(&context, request, response);
}

MATCHER(IsOk, "") {
  *result_listener << arg.error_code() << ": " << arg.error_message();
  return arg.ok();
}
MATCHER_P(FailsWith, code, "") {
  *result_listener << arg.error_code() << ": " << arg.error_message();
  return arg.error_code() == code;
}
MATCHER_P(SaysThat, part, "") {
  *result_listener << arg.error_message();
  return arg.error_message().find(part) != std::string::npos;
}

inline constexpr std::int64_t kOpen = 6 * 3'600'000;  // when the triangle opens

}  // namespace skein::server
