// What survives failing commits, restarts and damaged stores.

#include <string>
#include <vector>

#include "proto/codec/decision_codec.h"
#include "proto/codec/event_codec.h"
#include "proto/codec/resource_name.h"
#include "server/base/reason.h"
#include "server/controller.h"
#include "server/network/network_host.h"
#include "sim/archive.h"
#include "sim/realised_day.h"
#include "sim/simulator.h"
#include "skein/v1/journal.pb.h"
#include "tests/server/harness.h"
#include "tests/sim/triangle.h"

namespace skein::server {
namespace {

using storage::FaultyStore;

class DurabilityTest : public ControllerTest {
 protected:
  // Drives the network "a" as `skein drive` does: events and decisions go to the server, and its
  // decisions into a world of our own. Stops after `decisions` more decisions; false at the day's
  // end. Digests must agree all the way.
  bool Drive(sim::Simulator& simulator, const codec::Names& names, int decisions) {
    while (decisions > 0) {
      while (!simulator.world().open_points().empty() && decisions > 0) {
        const AircraftId aircraft = simulator.world().open_points().front();
        const auto answer = Decide("a", names.Of(aircraft), "d" + std::to_string(++requests_));
        if (!answer.ok()) ADD_FAILURE() << answer.status();
        const auto decision = codec::DecodeDecision(answer->decision().decision(), names);
        EXPECT_TRUE(simulator.Commit(*decision).accepted());
        EXPECT_EQ(answer->decision().digest(), codec::HexDigest(simulator.world().Digest()));
        --decisions;
      }
      if (decisions == 0) return true;
      const auto event = simulator.NextEvent();
      if (!event.has_value()) return false;
      EXPECT_TRUE(simulator.Apply(*event).ok());
      const auto answer = Ingest("a", ++events_, codec::EncodeEvent(*event, names));
      EXPECT_TRUE(answer.ok()) << answer.status();
    }
    return true;
  }

  std::shared_ptr<const sim::Network> network_ = sim::Network::Create(Triangle()).value();
  codec::Names names_{Triangle()};
  int requests_ = 0;
  int events_ = 0;
};

TEST_F(DurabilityTest, GivesTheSameDayAsAWorldOfOnesOwn) {
  ASSERT_TRUE(Create("a").ok());
  sim::Simulator simulator(network_, 7);

  EXPECT_FALSE(Drive(simulator, names_, 1'000'000));

  v1::GetDaySummaryRequest day;
  day.set_network("networks/a");
  const auto summary = Ask(controller(), &Controller::GetDaySummary, day);
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_TRUE(summary->settled());
  EXPECT_EQ(summary->report().profit_usd(),
            static_cast<double>(simulator.world().settled_days().back().profit_cents()) / 100);
  EXPECT_EQ(summary->report().digest(), codec::HexDigest(simulator.world().Digest()));
  EXPECT_GT(summary->report().flights(), 0);
}

TEST_F(DurabilityTest, GivesTheSameDayWhenItCrashesAndRestartsOnTheWay) {
  options_.snapshot_every_records = 7;
  Restart();
  ASSERT_TRUE(Create("a", "random").ok());
  sim::Simulator simulator(network_, 8);

  for (int k = 0; Drive(simulator, names_, 2); ++k) {
    if (k % 2 == 0)
      Crash();
    else
      Restart();
    EXPECT_EQ(Digest("a"), codec::HexDigest(simulator.world().Digest()));
  }

  v1::GetDaySummaryRequest day;
  day.set_network("networks/a");
  EXPECT_EQ(Ask(controller(), &Controller::GetDaySummary, day)->report().digest(),
            codec::HexDigest(simulator.world().Digest()));
  const storage::NetworkRecord record = memory_.ListNetworks().value()[0];
  const auto replayed = NetworkHost::Load(record, &memory_, NetworkHost::Begin::kFirstRecord);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_EQ((*replayed)->world().Digest(), simulator.world().Digest());
}

TEST_F(DurabilityTest, GivesTheSameDayWhenCommitsFailOnTheWay) {
  ASSERT_TRUE(Create("a").ok());
  sim::Simulator simulator(network_, 9);

  bool goes_on = true;
  for (int k = 0; goes_on; ++k) {
    goes_on = Drive(simulator, names_, 3);
    store_.FailCommits(1,
                       k % 2 == 0 ? FaultyStore::Fault::kNotWritten : FaultyStore::Fault::kInDoubt);
    const auto failed = Advance("a", events_ + 1, ToMs(simulator.world().now()));
    EXPECT_THAT(failed.status(), HasCode(absl::StatusCode::kUnavailable));
    EXPECT_EQ(ReasonOf(failed.status()), kCommitFailed);
    const auto again = Advance("a", ++events_, ToMs(simulator.world().now()));
    EXPECT_TRUE(again.ok()) << again.status();
    ExternalEvent same{simulator.world().now(), TimeAdvanced{}};
    EXPECT_TRUE(simulator.mutable_world().Apply(same).ok());
    EXPECT_EQ(Digest("a"), codec::HexDigest(simulator.world().Digest()));
  }
}

TEST_F(DurabilityTest, ShowsNothingOfAFailedCommit) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  const std::string before = Digest("a");
  store_.FailCommits(1, FaultyStore::Fault::kNotWritten);

