#include "server/grpc/listener_watchdog.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/support/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"

namespace skein::server {
namespace {

constexpr const char* kCheckMethod = "/grpc.health.v1.Health/Check";
// A grpc.health.v1.HealthCheckResponse with status = SERVING.
constexpr const char kServing[] = {0x08, 0x01};
constexpr std::size_t kLongestServiceName = 127;  // its length is one byte of the request

gpr_timespec After(std::chrono::milliseconds timeout) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(timeout.count(), GPR_TIMESPAN));
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return {};
  std::string bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

// A grpc.health.v1.HealthCheckRequest.
std::string RequestFor(const std::string& service) {
  if (service.empty()) return {};
  return std::string{'\n', static_cast<char>(service.size())} + service;
}

absl::Status Check(const std::shared_ptr<grpc::Channel>& channel, std::chrono::milliseconds timeout,
                   const std::string& service = "") {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(After(timeout));
  context.set_wait_for_ready(true);
  const grpc::Slice bytes(RequestFor(service));
  const grpc::ByteBuffer request(&bytes, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, kCheckMethod, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  if (!status.ok())
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (ToString(response) != std::string(kServing, sizeof kServing))
    return absl::UnavailableError("the server says that it does not serve");
  return absl::OkStatus();
}

// A connection of its own, and straight to the server.
std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

absl::Status CheckHealth(const std::string& target, std::chrono::milliseconds timeout,
                         const std::string& service) {
  if (service.size() > kLongestServiceName)
    return absl::InvalidArgumentError(absl::StrCat("service has ", service.size(),
                                                   " letters, want at most ", kLongestServiceName));
  return Check(Connect(target), timeout, service);
}

ListenerWatchdog::ListenerWatchdog(Options options,
                                   std::function<void(const absl::Status&)> on_dead)
    : options_(std::move(options)), on_dead_(std::move(on_dead)), thread_([this] { Run(); }) {}

ListenerWatchdog::~ListenerWatchdog() {
  Stop();
  thread_.join();
}

void ListenerWatchdog::Stop() {
  MutexLock lock(&mutex_);
  stopped_ = true;
}

bool ListenerWatchdog::SleepUnlessStopped() {
  MutexLock lock(&mutex_);
  const auto stopped = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopped_; };
  return !mutex_.AwaitFor(options_.period, stopped);
}

void ListenerWatchdog::Run() {
  const std::shared_ptr<grpc::Channel> lasting = Connect(options_.target);
  Check(lasting, options_.timeout).IgnoreError();
  int failures = 0;
  int unclear = 0;
  while (SleepUnlessStopped()) {
    const absl::Status health = CheckHealth(options_.target, options_.timeout);
    if (health.ok()) {
      failures = unclear = 0;
      continue;
    }
    ++unclear;
    failures = Check(lasting, options_.timeout).ok() ? failures + 1 : 0;
    if (failures < options_.failures && unclear < options_.unclear_failures) continue;
    {
      MutexLock lock(&mutex_);
      if (stopped_) return;
    }
    return on_dead_(health);
  }
}

}  // namespace skein::server
