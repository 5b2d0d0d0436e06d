#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/controller.h"
#include "server/grpc/grpc_status.h"
#include "server/metrics/metrics.h"

namespace skein::server {

// What every call stands on. Pointers are not owned and outlive the server.
struct RpcParts {
  Controller* controller = nullptr;
  Metrics* metrics = nullptr;
  std::chrono::milliseconds default_deadline{10'000};  // of calls that bring none
  int max_ingest_streams = 64;
  // Told of every answer with the code INTERNAL; may be null. Called from any thread.
  std::function<void(const std::string& method, const absl::Status&)> on_internal_error{};
};

// The caller's deadline on the clock that never jumps; without one, `otherwise` from now.
CallOptions OptionsOf(const grpc::ServerContextBase& context, std::chrono::milliseconds otherwise);

// Counts a call that begins now, and gives when that is; each is counted as finished once.
std::chrono::steady_clock::time_point BeginRpc(const RpcParts& parts, const char* method);

// Counts a finished call.
void RecordRpc(const RpcParts& parts, const char* method,
               std::chrono::steady_clock::time_point begun, const absl::Status& status);

// One unary call. Whatever becomes of it, it is finished exactly once: at the latest when nobody
// can answer it any more.
//
// Threads: safe.
template <class Response>
class UnaryCall {
 public:
  UnaryCall(const RpcParts* parts, const char* method, grpc::ServerUnaryReactor* reactor,
            Response* response)
      : parts_(parts), method_(method), reactor_(reactor), response_(response) {}
  ~UnaryCall() { Answer(absl::InternalError("the call was dropped")); }
  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  // Only the first answer counts.
  void Answer(absl::StatusOr<Response> answer) {
    if (finished_.exchange(true)) return;
    if (answer.ok()) *response_ = std::move(answer).value();
    RecordRpc(*parts_, method_, begun_, answer.status());
    reactor_->Finish(ToGrpcStatus(answer.status()));
  }

 private:
  const RpcParts* const parts_;
  const char* const method_;
  grpc::ServerUnaryReactor* const reactor_;
  Response* const response_;
  const std::chrono::steady_clock::time_point begun_ = BeginRpc(*parts_, method_);
  std::atomic<bool> finished_{false};
};

// Hands a unary call to the controller; it is finished from there.
template <class Request, class Response>
grpc::ServerUnaryReactor* HandleRpc(const RpcParts& parts, const char* method,
                                    void (Controller::*use_case)(const Request&, const CallOptions&,
                                                                 Callback<Response>),
                                    grpc::CallbackServerContext* context, const Request* request,
                                    Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto call = std::make_shared<UnaryCall<Response>>(&parts, method, reactor, response);
  const CallOptions options = OptionsOf(*context, parts.default_deadline);
  try {
    (parts.controller->*use_case)(*request, options, [call](absl::StatusOr<Response> answer) {
      call->Answer(std::move(answer));
    });
  } catch (const std::exception& error) {
    call->Answer(absl::InternalError(error.what()));
  } catch (...) {
    call->Answer(absl::InternalError("unknown exception"));
  }
  return reactor;
}

}  // namespace skein::server
