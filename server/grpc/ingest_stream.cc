#include "server/grpc/ingest_stream.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/codec/field_checker.h"

namespace skein::server {
namespace {

constexpr const char* kMethod = "FleetService/IngestEvents";

}  // namespace

IngestStream::IngestStream(const RpcParts* parts, CallOptions options)
    : parts_(parts), options_(options), begun_(BeginRpc(*parts, kMethod)) {}

std::shared_ptr<IngestStream> IngestStream::Start(const RpcParts* parts,
                                                  const grpc::CallbackServerContext& context) {
  // A stream without a deadline lasts as long as both sides like.
  const CallOptions options = OptionsOf(context, std::chrono::hours(24 * 365));
  std::shared_ptr<IngestStream> stream(new IngestStream(parts, options));
  MutexLock lock(&stream->mutex_);
  stream->self_ = stream;
  stream->Pump();
  return stream;
}

void IngestStream::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  if (!end_.has_value()) end_ = status;
  Pump();
}

void IngestStream::OnReadDone(bool ok) {
  const auto slot = std::make_shared<Slot>();
  {
    MutexLock lock(&mutex_);
    if (!ok || finished_ || end_.has_value()) {
      reading_ = false;
      reading_over_ = true;
      return Pump();
    }
    slots_.push_back(slot);
  }
  v1::IngestEventRequest request;
  request.mutable_item()->Swap(incoming_.mutable_item());
  incoming_.Clear();
  const absl::Status complete = Complete(request.mutable_item());
  if (complete.ok())
    Send(slot, request);
  else
    Answer(slot, complete);
  MutexLock lock(&mutex_);
  reading_ = false;
  Pump();
}

absl::Status IngestStream::Complete(v1::IngestItem* item) {
  if (network_.empty()) {
    network_ = item->network();
  } else if (item->network().empty()) {
    item->set_network(network_);
  } else if (item->network() != network_) {
    return absl::InvalidArgumentError(
        absl::StrCat("item.network = ", codec::Quoted(item->network()), ", want ",
                     codec::Quoted(network_), " as in the first message of the stream"));
  }
  return absl::OkStatus();
}

void IngestStream::Send(const std::shared_ptr<Slot>& slot, const v1::IngestEventRequest& request) {
  const CallOptions options{
      std::min(options_.deadline, std::chrono::steady_clock::now() + parts_->default_deadline)};
  const auto answer = [self = shared_from_this(),
                       slot](absl::StatusOr<v1::IngestEventResponse> response) {
    if (!response.ok()) return self->Answer(slot, response.status());
    v1::IngestEventsResponse message;
    message.mutable_result()->Swap(response->mutable_result());
    self->Answer(slot, std::move(message));
  };
  try {
    parts_->controller->IngestEvent(request, options, answer);
  } catch (const std::exception& error) {
    Answer(slot, absl::InternalError(error.what()));
  }
}

void IngestStream::Answer(const std::shared_ptr<Slot>& slot,
                          absl::StatusOr<v1::IngestEventsResponse> answer) {
  MutexLock lock(&mutex_);
  if (!slot->answer.has_value()) slot->answer = std::move(answer);
  Pump();
}

void IngestStream::Pump() {
  if (finished_) return;
  const bool answered = !slots_.empty() && slots_.front()->answer.has_value();
  const bool failed = answered && !slots_.front()->answer->ok();
  if (!writing_ && (broken_ || failed || (slots_.empty() && (end_.has_value() || reading_over_)))) {
    finished_ = true;
    if (failed)
      outcome_ = slots_.front()->answer->status();
    else if (broken_)
      outcome_ = absl::CancelledError("the caller has gone");
    else if (end_.has_value())
      outcome_ = *end_;
    slots_.clear();
    Finish(ToGrpcStatus(outcome_));
    return;
  }
  if (!writing_ && answered) {
    outgoing_ = std::move(*slots_.front()->answer).value();
    slots_.pop_front();
    writing_ = true;
    StartWrite(&outgoing_);
  }
  if (!reading_ && !reading_over_ && !end_.has_value() && !broken_ && slots_.size() < kWindow) {
    reading_ = true;
    StartRead(&incoming_);
  }
}

void IngestStream::OnWriteDone(bool ok) {
  MutexLock lock(&mutex_);
  writing_ = false;
  if (!ok) broken_ = true;
  Pump();
}

void IngestStream::OnCancel() {
  MutexLock lock(&mutex_);
  broken_ = true;
  Pump();
}

void IngestStream::OnDone() {
  std::shared_ptr<IngestStream> self;
  absl::Status outcome;
  {
    MutexLock lock(&mutex_);
    self = std::move(self_);
    outcome = outcome_;
  }
  RecordRpc(*parts_, kMethod, begun_, outcome);
}

namespace {

// A stream that is refused.
class RefusedStream
    : public grpc::ServerBidiReactor<v1::IngestEventsRequest, v1::IngestEventsResponse> {
 public:
  RefusedStream(const RpcParts& parts, const absl::Status& status) {
    RecordRpc(parts, kMethod, BeginRpc(parts, kMethod), status);
    Finish(ToGrpcStatus(status));
  }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerBidiReactor<v1::IngestEventsRequest, v1::IngestEventsResponse>* IngestStreams::Open(
    const grpc::CallbackServerContext& context) {
  absl::Status refusal;
  {
    MutexLock lock(&mutex_);
    std::erase_if(open_, [](const auto& stream) { return stream.expired(); });
    if (end_.has_value()) {
      refusal = *end_;
    } else if (open_.size() >= static_cast<std::size_t>(parts_->max_ingest_streams)) {
      refusal = absl::ResourceExhaustedError(
          absl::StrCat("there are ", open_.size(), " ingest streams, as many as may be"));
    } else {
      const std::shared_ptr<IngestStream> stream = IngestStream::Start(parts_, context);
      open_.push_back(stream);
      return stream.get();
    }
  }
  return new RefusedStream(*parts_, refusal);
}

void IngestStreams::EndAll(const absl::Status& status) {
  std::vector<std::weak_ptr<IngestStream>> open;
  {
    MutexLock lock(&mutex_);
    if (end_.has_value()) return;
    end_ = status;
    open.swap(open_);
  }
  for (const std::weak_ptr<IngestStream>& weak : open)
    if (const std::shared_ptr<IngestStream> stream = weak.lock()) stream->End(status);
}

}  // namespace skein::server
