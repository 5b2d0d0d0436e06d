#include "storage/memory_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/check.h"
#include "sim/domain/status.h"
#include "storage/batch_check.h"

namespace skein::storage {
namespace {

absl::Status UnknownNetwork(const std::string& network) {
  return absl::NotFoundError(absl::StrCat("no network ", network));
}

}  // namespace

const MemoryStore::Entry* MemoryStore::Find(const std::string& network) const {
  const auto found = by_id_.find(network);
  return found == by_id_.end() ? nullptr : found->second;
}

MemoryStore::Entry* MemoryStore::Find(const std::string& network) {
  const auto found = by_id_.find(network);
  return found == by_id_.end() ? nullptr : found->second;
}

absl::Status MemoryStore::CheckBatch(const NetworkBatch& batch) const {
  const Entry* entry = Find(batch.network);
  if (entry == nullptr && !batch.created.has_value()) return UnknownNetwork(batch.network);
  if (entry != nullptr && batch.created.has_value())
    return absl::AlreadyExistsError(absl::StrCat("network ", batch.network, " exists"));
  const std::size_t head = entry == nullptr ? 0 : entry->journal.size();
  SKEIN_RETURN_IF_ERROR(CheckContinues(batch, static_cast<std::int64_t>(head)));
  std::set<std::pair<int, std::int64_t>> numbers;
  for (const JournalRecord& record : batch.records) {
    if (!record.number.has_value()) continue;
    const std::pair<int, std::int64_t> key{record.kind, *record.number};
    if (!numbers.insert(key).second || (entry != nullptr && entry->numbers.contains(key)))
      return absl::AbortedError(absl::StrCat("network ", batch.network, ": kind ", record.kind,
                                             " has a record with the number ", *record.number));
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const ResponseRecord& response : batch.responses) {
    const std::pair<std::string, std::string> key{response.method, response.request_id};
    if (!seen.insert(key).second || (entry != nullptr && entry->responses.contains(key)))
      return absl::AbortedError(absl::StrCat("network ", batch.network, ": ", response.method,
                                             " has answered request ", response.request_id));
  }
  return absl::OkStatus();
}

void MemoryStore::Write(const NetworkBatch& batch) {
  if (batch.created.has_value()) {
    entries_.push_back(std::make_unique<Entry>());
    entries_.back()->network = *batch.created;
    by_id_[batch.network] = entries_.back().get();
  }
  Entry& entry = *Find(batch.network);
  for (const JournalRecord& record : batch.records) {
    const Hash& previous = entry.journal.empty() ? kChainStart : entry.journal.back().hash;
    const Hash hash = ChainHash(previous, batch.network, record);
    entry.journal.push_back({record, hash});
    if (record.number.has_value()) entry.numbers.insert({record.kind, *record.number});
  }
  for (const ResponseRecord& response : batch.responses)
    entry.responses[{response.method, response.request_id}] = response;
  if (batch.snapshot.has_value()) {
    entry.snapshots[batch.snapshot->sequence] = {*batch.snapshot,
                                                 SnapshotHash(batch.network, *batch.snapshot)};
    while (entry.snapshots.size() > kSnapshotsKept) entry.snapshots.erase(entry.snapshots.begin());
  }
}

absl::Status MemoryStore::CommitBatch(std::span<const NetworkBatch> batches) {
  SKEIN_RETURN_IF_ERROR(CheckBatches(batches));
  MutexLock lock(&mutex_);
  for (const NetworkBatch& batch : batches) SKEIN_RETURN_IF_ERROR(CheckBatch(batch));
  for (const NetworkBatch& batch : batches) Write(batch);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NetworkRecord>> MemoryStore::ListNetworks() {
  MutexLock lock(&mutex_);
  std::vector<NetworkRecord> networks;
  for (const auto& entry : entries_) networks.push_back(entry->network);
  return networks;
}

absl::StatusOr<std::optional<SnapshotRecord>> MemoryStore::LoadSnapshot(const std::string& network,
                                                                        std::int64_t at_most) {
  MutexLock lock(&mutex_);
  const Entry* entry = Find(network);
  if (entry == nullptr) return UnknownNetwork(network);
  for (auto it = entry->snapshots.rbegin(); it != entry->snapshots.rend(); ++it) {
    const auto& [snapshot, hash] = it->second;
    if (snapshot.sequence <= at_most && SnapshotHash(network, snapshot) == hash)
      return std::make_optional(snapshot);
  }
  return std::optional<SnapshotRecord>();
}

absl::StatusOr<std::vector<JournalRecord>> MemoryStore::ReadJournal(const JournalQuery& query) {
  SKEIN_RETURN_IF_ERROR(CheckQuery(query));
  MutexLock lock(&mutex_);
  const Entry* entry = Find(query.network);
  if (entry == nullptr) return UnknownNetwork(query.network);
  std::vector<JournalRecord> records;
  const auto count = static_cast<std::int64_t>(entry->journal.size());
  const std::int64_t first = std::max<std::int64_t>(query.after_sequence, 0) + 1;
  const std::int64_t last = std::min(query.before_sequence, count + 1) - 1;
  const auto wanted = static_cast<std::size_t>(query.limit);
  for (std::int64_t k = first; k <= last && records.size() < wanted; ++k) {
    const std::int64_t sequence = query.newest_first ? last - (k - first) : k;
    const Row& row = entry->journal[static_cast<std::size_t>(sequence - 1)];
    if (query.kind.has_value() && row.record.kind != *query.kind) continue;
    if (query.subject.has_value() && row.record.subject != query.subject) continue;
    if (query.number.has_value() && row.record.number != query.number) continue;
    const Hash& previous =
        sequence == 1 ? kChainStart : entry->journal[static_cast<std::size_t>(sequence - 2)].hash;
    if (ChainHash(previous, query.network, row.record) != row.hash)
      return absl::DataLossError(
          absl::StrCat("network ", query.network, ": record ", sequence, " is damaged"));
    records.push_back(row.record);
  }
  return records;
}

absl::StatusOr<std::optional<ResponseRecord>> MemoryStore::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  MutexLock lock(&mutex_);
  const Entry* entry = Find(network);
  if (entry == nullptr) return std::optional<ResponseRecord>();
  const auto found = entry->responses.find({method, request_id});
  if (found == entry->responses.end()) return std::optional<ResponseRecord>();
  return std::make_optional(found->second);
}

void MemoryStore::DamageSnapshot(const std::string& network, std::int64_t sequence) {
  MutexLock lock(&mutex_);
  Entry* entry = Find(network);
  SKEIN_CHECK(entry != nullptr && entry->snapshots.contains(sequence), "no such snapshot");
  entry->snapshots[sequence].first.payload.append("x");
}

void MemoryStore::DamageRecord(const std::string& network, std::int64_t sequence) {
  MutexLock lock(&mutex_);
  Entry* entry = Find(network);
  SKEIN_CHECK(entry != nullptr, "no such network");
  entry->journal.at(static_cast<std::size_t>(sequence - 1)).record.payload.append("x");
}

}  // namespace skein::storage
