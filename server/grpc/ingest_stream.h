#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/grpc/rpc_call.h"
#include "sim/domain/mutex.h"
#include "skein/v1/fleet_service.pb.h"

namespace skein::server {

// One stream of events.
//
//   read ──► controller ──► [ answers, in the order of the events, at most kWindow ] ──► write
//
// Reading stops while kWindow events wait for their answers to be sent. The first error ends the
// stream after the answers before it; so does the end of reading.
//
// Threads: safe; it keeps itself alive until the call is done.
class IngestStream
    : public grpc::ServerBidiReactor<v1::IngestEventsRequest, v1::IngestEventsResponse>,
      public std::enable_shared_from_this<IngestStream> {
 public:
  static constexpr std::size_t kWindow = 128;

  static std::shared_ptr<IngestStream> Start(const RpcParts* parts,
                                             const grpc::CallbackServerContext& context);

  // Ends the stream after the answers to what was read. Only the first end counts.
  void End(const absl::Status& status);

 private:
  // The answer to an event; empty until it is there.
  struct Slot {
    std::optional<absl::StatusOr<v1::IngestEventsResponse>> answer;
  };
  IngestStream(const RpcParts* parts, CallOptions options);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Completes the event with what a stream may leave out. Errors: INVALID_ARGUMENT, if the network
  // is another than before.
  absl::Status Complete(v1::IngestItem* item);
  void Send(const std::shared_ptr<Slot>& slot, const v1::IngestEventRequest& request);
  void Answer(const std::shared_ptr<Slot>& slot, absl::StatusOr<v1::IngestEventsResponse> answer);
  // Tells the transport what there is to do. Under the lock, so that nothing is begun after the
  // stream is finished; the library answers on other threads, never from within.
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const RpcParts* const parts_;
  const CallOptions options_;
  const std::chrono::steady_clock::time_point begun_;

  // Owned by the reading side: touched while reading_ is set and the library is not reading.
  v1::IngestEventsRequest incoming_;
  std::string network_;

  Mutex mutex_;
  std::shared_ptr<IngestStream> self_ ABSL_GUARDED_BY(mutex_);  // until OnDone
  std::deque<std::shared_ptr<Slot>> slots_ ABSL_GUARDED_BY(mutex_);
  v1::IngestEventsResponse outgoing_ ABSL_GUARDED_BY(mutex_);
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;  // an event is on its way to the controller
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_over_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;  // nobody reads the answers any more
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status outcome_ ABSL_GUARDED_BY(mutex_);
};

// The open streams of a server.
//
// Threads: safe.
class IngestStreams {
 public:
  explicit IngestStreams(const RpcParts* parts) : parts_(parts) {}

  // Errors end the stream: RESOURCE_EXHAUSTED, if there are too many; UNAVAILABLE, after EndAll.
  grpc::ServerBidiReactor<v1::IngestEventsRequest, v1::IngestEventsResponse>* Open(
      const grpc::CallbackServerContext& context);

  // Ends all streams, those to come too, after the answers to what they have read.
  void EndAll(const absl::Status& status);

 private:
  const RpcParts* const parts_;
  Mutex mutex_;
  std::vector<std::weak_ptr<IngestStream>> open_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace skein::server
