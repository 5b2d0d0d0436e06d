#include "storage/postgres/postgres_store.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/migrations.h"
#include "storage/postgres/schema.h"
#include "tests/storage/fleet_store_contract.h"
#include "tests/storage/postgres_cluster.h"

namespace skein::storage {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// One server for the whole program; each test has a database of its own.
PostgresCluster* cluster = nullptr;

class ClusterForAll : public testing::Environment {
  void SetUp() override { cluster = new PostgresCluster(); }
  void TearDown() override { delete cluster; }
};
const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new ClusterForAll);

class PostgresUnderTest : public StoreUnderTest {
 public:
  PostgresUnderTest() { Reopen(); }
  FleetStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    store_ = OpenWriter(url_);
  }
  void DamageSnapshot(const std::string&, std::int64_t sequence) override {
    PostgresCluster::Execute(
        url_, absl::StrCat("UPDATE snapshot SET payload = '' WHERE sequence = ", sequence));
  }
  void DamageRecord(const std::string&, std::int64_t sequence) override {
    PostgresCluster::Execute(
        url_, absl::StrCat("ALTER TABLE journal DISABLE TRIGGER USER;"
                           "UPDATE journal SET time_ms = time_ms + 1 WHERE sequence = ",
                           sequence));
  }

 private:
  const std::string url_ = cluster->NewDatabase();
  std::unique_ptr<PostgresStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Postgres, FleetStoreContract,
                         testing::Values([] { return std::make_unique<PostgresUnderTest>(); }));

TEST(PostgresStoreTest, WritesNothingWithoutTheLease) {
  const std::string url = cluster->NewDatabase();
  const auto store = OpenPostgres(url);

  const absl::Status written = store->CommitBatch(std::vector{Creation("a", 1)});

  EXPECT_TRUE(absl::IsFailedPrecondition(written)) << written;
  EXPECT_THAT(store->ListNetworks().value(), SizeIs(0));
}

TEST(PostgresStoreTest, LetsNoOldWriterIn) {
  const std::string url = cluster->NewDatabase();
  const auto old_writer = OpenWriter(url);
  ASSERT_TRUE(old_writer->CommitBatch(std::vector{Creation("a", 1)}).ok());
  const auto new_writer = OpenWriter(url);

  const absl::Status late = old_writer->CommitBatch(std::vector{Addition("a", 2, 2)});

  EXPECT_TRUE(absl::IsFailedPrecondition(late)) << late;
  EXPECT_TRUE(absl::IsFailedPrecondition(old_writer->lease().Renew()));
  EXPECT_THAT(old_writer->ReadJournal({.network = "a"}).value(), SizeIs(1));
  EXPECT_TRUE(new_writer->CommitBatch(std::vector{Addition("a", 2, 2)}).ok());
  EXPECT_TRUE(new_writer->lease().Renew().ok());
}

TEST(PostgresStoreTest, DoesNotSucceedAWriterThatLives) {
  const std::string url = cluster->NewDatabase();
  const auto writer = OpenWriter(url);
  const auto standby = OpenPostgres(url);
  const WriterTerm seen = standby->lease().Read().value();
  const WriterClaim claim{"standby", "127.0.0.1:2", 1000};

  ASSERT_TRUE(writer->lease().Renew().ok());
  EXPECT_TRUE(absl::IsAborted(standby->lease().Take(seen, claim).status()));
  const WriterTerm renewed = standby->lease().Read().value();
  ASSERT_TRUE(writer->CommitBatch(std::vector{Creation("a", 1)}).ok());
  EXPECT_TRUE(absl::IsAborted(standby->lease().Take(renewed, claim).status()));
  ASSERT_TRUE(writer->lease().Release().ok());
  EXPECT_EQ(standby->lease().Take(standby->lease().Read().value(), claim).value(), 2);
  EXPECT_TRUE(absl::IsAborted(writer->lease().Take(seen, claim).status()));
}

TEST(PostgresStoreTest, DoesNotNoticeAConnectionLostWhileIdle) {
  const std::string url = cluster->NewDatabase();
  const auto store = OpenWriter(url);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());
  ASSERT_GT(Interrupt(url, "pg_terminate_backend", "true"), 0);

  const absl::Status written = store->CommitBatch(std::vector{Addition("a", 2, 2)});

  EXPECT_TRUE(written.ok()) << written;
  EXPECT_EQ(store->counts().connections, 2);
}

