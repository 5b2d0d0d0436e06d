#include "tests/torture/clients/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::torture {
namespace {

// The request may or may not have taken effect, now or later.
bool LeavesInDoubt(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnknown: return true;
    default: return false;
  }
}

// No client does anything that could be answered like this.
bool BreaksPromise(const absl::Status& status) {
  const bool quarantined = status.message().find("is quarantined") != absl::string_view::npos;
  return absl::IsInternal(status) || absl::IsDataLoss(status) || quarantined;
}

}  // namespace

Session::Session(std::unique_ptr<Client> client, std::uint64_t seed, double give_up,
                 Recorder* recorder)
    : client_(std::move(client)), dice_(seed), give_up_(give_up), recorder_(recorder) {}

const Operation* Session::Attempt() {
  if (!operation_.has_value()) {
    std::optional<Request> request = client_->Next();
    if (!request.has_value()) {
      through_ = true;
      return nullptr;
    }
    operation_ = Operation{.client = client_->name(),
                           .network = client_->network(),
                           .number = ++operations_,
                           .request = *std::move(request),
                           .response = {},
                           .failure = {}};
    in_doubt_ = false;
    recorder_->Invoked(*operation_);
  }
  ++operation_->attempts;
  return &*operation_;
}

absl::Status Session::Answer(const absl::StatusOr<Response>& answer) {
  if (answer.ok()) return End(Operation::Outcome::kOk, answer);
  const absl::Status& status = answer.status();
  if (BreaksPromise(status))
    return absl::InternalError(absl::StrCat(client_->name(), ", ", MethodOf(operation_->request),
                                            ": ", status.ToString()));
  if (absl::IsResourceExhausted(status)) return absl::OkStatus();
  if (LeavesInDoubt(status)) {
    in_doubt_ = true;
    if (!client_->MayGiveUp(operation_->request) || !dice_.Chance(give_up_))
      return absl::OkStatus();
    return End(Operation::Outcome::kUnknown, answer);
  }
  // A refusal is the end of it only if no earlier attempt is still under way.
  if (!in_doubt_) return End(Operation::Outcome::kFailed, answer);
  return End(Operation::Outcome::kUnknown, absl::UnavailableError(status.message()));
}

absl::Status Session::End(Operation::Outcome outcome, const absl::StatusOr<Response>& answer) {
  Operation operation = std::move(*operation_);
  operation_.reset();
  operation.outcome = outcome;
  if (answer.ok())
    operation.response = BytesOf(*answer);
  else
    operation.failure = answer.status();
  recorder_->Ended(operation);
  return Annotate(client_->Take(answer),
                  absl::StrCat(operation.client, ", operation ", operation.number));
}

}  // namespace skein::torture
