#include "storage/chained_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace skein::storage {
namespace {

absl::Status Damaged(const std::string& network, std::int64_t sequence, const char* how) {
  return absl::DataLossError(absl::StrCat("network ", network, ": record ", sequence, " ", how));
}

bool Matches(const std::string& network, const ChainedRow& row) {
  Hash before{};
  if (row.previous_hash.size() != before.size()) return false;
  std::copy(row.previous_hash.begin(), row.previous_hash.end(), before.begin());
  return ToBytes(ChainHash(before, network, row.record)) == row.hash;
}

}  // namespace

Stretch StretchOf(const JournalQuery& query, const JournalEnd& end) {
  Stretch stretch;
  stretch.after = std::clamp<std::int64_t>(query.after_sequence, 0, end.sequence);
  const std::int64_t last = std::min(query.before_sequence - 1, end.sequence);
  stretch.count =
      std::max<std::int64_t>(0, std::min<std::int64_t>(query.limit, last - stretch.after));
  const bool anchored = stretch.after > 0;
  stretch.query = query;
  stretch.query.after_sequence = anchored ? stretch.after - 1 : 0;
  stretch.query.before_sequence = stretch.after + stretch.count + 1;
  stretch.query.limit = static_cast<int>(stretch.count) + (anchored ? 1 : 0);
  return stretch;
}

absl::StatusOr<std::vector<JournalRecord>> VerifyStretch(const std::string& network,
                                                         const Stretch& stretch,
                                                         const JournalEnd& end,
                                                         std::vector<ChainedRow> rows) {
  std::vector<JournalRecord> records;
  std::int64_t expected = stretch.query.after_sequence + 1;
  std::string previous = stretch.after > 0 ? std::string() : ToBytes(kChainStart);
  for (ChainedRow& row : rows) {
    if (row.record.sequence != expected) return Damaged(network, expected, "is missing");
    if (!Matches(network, row)) return Damaged(network, expected, "is damaged");
    if (!previous.empty() && row.previous_hash != previous)
      return Damaged(network, expected, "is not chained to the one before it");
    previous = row.hash;
    if (row.record.sequence > stretch.after) records.push_back(std::move(row.record));
    ++expected;
  }
  const std::int64_t last = stretch.after + stretch.count;
  if (expected <= last) return Damaged(network, expected, "is missing");
  if (last == end.sequence && previous != end.hash)
    return Damaged(network, end.sequence, "is not the recorded end of the journal");
  return records;
}

absl::StatusOr<std::vector<JournalRecord>> VerifyEach(const std::string& network,
                                                      std::vector<ChainedRow> rows) {
  std::vector<JournalRecord> records;
  for (ChainedRow& row : rows) {
    if (!Matches(network, row)) return Damaged(network, row.record.sequence, "is damaged");
    records.push_back(std::move(row.record));
  }
  return records;
}

}  // namespace skein::storage