  const auto failed = Decide("a", "N1", "d-1");

  EXPECT_THAT(failed.status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(Digest("a"), before);
  const auto again = Decide("a", "N1", "d-1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->decision().id(), 0);
}

TEST_F(DurabilityTest, FindsTheAnswerOfACommitInDoubt) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  store_.FailCommits(1, FaultyStore::Fault::kInDoubt);

  const auto in_doubt = Decide("a", "N1", "d-1");
  const auto again = Decide("a", "N1", "d-1");

  EXPECT_THAT(in_doubt.status(), HasCode(absl::StatusCode::kUnavailable));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(Get("a")->decision_count(), 1);
}

TEST_F(DurabilityTest, CreatesOnceWhenTheCreationIsInDoubt) {
  store_.FailCommits(1, FaultyStore::Fault::kInDoubt);
  const auto in_doubt = Create("a");
  const auto again = Create("a");
  store_.FailCommits(1, FaultyStore::Fault::kNotWritten);
  const auto failed = Create("b");
  const auto absent = Get("b");
  const auto created = Create("b");

  EXPECT_THAT(in_doubt.status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(failed.status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_THAT(absent.status(), HasCode(absl::StatusCode::kNotFound));
  EXPECT_TRUE(created.ok()) << created.status();
}

TEST_F(DurabilityTest, AnswersARepeatThatComesBeforeTheFirstIsDurable) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  store_.Stall(true);
  std::vector<absl::StatusOr<v1::SubmitTripResponse>> answers(2, absl::InternalError("no answer"));
  Notification done[2];
  for (std::size_t k = 0; k < 2; ++k)
    controller().SubmitTrip(Trip("a", "t-1"), {},
                            [&, k](absl::StatusOr<v1::SubmitTripResponse> answer) {
                              answers[k] = std::move(answer);
                              done[k].Notify();
                            });
  EXPECT_FALSE(done[0].happened());

  store_.Stall(false);
  for (Notification& each : done) each.Wait();

  ASSERT_TRUE(answers[0].ok() && answers[1].ok());
  EXPECT_EQ(answers[0]->trip().id(), 1);
  EXPECT_EQ(answers[1]->trip().id(), 1);
  EXPECT_EQ(Get("a")->journal_sequence(), 2);
}

TEST_F(DurabilityTest, RefusesWhenTooManyRequestsWait) {
  options_.network_queue_length = 3;
  Restart();
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Create("b").ok());
  store_.Stall(true);
  Notification done[3];
  for (std::size_t k = 0; k < 3; ++k)
    controller().SubmitTrip(
        Trip("a", "t" + std::to_string(k)), {},
        [&, k](const absl::StatusOr<v1::SubmitTripResponse>&) { done[k].Notify(); });

  const auto refused = Ask(controller(), &Controller::SubmitTrip, Trip("a", "t3"));
  store_.Stall(false);
  for (Notification& each : done) each.Wait();

  EXPECT_THAT(refused.status(), HasCode(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(ReasonOf(refused.status()), kQueueFull);
  EXPECT_TRUE(Ask(controller(), &Controller::SubmitTrip, Trip("a", "t3")).ok());
}

TEST_F(DurabilityTest, RebuildsWhenTheStoreCanBeReadAgain) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, 1000).ok());
  store_.FailCommits(1, FaultyStore::Fault::kNotWritten);
  EXPECT_FALSE(Advance("a", 2, 2000).ok());
  store_.FailReads(true);

