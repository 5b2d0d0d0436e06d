#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/fleet_store.h"
#include "storage/hash_chain.h"

// How stores verify the hash chain of the records that they read.
namespace skein::storage {

// A journal record as a store keeps it.
struct ChainedRow {
  JournalRecord record;
  std::string previous_hash;
  std::string hash;
};

// Where a journal ends.
struct JournalEnd {
  std::int64_t sequence = 0;
  std::string hash;  // of the last record, or kChainStart
};

// The rows to read for a contiguous query: those that it asks for, and the one before the first,
// whose hash the first must name.
struct Stretch {
  std::int64_t after = 0;  // the query's own first record follows this one
  std::int64_t count = 0;  // of the query's records; 0: read nothing
  JournalQuery query;      // what to read
};
Stretch StretchOf(const JournalQuery& query, const JournalEnd& end);

// The records of a contiguous query, from the rows that were read for it.
// Errors: DATA_LOSS, if one is damaged, missing or not chained to the one before it.
absl::StatusOr<std::vector<JournalRecord>> VerifyStretch(const std::string& network,
                                                         const Stretch& stretch,
                                                         const JournalEnd& end,
                                                         std::vector<ChainedRow> rows);

// The records of any other query. Errors: DATA_LOSS, if one is damaged.
absl::StatusOr<std::vector<JournalRecord>> VerifyEach(const std::string& network,
                                                      std::vector<ChainedRow> rows);

}  // namespace skein::storage
