// Two servers share a store in memory: who writes, what the other one shows, and how it takes over.

#include "server/elector.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>

#include "policy/rules/rules.h"
#include "server/base/reason.h"
#include "tests/server/harness.h"
#include "tests/sim/triangle.h"

namespace skein::server {
namespace {

// A store and its copy, which takes its place when it fails.
class ReplicatedStore : public storage::FleetStore {
 public:
  // From now on the copy misses what is written.
  void Part() { parted_ = true; }
  void FailOver() { current_ = &copy_; }

  absl::Status CommitBatch(std::span<const storage::NetworkBatch> batches) override {
    const absl::Status done = current_.load()->CommitBatch(batches);
    return done.ok() && !parted_ ? copy_.CommitBatch(batches) : done;
  }
  absl::StatusOr<std::vector<storage::NetworkRecord>> ListNetworks() override {
    return current_.load()->ListNetworks();
  }
  absl::StatusOr<std::optional<storage::SnapshotRecord>> LoadSnapshot(
      const std::string& network, std::int64_t at_most) override {
    return current_.load()->LoadSnapshot(network, at_most);
  }
  absl::StatusOr<std::vector<storage::JournalRecord>> ReadJournal(
      const storage::JournalQuery& query) override {
    return current_.load()->ReadJournal(query);
  }
  absl::StatusOr<std::optional<storage::ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override {
    return current_.load()->FindResponse(network, method, request_id);
  }

 private:
  storage::MemoryStore primary_, copy_;
  std::atomic<storage::MemoryStore*> current_{&primary_};
  std::atomic<bool> parted_{false};
};

// The writer's terms of a store in memory, and the fence that goes with them.
class SharedStore {
 public:
  ReplicatedStore& store() { return store_; }

  // The store as one server sees it: batches of an old term are refused.
  class Seat : public storage::FaultyStore, public storage::WriterLease {
   public:
    explicit Seat(SharedStore* shared) : FaultyStore(&shared->store_), shared_(shared) {}

    absl::Status CommitBatch(std::span<const storage::NetworkBatch> batches) override {
      MutexLock lock(&shared_->mutex_);
      if (epoch_ == 0 || shared_->term_.epoch != epoch_ || shared_->term_.ended)
        return absl::FailedPreconditionError("another server is the writer");
      const absl::Status done = FaultyStore::CommitBatch(batches);
      if (done.ok()) ++shared_->term_.batches;
      return done;
    }
    absl::StatusOr<storage::WriterTerm> Read() override {
      MutexLock lock(&shared_->mutex_);
      if (away_) return absl::UnavailableError("the database is away");
      return shared_->term_;
    }
    absl::StatusOr<std::int64_t> Take(const storage::WriterTerm& seen,
                                      const storage::WriterClaim& claim) override {
      MutexLock lock(&shared_->mutex_);
      if (!(shared_->term_ == seen)) return absl::AbortedError("the writer lives");
      epoch_ = seen.epoch + 1;
      shared_->term_ = {epoch_, claim.address, claim.lease_ms, 0, 0, false};
      return epoch_.load();
    }
    absl::Status Renew() override {
      MutexLock lock(&shared_->mutex_);
      if (away_) return absl::UnavailableError("the database is away");
      if (shared_->term_.epoch != epoch_) return absl::FailedPreconditionError("succeeded");
      ++shared_->term_.beats;
      return absl::OkStatus();
    }
    absl::Status Release() override {
      MutexLock lock(&shared_->mutex_);
      shared_->term_.ended = true;
      return absl::OkStatus();
    }
    void GoAway(bool away) { away_ = away; }

   private:
    SharedStore* const shared_;
    std::atomic<std::int64_t> epoch_{0};
    std::atomic<bool> away_{false};
  };