// A batch commits slowly, and its connection is cut meanwhile.
TEST(PostgresStoreTest, KnowsThatALostBatchIsAbsent) {
  const std::string url = cluster->NewDatabase();
  const auto store = OpenWriter(url);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());
  PostgresCluster::Execute(
      url,
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END';"
      "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION slow()");
  std::thread cutter([&] {
    while (Interrupt(url, "pg_terminate_backend", "state = 'active' AND query ILIKE 'commit'") ==
           0) {
    }
  });

  const absl::Status lost = store->CommitBatch(std::vector{Addition("a", 2, 2)});
  cutter.join();

  EXPECT_TRUE(absl::IsUnavailable(lost)) << lost;
  EXPECT_EQ(store->counts().found_absent, 1);
  EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(1));
  PostgresCluster::Execute(url, "DROP TRIGGER slow ON journal");
  EXPECT_TRUE(store->CommitBatch(std::vector{Addition("a", 2, 2)}).ok());
}

TEST(PostgresStoreTest, RefusesADatabaseThatMayForget) {
  const std::string url = cluster->NewDatabase();

  const auto store = PostgresStore::Open({.url = url + "&options=-c%20synchronous_commit%3Doff"});

  EXPECT_TRUE(absl::IsFailedPrecondition(store.status())) << store.status();
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("synchronous_commit = off"));
}

TEST(PostgresStoreTest, NamesNoPasswordInItsErrors) {
  for (const char* url : {"postgresql://skein:s3cret@[::1/x", "postgresql://skein:s3cret@/x?port=1",
                          "postgresql://skein:s3cret@/x?host=/nowhere&bad=1"}) {
    const absl::Status refused = PostgresStore::Open({.url = url}).status();
    EXPECT_FALSE(refused.ok());
    EXPECT_THAT(std::string(refused.message()), testing::Not(HasSubstr("s3cret")));
  }
}

Booking Take(const std::string& resource, std::int64_t capacity, const std::string& holder) {
  return {"stand", resource, capacity, holder, 1000, true, false};
}

TEST(PostgresLedgerTest, RefusesADoubleBooking) {
  const std::string url = cluster->NewDatabase();
  const auto store = OpenWriter(url);
  NetworkBatch batch = Creation("a", 1);
  batch.ledger.bookings = {Take("v1", 2, "x"), Take("v1", 2, "y"), Take("v2", 1, "x")};
  ASSERT_TRUE(store->CommitBatch(std::vector{batch}).ok());

  NetworkBatch third = Addition("a", 2, 2);
  third.ledger.bookings = {Take("v1", 2, "z")};
  const absl::Status refused = store->CommitBatch(std::vector{third});
  EXPECT_TRUE(absl::IsAborted(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("stand v1 is taken"));
  EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(1));

  Booking leave = Take("v1", 2, "x");
  leave.take = false;
  leave.time_ms = 2000;
  third.ledger.bookings.insert(third.ledger.bookings.begin(), leave);
  third.ledger.bookings.back().time_ms = 2000;
  EXPECT_TRUE(store->CommitBatch(std::vector{third}).ok());
  EXPECT_EQ(PostgresCluster::Query(url, "SELECT held FROM stand_use WHERE vertiport = 'v1'"), "2");
  EXPECT_EQ(PostgresCluster::Query(url, "SELECT unit FROM booking WHERE holder = 'z'"), "1");
}

TEST(PostgresLedgerTest, EndsHoldsInTheBatchThatBeganThemAndLater) {
  const std::string url = cluster->NewDatabase();
  const auto leave = [](const std::string& holder, std::int64_t time_ms) {
    return Booking{"stand", "v1", 1, holder, time_ms, false, false};
  };
  NetworkBatch batch = Creation("a", 1);
  batch.ledger.bookings = {Take("v1", 1, "x"), leave("x", 2000), Take("v1", 1, "y")};
  batch.ledger.bookings.back().time_ms = 2000;
  ASSERT_TRUE(OpenWriter(url)->CommitBatch(std::vector{batch}).ok());

  // Another writer finds what is held, and that is all that can be given back.
  const auto store = OpenWriter(url);
  NetworkBatch next = Addition("a", 2, 2);
  next.ledger.bookings = {leave("x", 3000), leave("y", 3000), Take("v1", 1, "z")};
  next.ledger.bookings.back().time_ms = 3000;
  ASSERT_TRUE(store->CommitBatch(std::vector{next}).ok());

  EXPECT_EQ(PostgresCluster::Query(url,
                                   "SELECT string_agg(holder || ' ' || unit || ' ' || during::text,"
                                   " ', ' ORDER BY holder) FROM booking"),
            "x 1 [1000,2000), y 1 [2000,3000), z 1 [3000,)");
}

TEST(PostgresLedgerTest, LetsTheOutsideWorldExceedACapacity) {
  const std::string url = cluster->NewDatabase();
  const auto store = OpenWriter(url);
  NetworkBatch batch = Creation("a", 1);
  batch.ledger.bookings = {Take("v1", 1, "x"), Take("v1", 1, "y")};
  batch.ledger.bookings[1].excursion = true;

  ASSERT_TRUE(store->CommitBatch(std::vector{batch}).ok());

  EXPECT_EQ(PostgresCluster::Query(url, "SELECT excursions FROM stand_use"), "1");
}

