#include "server/committer.h"

#include <memory>
#include <string>
#include <vector>

#include "server/base/executor.h"
#include "server/base/reason.h"
#include "sim/domain/mutex.h"
#include "storage/memory_store.h"
#include "tests/server/harness.h"

namespace skein::server {
namespace {

using storage::FaultyStore;
using testing::ElementsAre;

class CommitterTest : public testing::Test {
 protected:
  ~CommitterTest() override {
    store_.Stall(false);
    committer_.reset();
  }

  void Start(const Committer::Options& options = {}) {
    committer_ = std::make_unique<Committer>(options, &store_, &clock_, &metrics_, &threads_);
  }
  std::shared_ptr<NetworkLink> NewNetwork(const std::string& id) {
    storage::NetworkBatch batch;
    batch.network = id;
    batch.created.emplace();
    batch.created->id = id;
    batch.created->clock = "EXTERNAL";
    EXPECT_TRUE(memory_.CommitBatch(std::vector{batch}).ok());
    return std::make_shared<NetworkLink>(id);
  }
  // Submits work that appends the record `sequence` (0: a read); it answers with its number.
  void Submit(const std::shared_ptr<NetworkLink>& link, int number, std::int64_t sequence,
              std::uint64_t generation = 1) {
    Work work{link, generation, number, {}, nullptr};
    work.writes.network = link->network;
    if (sequence > 0) {
      storage::JournalRecord& record = work.writes.records.emplace_back();
      record.sequence = sequence;
    }
    work.done = [this, number](const absl::Status& status) {
      MutexLock lock(&mutex_);
      answers_.push_back(status.ok() ? number : -number);
    };
    committer_->Submit(std::move(work));
  }
  // Everything is answered.
  std::vector<int> Finish() {
    store_.Stall(false);
    committer_->Stop();
    MutexLock lock(&mutex_);
    return answers_;
  }

  storage::MemoryStore memory_;
  FaultyStore store_{&memory_};
  ManualClock clock_;
  NoMetrics metrics_;
  ThreadExecutor threads_;
  std::unique_ptr<Committer> committer_;
  Mutex mutex_;
  std::vector<int> answers_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(CommitterTest, LetsWhatArrivesDuringACommitShareTheNext) {
  Start();
  store_.Stall(true);
  std::vector<std::shared_ptr<NetworkLink>> networks;
  for (int k = 0; k < 10; ++k) networks.push_back(NewNetwork("n" + std::to_string(k)));

  for (std::size_t k = 0; k < 10; ++k) Submit(networks[k], static_cast<int>(k) + 1, 1);

  EXPECT_EQ(Finish().size(), 10U);
  EXPECT_LE(store_.commits(), 2);
  EXPECT_GE(store_.largest_batch(), 5);
}

TEST_F(CommitterTest, AnswersInTheOrderOfSubmission) {
  Start();
  const auto a = NewNetwork("a");
  const auto b = NewNetwork("b");
  Submit(a, 1, 1);
  Submit(b, 2, 0);
  Submit(a, 3, 2);
  Submit(a, 4, 0);
  Submit(b, 5, 1);

  EXPECT_THAT(Finish(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(a->durable_work, 4);
  EXPECT_EQ(b->durable_work, 5);
}

TEST_F(CommitterTest, CommitsNothingForReads) {
  Start();
  const auto a = NewNetwork("a");
  Submit(a, 1, 0);

  EXPECT_THAT(Finish(), ElementsAre(1));
  EXPECT_EQ(store_.commits(), 0);
}

TEST_F(CommitterTest, BoundsATransaction) {
  Start({.max_requests = 4, .max_records = 100, .queue_length = 100});
  const auto a = NewNetwork("a");
  store_.Stall(true);
  for (int k = 1; k <= 12; ++k) Submit(a, k, k);

  EXPECT_EQ(Finish().size(), 12U);
  EXPECT_GE(store_.commits(), 3);
}

TEST_F(CommitterTest, FailsWhatWroteAndWhatWasComputedFromIt) {
  Start({.max_requests = 1, .max_records = 1, .queue_length = 100});
  const auto a = NewNetwork("a");
  const auto b = NewNetwork("b");
  store_.Stall(true);
  store_.FailCommits(1, FaultyStore::Fault::kNotWritten);
  Submit(a, 1, 1);     // fails
  Submit(a, 2, 2);     // computed from what failed
  Submit(a, 3, 0);     // a read of it
  Submit(b, 4, 1);     // another network
  Submit(a, 5, 1, 2);  // rebuilt

  EXPECT_THAT(Finish(), ElementsAre(-1, -2, -3, 4, 5));
  EXPECT_EQ(a->failed_generation, 1U);
  EXPECT_EQ(b->failed_generation, 0U);
}

TEST_F(CommitterTest, KeepsAConflictToItsNetwork) {
  Start();
  const auto a = NewNetwork("a");
  const auto b = NewNetwork("b");
  const auto c = NewNetwork("c");
  store_.Stall(true);
  Submit(a, 1, 0);
  Submit(a, 2, 1);
  Submit(b, 3, 7);  // does not follow
  Submit(c, 4, 1);

  EXPECT_THAT(Finish(), ElementsAre(1, 2, -3, 4));
}

}  // namespace
}  // namespace skein::server
