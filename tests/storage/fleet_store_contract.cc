#include "tests/storage/fleet_store_contract.h"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace skein::storage {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::int64_t> Sequences(const std::vector<JournalRecord>& records) {
  std::vector<std::int64_t> sequences;
  for (const JournalRecord& record : records) sequences.push_back(record.sequence);
  return sequences;
}

}  // namespace

TEST_P(FleetStoreContract, StartsEmpty) {
  const auto networks = store().ListNetworks();

  ASSERT_TRUE(networks.ok()) << networks.status();
  EXPECT_THAT(*networks, IsEmpty());
}

TEST_P(FleetStoreContract, ReturnsNetworksAsCreatedInOrder) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("z", 0), Creation("a", 0)}).ok());

  const auto networks = store().ListNetworks();

  ASSERT_TRUE(networks.ok()) << networks.status();
  ASSERT_THAT(*networks, SizeIs(2));
  EXPECT_EQ((*networks)[0].id, "z");
  const NetworkRecord wanted = SampleNetwork("a");
  const NetworkRecord& found = (*networks)[1];
  EXPECT_EQ(found.id, wanted.id);
  EXPECT_EQ(found.scenario, wanted.scenario);
  EXPECT_EQ(found.scenario_hash, wanted.scenario_hash);
  EXPECT_EQ(found.rules_version, wanted.rules_version);
  EXPECT_EQ(found.clock, wanted.clock);
  EXPECT_EQ(found.policy, wanted.policy);
  EXPECT_EQ(found.policy_seed, wanted.policy_seed);
  EXPECT_EQ(found.auto_dispatch, wanted.auto_dispatch);
  EXPECT_EQ(found.day_start_unix_ms, wanted.day_start_unix_ms);
}

TEST_P(FleetStoreContract, ReturnsRecordsAsAppended) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 3)}).ok());
  ASSERT_TRUE(store().CommitBatch(std::vector{Addition("a", 4, 5)}).ok());

  const auto records = store().ReadJournal({.network = "a"});

  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_THAT(*records, ElementsAre(SampleRecord(1), SampleRecord(2), SampleRecord(3),
                                    SampleRecord(4), SampleRecord(5)));
}

TEST_P(FleetStoreContract, ReadsAStretchOfTheJournal) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 10)}).ok());

  const auto limited = store().ReadJournal({.network = "a", .after_sequence = 3, .limit = 2});
  const auto bounded =
      store().ReadJournal({.network = "a", .after_sequence = 7, .before_sequence = 10});
  const auto beyond = store().ReadJournal({.network = "a", .after_sequence = 10});
  const auto far_beyond = store().ReadJournal({.network = "a", .after_sequence = 99});

  EXPECT_THAT(Sequences(limited.value()), ElementsAre(4, 5));
  EXPECT_THAT(Sequences(bounded.value()), ElementsAre(8, 9));
  EXPECT_THAT(beyond.value(), IsEmpty());
  EXPECT_THAT(far_beyond.value(), IsEmpty());
}

TEST_P(FleetStoreContract, SelectsByKindAndSubjectInBothOrders) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 12)}).ok());

  const auto kind = store().ReadJournal({.network = "a", .limit = 3, .kind = 2});
  const auto newest = store().ReadJournal({.network = "a", .limit = 2, .newest_first = true});
  const auto subject =
      store().ReadJournal({.network = "a", .newest_first = true, .kind = 2, .subject = 0});
  const auto next_page = store().ReadJournal(
      {.network = "a", .before_sequence = 12, .newest_first = true, .kind = 2, .subject = 0});

  EXPECT_THAT(Sequences(kind.value()), ElementsAre(2, 4, 6));
  EXPECT_THAT(Sequences(newest.value()), ElementsAre(12, 11));
  EXPECT_THAT(Sequences(subject.value()), ElementsAre(12, 6));
  EXPECT_THAT(Sequences(next_page.value()), ElementsAre(6));
}

TEST_P(FleetStoreContract, FindsARecordByItsNumber) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 12)}).ok());

  EXPECT_THAT(Sequences(store().ReadJournal({.network = "a", .kind = 2, .number = 3}).value()),
              ElementsAre(8));
  EXPECT_THAT(store().ReadJournal({.network = "a", .kind = 1, .number = 3}).value(), IsEmpty());
}

TEST_P(FleetStoreContract, RefusesANumberTwice) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 2)}).ok());
  NetworkBatch batch = Addition("a", 3, 4);
  batch.records[1].number = SampleRecord(2).number;

  EXPECT_TRUE(absl::IsAborted(store().CommitBatch(std::vector{batch})));
  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(2));
}

TEST_P(FleetStoreContract, RefusesSenselessQueries) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 1)}).ok());

  EXPECT_TRUE(absl::IsInvalidArgument(store().ReadJournal({.network = "a", .limit = 0}).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(store().ReadJournal({.network = "a", .subject = 1}).status()));
}

