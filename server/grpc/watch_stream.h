#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "grpcpp/support/server_callback.h"
#include "server/grpc/rpc_call.h"
#include "server/watch_queue.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// One stream of messages to a watcher: at most one message on its way, the others wait in the
// bounded queue.
//
// Threads: safe; it deletes itself when the call is done.
template <class Response>
class WatchStream : public grpc::ServerWriteReactor<Response> {
 public:
  using Queue = WatchQueue<Response>;

  WatchStream(const RpcParts* parts, const char* method) : parts_(parts), method_(method) {}

  // Begins. `make_queue(on_ready)` makes the queue, `watch(queue)` has it filled.
  template <class MakeQueue, class Watch>
  void Start(MakeQueue make_queue, Watch watch) {
    queue_ = make_queue([this] { OnReady(); });
    watch(queue_);
    OnReady();
  }

 private:
  void OnReady() {
    MutexLock lock(&mutex_);
    Pump();
  }

  // Under the lock, so that nothing is begun after the stream is finished; the library answers on
  // other threads, never from within.
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (std::optional<Response> next = queue_->Take(); next.has_value()) {
      outgoing_ = std::move(*next);
      writing_ = true;
      this->StartWrite(&outgoing_);
    } else if (const std::optional<absl::Status> closed = queue_->closed(); closed.has_value()) {
      finished_ = true;
      outcome_ = *closed;
      this->Finish(ToGrpcStatus(outcome_));
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) queue_->Cancel();
    MutexLock lock(&mutex_);
    writing_ = false;
    Pump();
  }

  void OnCancel() override {
    queue_->Cancel();
    OnReady();
  }

  // After it nobody calls OnReady any more: Cancel waits for calls that are under way.
  void OnDone() override {
    queue_->Cancel();
    RecordRpc(*parts_, method_, begun_, outcome_);
    delete this;
  }

  const RpcParts* const parts_;
  const char* const method_;
  const std::chrono::steady_clock::time_point begun_ = BeginRpc(*parts_, method_);
  std::shared_ptr<Queue> queue_;  // constant after Start

  Mutex mutex_;
  Response outgoing_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status outcome_;  // constant after Finish
};

}  // namespace skein::server