 private:
  friend class Seat;
  ReplicatedStore store_;
  Mutex mutex_;
  storage::WriterTerm term_ ABSL_GUARDED_BY(mutex_);
};

// One server with its elector; Step is called by the test.
class Server {
 public:
  Server(SharedStore* shared, ManualClock* clock, const std::string& address)
      : seat(shared), clock_(clock) {
    const ControllerParts parts{
        .store = &seat,
        .clock = clock,
        .metrics = &metrics_,
        .role = &role,
        .dispatchers =
            [](const DispatcherRequest& request) -> absl::StatusOr<std::unique_ptr<Dispatcher>> {
          return policy::MakeGreedy(request.network);
        },
        .scenarios = [](const std::string&) -> absl::StatusOr<Scenario> { return Triangle(); }};
    controller = std::move(Controller::Open({.sequencer_threads = 1}, parts)).value();
    Elector::Options options;
    options.claim = {"test", address, 3000};
    options.on_role = [this](bool leads, std::int64_t epoch, const std::string&) {
      roles.emplace_back(leads, epoch);
    };
    elector = std::make_unique<Elector>(std::move(options), &seat, controller.get(), &role, clock);
  }

  bool leads() const { return role.leads(clock_->steady()); }

  absl::Status Create(const std::string& id) {
    v1::CreateNetworkRequest request;
    request.set_request_id("create-" + id);
    request.set_network_id(id);
    request.set_scenario_name("triangle");
    request.set_clock(v1::CLOCK_MODE_EXTERNAL);
    return Ask(*controller, &Controller::CreateNetwork, request).status();
  }
  absl::Status Advance(const std::string& id, std::int64_t sequence, std::int64_t ms) {
    v1::IngestEventRequest request;
    request.mutable_item()->set_network("networks/" + id);
    request.mutable_item()->set_source("outside");
    request.mutable_item()->set_source_sequence(sequence);
    request.mutable_item()->mutable_event()->set_time_ms(ms);
    request.mutable_item()->mutable_event()->mutable_time_advanced();
    return Ask(*controller, &Controller::IngestEvent, request).status();
  }
  v1::Network Get(const std::string& id) {
    v1::GetNetworkRequest request;
    request.set_name("networks/" + id);
    request.set_want_digest(true);
    auto answer = Ask(*controller, &Controller::GetNetwork, request);
    return answer.ok() ? answer->network() : v1::Network();
  }

  SharedStore::Seat seat;
  WriterRole role;
  std::vector<std::pair<bool, std::int64_t>> roles;

 private:
  const ManualClock* const clock_;
  NoMetrics metrics_;  // the controller records until it is gone

 public:
  std::unique_ptr<Controller> controller;
  std::unique_ptr<Elector> elector;
};

class ElectorTest : public testing::Test {
 protected:
  // Lets time pass for both servers, who look every 300 ms.
  void Pass(std::int64_t ms) {
    for (std::int64_t passed = 0; passed < ms; passed += 300) {
      clock_.Advance(300);
      if (!a_stopped_) a_.elector->Step();
      b_.elector->Step();
      a_.controller->Wake();
      b_.controller->Wake();
    }
  }