TEST_P(FleetStoreContract, RefusesRecordsThatDoNotContinueTheJournal) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 3)}).ok());

  EXPECT_TRUE(absl::IsAborted(store().CommitBatch(std::vector{Addition("a", 3, 3)})));
  EXPECT_TRUE(absl::IsAborted(store().CommitBatch(std::vector{Addition("a", 5, 5)})));
  NetworkBatch gap = Addition("a", 4, 5);
  gap.records[1].sequence = 6;
  EXPECT_TRUE(absl::IsInvalidArgument(store().CommitBatch(std::vector{gap})));

  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(3));
  EXPECT_TRUE(store().CommitBatch(std::vector{Addition("a", 4, 4)}).ok());
}

TEST_P(FleetStoreContract, RefusesTheSecondNetworkOfAName) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 2)}).ok());

  EXPECT_TRUE(absl::IsAlreadyExists(store().CommitBatch(std::vector{Creation("a", 0)})));
  under_test_->Reopen();
  EXPECT_TRUE(absl::IsAlreadyExists(store().CommitBatch(std::vector{Creation("a", 0)})));

  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(2));
}

TEST_P(FleetStoreContract, KnowsNoOtherNetworks) {
  EXPECT_TRUE(absl::IsNotFound(store().CommitBatch(std::vector{Addition("a", 1, 1)})));
  EXPECT_TRUE(absl::IsNotFound(store().ReadJournal({.network = "a"}).status()));
  EXPECT_TRUE(absl::IsNotFound(store().LoadSnapshot("a", 1).status()));
  EXPECT_EQ(store().FindResponse("a", "M", "r").value(), std::nullopt);
}

TEST_P(FleetStoreContract, RefusesANetworkTwiceInABatch) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      store().CommitBatch(std::vector{Creation("a", 1), Addition("a", 2, 2)})));
  EXPECT_THAT(store().ListNetworks().value(), IsEmpty());
}

TEST_P(FleetStoreContract, WritesAllNetworksOfABatchOrNone) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 1), Creation("b", 1)}).ok());

  NetworkBatch good = Addition("a", 2, 4);
  good.responses.push_back({"M", "r", "hash", "answer"});
  good.snapshot = SnapshotRecord{4, "state"};
  const absl::Status status =
      store().CommitBatch(std::vector{good, Creation("c", 2), Addition("b", 9, 9)});

  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(1));
  EXPECT_EQ(store().FindResponse("a", "M", "r").value(), std::nullopt);
  EXPECT_EQ(store().LoadSnapshot("a", 100).value(), std::nullopt);
  EXPECT_THAT(store().ListNetworks().value(), SizeIs(2));
  EXPECT_TRUE(store().CommitBatch(std::vector{good}).ok());
}

TEST_P(FleetStoreContract, RemembersEachAnswerOnce) {
  NetworkBatch batch = Creation("a", 1);
  const ResponseRecord answer{"Submit", "key", std::string("\0\1", 2), std::string("\0x", 2)};
  batch.responses.push_back(answer);
  ASSERT_TRUE(store().CommitBatch(std::vector{batch, Creation("b", 0)}).ok());

  NetworkBatch again = Addition("a", 2, 2);
  again.responses.push_back({"Submit", "key", "other", "other"});
  EXPECT_TRUE(absl::IsAborted(store().CommitBatch(std::vector{again})));
  NetworkBatch twice = Addition("a", 2, 2);
  twice.responses = {{"Submit", "new", "", ""}, {"Submit", "new", "", ""}};
  EXPECT_TRUE(absl::IsAborted(store().CommitBatch(std::vector{twice})));

  EXPECT_THAT(store().FindResponse("a", "Submit", "key").value(), Eq(answer));
  EXPECT_EQ(store().FindResponse("a", "Cancel", "key").value(), std::nullopt);
  EXPECT_EQ(store().FindResponse("b", "Submit", "key").value(), std::nullopt);
  EXPECT_EQ(store().FindResponse("a", "Submit", "new").value(), std::nullopt);
  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(1));
}

TEST_P(FleetStoreContract, RefusesTextsThatADatabaseWouldCutOff) {
  const std::string cut("key\0 one", 8);
  NetworkBatch batch = Creation("a", 1);
  batch.responses.push_back({"Submit", cut, "hash", "answer"});

  EXPECT_TRUE(absl::IsInvalidArgument(store().CommitBatch(std::vector{batch})));
  EXPECT_TRUE(absl::IsInvalidArgument(store().CommitBatch(std::vector{Creation(cut, 1)})));
  EXPECT_EQ(store().FindResponse("a", "Submit", cut).value(), std::nullopt);
  EXPECT_TRUE(absl::IsNotFound(store().ReadJournal({.network = cut}).status()));
}