  const auto recovering = Advance("a", 2, 2000);
  const auto seen = Get("a");
  store_.FailReads(false);
  clock_.Advance(10'000);
  const auto recovered = Advance("a", 2, 2000);

  EXPECT_THAT(recovering.status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(seen->state(), v1::NETWORK_STATE_RECOVERING);
  EXPECT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(Get("a")->state(), v1::NETWORK_STATE_ACTIVE);
}

TEST_F(DurabilityTest, QuarantinesANetworkWhoseJournalIsDamaged) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Create("b").ok());
  ASSERT_TRUE(Advance("a", 1, 1000).ok());
  ASSERT_TRUE(Advance("b", 1, 1000).ok());
  memory_.DamageRecord("a", 1);
  Crash();

  const auto damaged = Get("a");
  ASSERT_TRUE(damaged.ok()) << damaged.status();
  EXPECT_EQ(damaged->state(), v1::NETWORK_STATE_QUARANTINED);
  EXPECT_THAT(damaged->quarantine_reason(), testing::HasSubstr("record 1 is damaged"));
  const auto refused = Advance("a", 2, 2000);
  EXPECT_THAT(refused.status(), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(ReasonOf(refused.status()), kNetworkQuarantined);
  EXPECT_TRUE(Advance("b", 2, 2000).ok());
}

TEST_F(DurabilityTest, QuarantinesANetworkThatReplaysToAnotherDigest) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());
  // Somebody appends a decision with a digest that is not the world's.
  storage::NetworkBatch batch;
  batch.network = "a";
  batch.records = memory_.ReadJournal({.network = "a", .after_sequence = 1}).value();
  batch.records[0].sequence = 3;
  batch.records[0].number = 1;
  v1::JournalRecord message;
  ASSERT_TRUE(message.ParseFromString(batch.records[0].payload));
  message.mutable_decision()->mutable_decision()->set_aircraft("N2");
  batch.records[0].payload = message.SerializeAsString();
  Crash();
  ASSERT_TRUE(memory_.CommitBatch(std::vector{batch}).ok());
  Crash();

  EXPECT_EQ(Get("a")->state(), v1::NETWORK_STATE_QUARANTINED);
  EXPECT_THAT(Get("a")->quarantine_reason(), testing::HasSubstr("replay of record 3"));
}

// Changes the last occurrence of some bytes in a world's snapshot, and its checksum to match.
void Forge(std::string* snapshot, const std::string& bytes) {
  snapshot->resize(snapshot->size() - 8);
  ++(*snapshot)[snapshot->rfind(bytes)];
  sim::Hasher hasher;
  hasher.Bytes(*snapshot);
  sim::Writer checksum;
  checksum.Word(hasher.value());
  *snapshot += checksum.bytes();
}

