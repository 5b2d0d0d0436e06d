#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "storage/fleet_store.h"

// What every store checks before it writes.
namespace skein::storage {

// Whether each batch makes sense by itself: networks occur once, records are contiguous.
// Errors: INVALID_ARGUMENT.
absl::Status CheckBatches(std::span<const NetworkBatch> batches);

// Whether the batch continues a journal whose newest record is `head`.
// Errors: ABORTED.
absl::Status CheckContinues(const NetworkBatch& batch, std::int64_t head);

// Whether the query makes sense. Errors: INVALID_ARGUMENT.
absl::Status CheckQuery(const JournalQuery& query);

}  // namespace skein::storage
