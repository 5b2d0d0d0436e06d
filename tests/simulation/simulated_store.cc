#include "tests/simulation/simulated_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::simulation {
namespace {

absl::Status Failure(const char* what) { return absl::UnavailableError(what); }

}  // namespace

SimulatedStore::SimulatedStore(Disk* disk, Scheduler* scheduler, const StoreFaults* faults,
                               Sabotage sabotage)
    : disk_(disk), scheduler_(scheduler), faults_(faults), sabotage_(sabotage) {}

SimulatedStore::~SimulatedStore() {
  if (!cut_) Flush().IgnoreError();  // a deposed writer's is refused, as it should be
}

void SimulatedStore::Wait() {
  if (!cut_ && scheduler_->dice().Chance(faults_->slow))
    scheduler_->Meanwhile(1 + scheduler_->dice().Below(faults_->slow_ms));
}

absl::Status SimulatedStore::CommitBatch(std::span<const storage::NetworkBatch> batches) {
  Wait();
  if (cut_) return Failure("the server has crashed");
  SKEIN_RETURN_IF_ERROR(Flush());
  Batches copy(batches.begin(), batches.end());
  if (sabotage_ == Sabotage::kAcknowledgeFirst) {
    acknowledged_ = std::move(copy);
    return absl::OkStatus();
  }
  if (scheduler_->dice().Chance(faults_->not_written)) {
    ++failed_commits_;
    return Failure("injected: not written");
  }
  SKEIN_RETURN_IF_ERROR(Write(std::move(copy)));
  Wait();
  if (cut_) return Failure("the server has crashed");
  if (!scheduler_->dice().Chance(faults_->in_doubt)) return absl::OkStatus();
  ++in_doubt_commits_;
  return Failure("injected: written, but the answer is lost");
}

absl::Status SimulatedStore::Write(Batches batches) {
  const bool stale = !term_lasts();
  if (stale && sabotage_ != Sabotage::kNoFence)
    return absl::FailedPreconditionError("another server is the writer");
  if (sabotage_ == Sabotage::kHalfTransaction && batches.size() > 1) batches.pop_back();
  if (sabotage_ == Sabotage::kForgetAnswers)
    for (storage::NetworkBatch& batch : batches) batch.responses.clear();
  SKEIN_RETURN_IF_ERROR(disk_->memory.CommitBatch(batches));
  ++disk_->term.batches;
  if (stale) ++disk_->stale_writes;
  return absl::OkStatus();
}

absl::Status SimulatedStore::Flush() {
  if (acknowledged_.empty()) return absl::OkStatus();
  return Write(std::exchange(acknowledged_, {}));
}

absl::Status SimulatedStore::BeforeRead() {
  Wait();
  if (cut_) return Failure("the server has crashed");
  SKEIN_RETURN_IF_ERROR(Flush());
  if (scheduler_->dice().Chance(faults_->read_fails)) return Failure("injected: not read");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<storage::NetworkRecord>> SimulatedStore::ListNetworks() {
  SKEIN_RETURN_IF_ERROR(BeforeRead());
  return disk_->memory.ListNetworks();
}

absl::StatusOr<std::optional<storage::SnapshotRecord>> SimulatedStore::LoadSnapshot(
    const std::string& network, std::int64_t at_most) {
  SKEIN_RETURN_IF_ERROR(BeforeRead());
  return disk_->memory.LoadSnapshot(network, at_most);
}

absl::StatusOr<std::vector<storage::JournalRecord>> SimulatedStore::ReadJournal(
    const storage::JournalQuery& query) {
  SKEIN_RETURN_IF_ERROR(BeforeRead());
  return disk_->memory.ReadJournal(query);
}

absl::StatusOr<std::optional<storage::ResponseRecord>> SimulatedStore::FindResponse(
    const std::string& network, const std::string& method, const std::string& request_id) {
  SKEIN_RETURN_IF_ERROR(BeforeRead());
  return disk_->memory.FindResponse(network, method, request_id);
}

// Lease ---------------------------------------------------------------------------------------

absl::Status SimulatedStore::BeforeLease() {
  if (cut_) return Failure("the server has crashed");
  if (scheduler_->dice().Chance(faults_->read_fails)) return Failure("injected: no lease");
  return absl::OkStatus();
}

absl::StatusOr<storage::WriterTerm> SimulatedStore::Read() {
  SKEIN_RETURN_IF_ERROR(BeforeLease());
  return disk_->term;
}

absl::StatusOr<std::int64_t> SimulatedStore::Take(const storage::WriterTerm& seen,
                                                  const storage::WriterClaim& claim) {
  SKEIN_RETURN_IF_ERROR(BeforeLease());
  if (!(disk_->term == seen)) return absl::AbortedError("somebody was faster, or lives");
  disk_->term = {.epoch = seen.epoch + 1, .address = claim.address, .lease_ms = claim.lease_ms};
  if (scheduler_->dice().Chance(faults_->in_doubt)) return Failure("injected: taken, unanswered");
  epoch_ = disk_->term.epoch;
  return epoch_;
}

absl::Status SimulatedStore::Renew() {
  SKEIN_RETURN_IF_ERROR(BeforeLease());
  if (!term_lasts()) return absl::FailedPreconditionError("the term has ended");
  ++disk_->term.beats;
  return absl::OkStatus();
}

absl::Status SimulatedStore::Release() {
  SKEIN_RETURN_IF_ERROR(BeforeLease());
  if (term_lasts()) disk_->term.ended = true;
  return absl::OkStatus();
}

}  // namespace skein::simulation
