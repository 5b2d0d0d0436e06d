#include "server/grpc/rpc_call.h"

#include "grpc/support/time.h"

namespace skein::server {

CallOptions OptionsOf(const grpc::ServerContextBase& context, std::chrono::milliseconds otherwise) {
  const gpr_timespec left = gpr_convert_clock_type(context.raw_deadline(), GPR_TIMESPAN);
  const auto now = std::chrono::steady_clock::now();
  if (gpr_time_cmp(left, gpr_inf_future(GPR_TIMESPAN)) == 0) return {now + otherwise};
  return {now + std::chrono::milliseconds(gpr_time_to_millis(left))};
}

std::chrono::steady_clock::time_point BeginRpc(const RpcParts& parts, const char* method) {
  parts.metrics->Record(RpcSample{.method = method, .finished = false});
  return std::chrono::steady_clock::now();
}

void RecordRpc(const RpcParts& parts, const char* method,
               std::chrono::steady_clock::time_point begun, const absl::Status& status) {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  parts.metrics->Record(
      RpcSample{.method = method, .code = status.code(), .duration_s = taken.count()});
  if (status.code() == absl::StatusCode::kInternal && parts.on_internal_error != nullptr)
    parts.on_internal_error(method, status);
}

}  // namespace skein::server