// A snapshot that lacks a reserved slot: the replay of the cancellation breaks an invariant.
TEST_F(DurabilityTest, QuarantinesANetworkWhoseReplayBreaksAnInvariant) {
  script_ = [](const Observation&, Choice* choice) {
    choice->action = Action::Fly(VertiportId{1});
    return absl::OkStatus();
  };
  ASSERT_TRUE(Create("a", "scripted").ok());
  ASSERT_TRUE(Create("b").ok());
  ASSERT_TRUE(Advance("a", 1, kOpenMs).ok());
  ASSERT_TRUE(Decide("a", "N1", "d-1").ok());
  const storage::NetworkRecord record = memory_.ListNetworks().value().front();
  const auto host = NetworkHost::Load(record, &memory_).value();
  const sim::AircraftState& aircraft = host->world().state().aircraft.front();
  ASSERT_EQ(aircraft.phase, AircraftPhase::kCommitted);
  sim::Writer slot;
  slot.Word(sim::WordOf(aircraft.pad_in));
  storage::SnapshotRecord snapshot = host->MakeSnapshot();
  v1::NetworkSnapshot message;
  ASSERT_TRUE(message.ParseFromString(snapshot.payload));
  Forge(message.mutable_world(), slot.bytes());
  const auto forged = sim::World::Restore(host->world().shared_network(), message.world());
  ASSERT_TRUE(forged.ok()) << forged.status();
  message.set_digest(codec::HexDigest(forged->Digest()));
  snapshot.payload = message.SerializeAsString();
  v1::Event cancelled;
  cancelled.set_time_ms(kOpenMs);
  cancelled.mutable_commitment_cancelled()->set_aircraft("N1");
  ASSERT_TRUE(Ingest("a", 2, cancelled).ok());
  Crash();
  storage::NetworkBatch batch;
  batch.network = "a";
  batch.snapshot = snapshot;
  ASSERT_TRUE(memory_.CommitBatch(std::vector{batch}).ok());

  Crash();

  EXPECT_EQ(Get("a")->state(), v1::NETWORK_STATE_QUARANTINED);
  EXPECT_THAT(Get("a")->quarantine_reason(), testing::HasSubstr("a slot that is not reserved"));
  EXPECT_EQ(Get("b")->state(), v1::NETWORK_STATE_ACTIVE);
}

TEST_F(DurabilityTest, StartsFromTheNewestGoodSnapshot) {
  options_.snapshot_every_records = 2;
  Restart();
  ASSERT_TRUE(Create("a").ok());
  for (int k = 1; k <= 9; ++k) ASSERT_TRUE(Advance("a", k, k * 1000).ok());
  const std::string digest = Digest("a");

  memory_.DamageSnapshot("a", 8);
  Crash();
  EXPECT_EQ(Digest("a"), digest);

  // The journal before the snapshot is not needed to start.
  memory_.DamageRecord("a", 1);
  Crash();
  EXPECT_EQ(Digest("a"), digest);
}

TEST_F(DurabilityTest, WritesASnapshotWhenItDrains) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Advance("a", 1, 1000).ok());

  controller().Drain();

  EXPECT_EQ(memory_.LoadSnapshot("a", 1000).value()->sequence, 1);
}

// A conflict is one network's fault; the others that share its transaction do not suffer.
TEST_F(DurabilityTest, KeepsAConflictToItsNetwork) {
  ASSERT_TRUE(Create("a").ok());
  ASSERT_TRUE(Create("b").ok());
  storage::NetworkBatch foreign;
  foreign.network = "a";
  foreign.records.push_back({.sequence = 1, .kind = 1, .payload = {}});
  v1::JournalRecord message;
  message.mutable_event()->mutable_event()->set_time_ms(500);
  message.mutable_event()->mutable_event()->mutable_time_advanced();
  foreign.records[0].payload = message.SerializeAsString();
  store_.Stall(true);
  absl::StatusOr<v1::SubmitTripResponse> answers[2] = {absl::InternalError("no answer"),
                                                       absl::InternalError("no answer")};
  Notification done[2];
  const char* const ids[] = {"a", "b"};
  for (std::size_t k = 0; k < 2; ++k)
    controller().SubmitTrip(Trip(ids[k], "t"), {},
                            [&, k](absl::StatusOr<v1::SubmitTripResponse> answer) {
                              answers[k] = std::move(answer);
                              done[k].Notify();
                            });
  ASSERT_TRUE(memory_.CommitBatch(std::vector{foreign}).ok());
  store_.Stall(false);
  for (Notification& each : done) each.Wait();

  EXPECT_THAT(answers[0].status(), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(answers[1].ok()) << answers[1].status();
  EXPECT_TRUE(Ask(controller(), &Controller::SubmitTrip, Trip("a", "t")).ok());
  EXPECT_EQ(Get("a")->progress().time_ms(), 500);
}

}  // namespace
}  // namespace skein::server
