#include "storage/batch_check.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::storage {
namespace {

absl::Status Invalid(const NetworkBatch& batch, const std::string& message) {
  return absl::InvalidArgumentError(absl::StrCat("batch of ", batch.network, ": ", message));
}

// Databases cut text off at a NUL byte, so that two different keys could become one.
bool IsText(const std::string& text) { return text.find('\0') == std::string::npos; }

absl::Status CheckTexts(const NetworkBatch& batch) {
  bool sound = IsText(batch.network);
  if (batch.created.has_value())
    sound = sound && IsText(batch.created->clock) && IsText(batch.created->policy);
  for (const ResponseRecord& response : batch.responses)
    sound = sound && IsText(response.method) && IsText(response.request_id);
  for (const Booking& booking : batch.ledger.bookings)
    sound = sound && IsText(booking.kind) && IsText(booking.resource) && IsText(booking.holder);
  for (const Fact& fact : batch.ledger.facts)
    sound = sound && IsText(fact.kind) && IsText(fact.aircraft) && IsText(fact.origin) &&
            IsText(fact.destination) && IsText(fact.detail);
  return sound ? absl::OkStatus() : Invalid(batch, "a text holds a NUL byte");
}

absl::Status CheckBatch(const NetworkBatch& batch) {
  if (batch.network.empty()) return Invalid(batch, "the network has no name");
  SKEIN_RETURN_IF_ERROR(CheckTexts(batch));
  if (batch.created.has_value() && batch.created->id != batch.network)
    return Invalid(batch, absl::StrCat("creates network ", batch.created->id));
  for (std::size_t k = 0; k < batch.records.size(); ++k) {
    const JournalRecord& record = batch.records[k];
    if (record.sequence != batch.records[0].sequence + static_cast<std::int64_t>(k))
      return Invalid(batch, absl::StrCat("record ", record.sequence, " follows record ",
                                         batch.records[k - 1].sequence));
    if (record.sequence < 1) return Invalid(batch, "sequence numbers begin at 1");
    if (record.kind < 0) return Invalid(batch, absl::StrCat("kind ", record.kind));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckBatches(std::span<const NetworkBatch> batches) {
  std::set<std::string> seen;
  for (const NetworkBatch& batch : batches) {
    SKEIN_RETURN_IF_ERROR(CheckBatch(batch));
    if (!seen.insert(batch.network).second) return Invalid(batch, "the network occurs twice");
  }
  return absl::OkStatus();
}

absl::Status CheckContinues(const NetworkBatch& batch, std::int64_t head) {
  if (!batch.records.empty() && batch.records[0].sequence != head + 1)
    return absl::AbortedError(absl::StrCat("network ", batch.network, ": record ",
                                           batch.records[0].sequence, " does not follow record ",
                                           head));
  const std::int64_t newest = batch.records.empty() ? head : batch.records.back().sequence;
  if (batch.snapshot.has_value() &&
      (batch.snapshot->sequence < 0 || batch.snapshot->sequence > newest))
    return absl::AbortedError(absl::StrCat("network ", batch.network, ": snapshot of record ",
                                           batch.snapshot->sequence, ", the newest is ", newest));
  return absl::OkStatus();
}

absl::Status CheckQuery(const JournalQuery& query) {
  if (query.limit < 1)
    return absl::InvalidArgumentError(absl::StrCat("limit = ", query.limit, ", want at least 1"));
  if ((query.subject.has_value() || query.number.has_value()) && !query.kind.has_value())
    return absl::InvalidArgumentError("a query by subject or number needs a kind");
  if (query.subject.has_value() && query.number.has_value())
    return absl::InvalidArgumentError("a query is by subject or by number");
  return absl::OkStatus();
}

}  // namespace skein::storage