  ManualClock clock_;
  SharedStore shared_;
  Server a_{&shared_, &clock_, "a:1"};
  Server b_{&shared_, &clock_, "b:1"};
  bool a_stopped_ = false;  // as by SIGSTOP
};

TEST_F(ElectorTest, LetsOneServerLeadAndTheOtherNameIt) {
  a_.elector->Step();
  b_.elector->Step();

  EXPECT_EQ(a_.Create("net"), absl::OkStatus());
  const absl::Status refused = b_.Create("other");
  EXPECT_THAT(refused, HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(refused), kNotLeader);
  EXPECT_EQ(LeaderOf(refused), "a:1");
  EXPECT_EQ(ReasonOf(b_.Advance("net", 1, 1000)), kNotLeader);
  EXPECT_THAT(a_.roles, testing::ElementsAre(std::pair(true, 1)));
  EXPECT_THAT(b_.roles, testing::ElementsAre(std::pair(false, 1)));
}

TEST_F(ElectorTest, ShowsOnTheStandbyWhatTheLeaderDoes) {
  Pass(300);
  ASSERT_EQ(a_.Create("net"), absl::OkStatus());
  ASSERT_EQ(a_.Advance("net", 1, kOpenMs), absl::OkStatus());
  Pass(3000);

  EXPECT_EQ(b_.Get("net").progress().digest(), a_.Get("net").progress().digest());
  EXPECT_EQ(b_.Get("net").journal_sequence(), 1);
  EXPECT_TRUE(a_.leads());
  EXPECT_FALSE(b_.leads());
}

TEST_F(ElectorTest, TakesOverFromAWriterThatIsSilentForItsLease) {
  Pass(300);
  ASSERT_EQ(a_.Create("net"), absl::OkStatus());
  Pass(900);
  ASSERT_EQ(a_.Advance("net", 1, 1000), absl::OkStatus());
  a_stopped_ = true;
  Pass(2700);
  EXPECT_FALSE(b_.leads());
  Pass(900);

  EXPECT_TRUE(b_.leads());
  EXPECT_EQ(b_.Advance("net", 2, 2000), absl::OkStatus());
}

// A refusal needs no commit, so the fence does not see it: it would come from a stale memory.
TEST_F(ElectorTest, AnswersNothingAfterItHasSleptThroughItsLease) {
  Pass(300);
  ASSERT_EQ(a_.Create("net"), absl::OkStatus());
  a_stopped_ = true;
  Pass(6000);
  ASSERT_EQ(b_.Advance("net", 1, 2000), absl::OkStatus());

  const absl::Status gap = a_.Advance("net", 2, 3000);

  EXPECT_EQ(ReasonOf(gap), kNotLeader) << gap;
}

TEST_F(ElectorTest, LetsTheDeposedWriterDoNothingAndFollow) {
  Pass(300);
  ASSERT_EQ(a_.Create("net"), absl::OkStatus());
  a_stopped_ = true;
  Pass(6000);
  ASSERT_EQ(b_.Advance("net", 1, 1000), absl::OkStatus());

  const absl::Status late = a_.Advance("net", 1, 5000);

  EXPECT_THAT(late, HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ReasonOf(late), kNotLeader);
  a_stopped_ = false;
  Pass(1200);
  EXPECT_EQ(LeaderOf(a_.Advance("net", 1, 5000)), "b:1");
  EXPECT_EQ(a_.Get("net").progress().digest(), b_.Get("net").progress().digest());
  EXPECT_EQ(a_.Get("net").journal_sequence(), 1);
  EXPECT_EQ(a_.roles.back(), std::pair(false, std::int64_t{2}));
}

TEST_F(ElectorTest, TakesOverAtOnceWhenTheWriterGivesUp) {
  Pass(300);
  ASSERT_EQ(a_.Create("net"), absl::OkStatus());
  a_.controller->Drain();
  a_.elector->Stop();
  a_stopped_ = true;
  b_.elector->Step();

  EXPECT_TRUE(b_.leads());
  EXPECT_EQ(b_.Advance("net", 1, 1000), absl::OkStatus());
}

// A commit waited for the copy in vain; the standby has read it, but nobody was told of it.
TEST_F(ElectorTest, ForgetsWhatWasTakenBackWhenTheStoreFailedOver) {
  Pass(300);
  ASSERT_EQ(a_.Create("net"), absl::OkStatus());
  Pass(2700);
  shared_.store().Part();
  a_.seat.FailCommits(1, storage::FaultyStore::Fault::kInDoubt);
  a_.seat.FailReads(true);
  ASSERT_THAT(a_.Advance("net", 1, 1000), HasCode(absl::StatusCode::kUnavailable));
  Pass(600);
  ASSERT_EQ(b_.Get("net").journal_sequence(), 1);
  for (Server* server : {&a_, &b_}) server->seat.GoAway(true);
  Pass(300);
  shared_.store().FailOver();
  a_.seat.FailReads(false);
  for (Server* server : {&a_, &b_}) server->seat.GoAway(false);
  Pass(1200);
  ASSERT_EQ(a_.Advance("net", 1, 2000), absl::OkStatus());
  Pass(600);

  EXPECT_EQ(b_.Get("net").journal_sequence(), 1);
  EXPECT_EQ(b_.Get("net").progress().digest(), a_.Get("net").progress().digest());
}

TEST_F(ElectorTest, GivesTheWriterAWholeLeaseAfterTheStoreWasAway) {
  Pass(300);
  a_.seat.GoAway(true);
  b_.seat.GoAway(true);
  Pass(9000);
  a_.seat.GoAway(false);
  b_.seat.GoAway(false);
  b_.elector->Step();
  EXPECT_FALSE(b_.leads());
  Pass(6000);

  EXPECT_TRUE(a_.leads());
  EXPECT_FALSE(b_.leads());
}

}  // namespace
}  // namespace skein::server