// What no program can do, not even a wrong one.
TEST(PostgresLedgerTest, HoldsAgainstSqlToo) {
  const std::string url = cluster->NewDatabase();
  const auto store = OpenWriter(url);
  NetworkBatch batch = Creation("a", 2);
  batch.responses.push_back({"M", "r", "hash", "answer"});
  batch.ledger.bookings = {Take("v1", 1, "x")};
  ASSERT_TRUE(store->CommitBatch(std::vector{batch}).ok());
  const auto refused = [&](const std::string& sql) {
    return PostgresCluster::Query(
        url, absl::StrCat("CREATE FUNCTION try() RETURNS TEXT LANGUAGE plpgsql AS $f$ BEGIN ", sql,
                          "; RETURN 'done'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $f$;"
                          "SELECT try()"));
  };
  const auto drop = [&] { PostgresCluster::Execute(url, "DROP FUNCTION try"); };

  EXPECT_EQ(refused("INSERT INTO booking SELECT network_key, kind, resource, unit, capacity, 'y',"
                    " int8range(5000, 6000), excursion FROM booking"),
            "23P01");
  drop();
  EXPECT_EQ(refused("INSERT INTO booking SELECT network_key, kind, resource, unit + 1, capacity,"
                    " 'y', during, excursion FROM booking"),
            "23514");
  drop();
  EXPECT_EQ(refused("INSERT INTO journal SELECT * FROM journal"), "23505");
  drop();
  EXPECT_EQ(refused("INSERT INTO response SELECT * FROM response"), "23505");
  drop();
  EXPECT_EQ(refused("UPDATE journal SET time_ms = 0"), "23000");
  drop();
  EXPECT_EQ(refused("DELETE FROM journal"), "23000");
  drop();
  EXPECT_EQ(refused("INSERT INTO writer_term (epoch, holder, address, lease_ms)"
                    " VALUES (99, '', '', 1)"),
            "23505");
}

TEST(PostgresSchemaTest, MigratesOnceAndForward) {
  PostgresCluster::Execute(cluster->url("postgres"), "CREATE DATABASE migrated");
  const std::string url = cluster->url("migrated");
  const absl::Status too_early = PostgresStore::Open({.url = url}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(too_early)) << too_early;
  EXPECT_THAT(std::string(too_early.message()), HasSubstr("skein store migrate"));
  EXPECT_FALSE(PostgresStore::SchemaState(url).value().back().applied);

  std::thread other([&] { EXPECT_TRUE(PostgresStore::Migrate(url).ok()); });
  EXPECT_TRUE(PostgresStore::Migrate(url).ok());
  other.join();

  EXPECT_TRUE(PostgresStore::SchemaState(url).value().back().applied);
  EXPECT_EQ(PostgresCluster::Query(url, "SELECT count(*) FROM schema_migration"),
            std::to_string(PostgresMigrations().size()));
  EXPECT_TRUE(PostgresStore::Open({.url = url}).ok());
}

TEST(PostgresSchemaTest, RefusesANewerOrChangedSchema) {
  const std::string newer = cluster->NewDatabase();
  PostgresCluster::Execute(newer,
                           "INSERT INTO schema_migration SELECT 9999, 'future', sha256 FROM"
                           " schema_migration WHERE version = 1");
  const absl::Status too_new = PostgresStore::Migrate(newer);
  EXPECT_TRUE(absl::IsFailedPrecondition(too_new)) << too_new;
  EXPECT_THAT(std::string(too_new.message()), HasSubstr("9999"));

  const std::string changed = cluster->NewDatabase();
  PostgresCluster::Execute(changed,
                           "UPDATE schema_migration SET sha256 = sha256('') WHERE version = 1");
  const absl::Status differs = PostgresStore::Open({.url = changed}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(differs)) << differs;
  EXPECT_THAT(std::string(differs.message()), HasSubstr("0001_journal.sql"));
}

TEST(PostgresSchemaTest, LeavesNothingBehindOfAFailedStep) {
  PostgresCluster::Execute(cluster->url("postgres"), "CREATE DATABASE failed");
  const auto connection = postgres::ConnectionString::Parse(cluster->url("failed")).value();
  const auto session =
      postgres::Session::Open(connection.to_primary(), std::chrono::seconds(10)).value();
  const Migration good{1, "0001_a.sql", "CREATE TABLE a (x BIGINT)"};
  const Migration bad{2, "0002_b.sql", "CREATE TABLE b (x BIGINT); CREATE TABLE a (x BIGINT)"};

  EXPECT_FALSE(postgres::Migrate(std::vector{good, bad}, session.get()).ok());

  EXPECT_EQ(PostgresCluster::Query(cluster->url("failed"),
                                   "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"),
            "0");
}

}  // namespace
}  // namespace skein::storage
