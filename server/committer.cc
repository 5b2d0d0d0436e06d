#include "server/committer.h"

#include <chrono>
#include <iterator>
#include <map>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "sim/domain/check.h"
#include "storage/failpoint.h"

namespace skein::server {
namespace {

bool HasWrites(const storage::NetworkBatch& batch) {
  return batch.created.has_value() || !batch.records.empty() || !batch.responses.empty() ||
         batch.snapshot.has_value() || !batch.ledger.bookings.empty() ||
         !batch.ledger.facts.empty();
}

template <class T>
void MoveAll(std::vector<T>* from, std::vector<T>* to) {
  to->insert(to->end(), std::make_move_iterator(from->begin()),
             std::make_move_iterator(from->end()));
}

// Appends the writes of a later work of the same network.
void Merge(storage::NetworkBatch* later, storage::NetworkBatch* into) {
  if (later->created.has_value()) into->created = std::move(later->created);
  MoveAll(&later->records, &into->records);
  MoveAll(&later->responses, &into->responses);
  if (later->snapshot.has_value()) into->snapshot = std::move(later->snapshot);
  MoveAll(&later->ledger.places, &into->ledger.places);
  MoveAll(&later->ledger.bookings, &into->ledger.bookings);
  MoveAll(&later->ledger.facts, &into->ledger.facts);
}

// Whether another network in the same transaction may be the only one at fault.
bool BlamesOneNetwork(const absl::Status& status) {
  return !status.ok() && !absl::IsUnavailable(status) && !absl::IsDataLoss(status) &&
         !absl::IsFailedPrecondition(status);
}

absl::Status Failed(const absl::Status& cause) {
  return WithReason(
      absl::UnavailableError(absl::StrCat("not committed, try again: ", cause.message())),
      absl::IsFailedPrecondition(cause) ? kNotLeader : kCommitFailed);
}

}  // namespace

Committer::Committer(Options options, storage::FleetStore* store, const Clock* clock,
                     Metrics* metrics, Executor* executor)
    : options_(options),
      store_(store),
      clock_(clock),
      metrics_(metrics),
      executor_(executor),
      running_(executor->Start(this)) {}

Committer::~Committer() { Stop(); }

void Committer::Submit(Work work) {
  const auto has_room = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return queue_.size() < options_.queue_length;
  };
  MutexLock lock(&mutex_);
  executor_->Await(&mutex_, has_room);
  SKEIN_CHECK(!stopping_, "work after the end");
  queue_.push_back(std::move(work));
}

void Committer::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  running_.reset();
}

Loop::Turn Committer::Run() {
  std::vector<Work> works;
  {
    MutexLock lock(&mutex_);
    if (queue_.empty()) return stopping_ ? Turn::kEnded : Turn::kIdle;
    works = Take();
  }
  CommitAndAnswer(std::move(works));
  return Turn::kWorked;
}

void Committer::AwaitWork() {
  MutexLock lock(&mutex_);
  mutex_.Await([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_ || !queue_.empty(); });
}

std::vector<Work> Committer::Take() {
  std::vector<Work> works;
  std::size_t records = 0;
  while (!queue_.empty() && works.size() < options_.max_requests) {
    records += queue_.front().writes.records.size();
    if (!works.empty() && records > options_.max_records) break;
    works.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return works;
}

void Committer::CommitAndAnswer(std::vector<Work> works) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<storage::NetworkBatch> batches;
  std::map<const NetworkLink*, std::size_t> batch_of;
  std::int64_t requests = 0;
  for (Work& work : works) {
    if (work.link->failed_generation.load() >= work.generation || !HasWrites(work.writes)) continue;
    const auto [place, is_new] = batch_of.try_emplace(work.link.get(), batches.size());
    if (is_new) batches.push_back({.network = work.link->network, .records = {}, .responses = {}});
    Merge(&work.writes, &batches[place->second]);
    ++requests;
  }
  std::vector<absl::Status> outcomes;
  if (!batches.empty()) outcomes = Commit(batches, requests);
  for (const Work& work : works) {
    const auto place = batch_of.find(work.link.get());
    const std::size_t batch = place == batch_of.end() ? kNone : place->second;
    const bool lost_before = work.link->failed_generation.load() >= work.generation;
    if (batch != kNone && !lost_before && !outcomes[batch].ok())
      work.link->failed_generation.store(work.generation);
    const bool lost = work.link->failed_generation.load() >= work.generation;
    if (!lost) {
      work.link->durable_work.store(work.number);
      work.done(absl::OkStatus());
    } else {
      work.done(Failed(batch != kNone && !outcomes[batch].ok()
                           ? outcomes[batch]
                           : absl::UnavailableError("an earlier commit failed")));
    }
  }
}

std::vector<absl::Status> Committer::Commit(const std::vector<storage::NetworkBatch>& batches,
                                            std::int64_t requests) {
  const absl::Status together = CommitOnce(batches, requests);
  std::vector<absl::Status> outcomes(batches.size(), together);
  if (!BlamesOneNetwork(together) || batches.size() == 1) return outcomes;
  for (std::size_t k = 0; k < batches.size(); ++k)
    outcomes[k] = CommitOnce(std::span(batches).subspan(k, 1), 0);
  return outcomes;
}

absl::Status Committer::CommitOnce(std::span<const storage::NetworkBatch> batches,
                                   std::int64_t requests) {
  CommitSample sample;
  sample.requests = requests;
  {
    MutexLock lock(&mutex_);
    sample.waiting = static_cast<std::int64_t>(queue_.size());
  }
  for (const storage::NetworkBatch& batch : batches)
    sample.records += static_cast<std::int64_t>(batch.records.size());
  const auto start = clock_->steady();
  absl::Status status = store_->CommitBatch(batches);
  if (status.ok()) status = failpoint::Pass(failpoint::Point::kBeforeAcknowledge);
  sample.ok = status.ok();
  sample.duration_s = std::chrono::duration<double>(clock_->steady() - start).count();
  metrics_->Record(sample);
  return status;
}

}  // namespace skein::server