TEST_P(FleetStoreContract, KeepsEveryByte) {
  NetworkBatch batch = Creation("a", 2);
  std::string all;
  for (int k = 0; k < 256; ++k) all.push_back(static_cast<char>(k));
  batch.records[0].payload = all;
  batch.records[1].payload = "";
  batch.responses.push_back({"Submit \"quoted\" \\ {a,b} NULL", "NULL", all, ""});
  batch.snapshot = SnapshotRecord{2, all + all};
  ASSERT_TRUE(store().CommitBatch(std::vector{batch}).ok());

  under_test_->Reopen();

  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(),
              ElementsAre(batch.records[0], batch.records[1]));
  EXPECT_THAT(store().FindResponse("a", batch.responses[0].method, "NULL").value(),
              Eq(batch.responses[0]));
  EXPECT_THAT(store().LoadSnapshot("a", 2).value(), Eq(batch.snapshot));
}

TEST_P(FleetStoreContract, LoadsTheNewestSnapshotAtOrBefore) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 10)}).ok());
  for (const std::int64_t sequence : {2, 5, 9}) {
    NetworkBatch batch = Addition("a", 1, 0);
    batch.snapshot = SnapshotRecord{sequence, "state " + std::to_string(sequence)};
    ASSERT_TRUE(store().CommitBatch(std::vector{batch}).ok());
  }

  EXPECT_THAT(store().LoadSnapshot("a", 100).value(), Eq(SnapshotRecord{9, "state 9"}));
  EXPECT_THAT(store().LoadSnapshot("a", 8).value(), Eq(SnapshotRecord{5, "state 5"}));
  EXPECT_EQ(store().LoadSnapshot("a", 1).value(), std::nullopt);
}

TEST_P(FleetStoreContract, KeepsTheLatestSnapshotsOnly) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 0)}).ok());
  for (int k = 1; k <= kSnapshotsKept + 2; ++k) {
    NetworkBatch batch = Addition("a", k, k);
    batch.snapshot = SnapshotRecord{k, "state"};
    ASSERT_TRUE(store().CommitBatch(std::vector{batch}).ok());
  }

  EXPECT_EQ(store().LoadSnapshot("a", 2).value(), std::nullopt);
  EXPECT_NE(store().LoadSnapshot("a", 3).value(), std::nullopt);
}

TEST_P(FleetStoreContract, ReplacesASnapshotOfTheSameRecord) {
  NetworkBatch batch = Creation("a", 1);
  batch.snapshot = SnapshotRecord{1, "old"};
  ASSERT_TRUE(store().CommitBatch(std::vector{batch}).ok());

  NetworkBatch again = Addition("a", 2, 2);
  again.snapshot = SnapshotRecord{1, "new"};
  ASSERT_TRUE(store().CommitBatch(std::vector{again}).ok());

  EXPECT_THAT(store().LoadSnapshot("a", 1).value(), Eq(SnapshotRecord{1, "new"}));
}

TEST_P(FleetStoreContract, RefusesASnapshotOfTheFuture) {
  NetworkBatch batch = Creation("a", 1);
  batch.snapshot = SnapshotRecord{2, "state"};

  EXPECT_TRUE(absl::IsAborted(store().CommitBatch(std::vector{batch})));
}

TEST_P(FleetStoreContract, FallsBackFromADamagedSnapshot) {
  NetworkBatch batch = Creation("a", 2);
  batch.snapshot = SnapshotRecord{2, "good"};
  ASSERT_TRUE(store().CommitBatch(std::vector{batch}).ok());
  NetworkBatch later = Addition("a", 3, 3);
  later.snapshot = SnapshotRecord{3, "bad"};
  ASSERT_TRUE(store().CommitBatch(std::vector{later}).ok());

  under_test_->DamageSnapshot("a", 3);

  EXPECT_THAT(store().LoadSnapshot("a", 100).value(), Eq(SnapshotRecord{2, "good"}));
}

TEST_P(FleetStoreContract, NoticesADamagedRecord) {
  ASSERT_TRUE(store().CommitBatch(std::vector{Creation("a", 6)}).ok());

  under_test_->DamageRecord("a", 4);

  EXPECT_TRUE(absl::IsDataLoss(store().ReadJournal({.network = "a"}).status()));
  EXPECT_TRUE(absl::IsDataLoss(
      store().ReadJournal({.network = "a", .newest_first = true, .kind = 2}).status()));
  EXPECT_TRUE(store().ReadJournal({.network = "a", .limit = 3}).ok());
}

TEST_P(FleetStoreContract, RemembersEverythingAfterReopening) {
  NetworkBatch batch = Creation("a", 3);
  batch.snapshot = SnapshotRecord{3, "state"};
  batch.responses.push_back({"M", "r", "hash", "answer"});
  ASSERT_TRUE(store().CommitBatch(std::vector{batch}).ok());

  under_test_->Reopen();

  EXPECT_THAT(store().ListNetworks().value(), SizeIs(1));
  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(3));
  EXPECT_NE(store().LoadSnapshot("a", 3).value(), std::nullopt);
  EXPECT_NE(store().FindResponse("a", "M", "r").value(), std::nullopt);
  EXPECT_TRUE(store().CommitBatch(std::vector{Addition("a", 4, 6)}).ok());
  EXPECT_THAT(store().ReadJournal({.network = "a"}).value(), SizeIs(6));
}

}  // namespace skein::storage
