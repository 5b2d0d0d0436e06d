#include "storage/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "absl/status/status.h"
#include "storage/migrations.h"
#include "storage/sqlite/schema.h"
#include "tests/storage/fleet_store_contract.h"

namespace skein::storage {
namespace {

using sqlite::Access;
using sqlite::Connection;
using sqlite::Statement;
using testing::HasSubstr;
using testing::SizeIs;

// A folder of its own, removed at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = testing::TempDir() + "skein-store-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ + "/store.db"; }

 private:
  std::string path_;
};

void Execute(const std::string& file, const std::string& sql) {
  auto connection = Connection::Open(file, Access::kReadWrite);
  ASSERT_TRUE(connection.ok()) << connection.status();
  const absl::Status status = (*connection)->Execute(sql);
  ASSERT_TRUE(status.ok()) << status;
}

class SqliteUnderTest : public StoreUnderTest {
 public:
  SqliteUnderTest() { Reopen(); }
  FleetStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    auto opened = SqliteStore::Open({.path = folder_.file()});
    EXPECT_TRUE(opened.ok()) << opened.status();
    store_ = std::move(opened).value();
  }
  void DamageSnapshot(const std::string&, std::int64_t sequence) override {
    store_.reset();
    Execute(folder_.file(),
            "UPDATE snapshot SET payload = X'00' WHERE sequence = " + std::to_string(sequence));
    Reopen();
  }
  void DamageRecord(const std::string&, std::int64_t sequence) override {
    store_.reset();
    Execute(folder_.file(), "UPDATE journal SET time_ms = time_ms + 1 WHERE sequence = " +
                                std::to_string(sequence));
    Reopen();
  }

 private:
  TempFolder folder_;
  std::unique_ptr<SqliteStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, FleetStoreContract,
                         testing::Values([] { return std::make_unique<SqliteUnderTest>(); }));

std::unique_ptr<SqliteStore> OpenStore(const TempFolder& folder) {
  auto opened = SqliteStore::Open({.path = folder.file()});
  EXPECT_TRUE(opened.ok()) << opened.status();
  return opened.ok() ? std::move(opened).value() : nullptr;
}

TEST(SqliteStoreTest, RefusesASecondServer) {
  const TempFolder folder;
  const auto store = OpenStore(folder);

  const auto second = SqliteStore::Open({.path = folder.file()});

  EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use by another server"));
}

TEST(SqliteStoreTest, SynchronisesFullyOnEveryConnection) {
  const TempFolder folder;
  for (const Access access : {Access::kReadWrite, Access::kReadOnly}) {
    auto connection = Connection::Open(folder.file(), access);

    ASSERT_TRUE(connection.ok()) << connection.status();
    EXPECT_EQ((*connection)->QueryValue("PRAGMA synchronous").value(), "2");
    EXPECT_EQ((*connection)->QueryValue("PRAGMA journal_mode").value(), "wal");
    EXPECT_EQ((*connection)->QueryValue("PRAGMA foreign_keys").value(), "1");
  }
}

TEST(SqliteStoreTest, RefusesAStoreThatCannotBeOpened) {
  const auto store = SqliteStore::Open({.path = "/nowhere/at/all/store.db"});

  EXPECT_TRUE(absl::IsUnavailable(store.status())) << store.status();
}

TEST(SqliteStoreTest, NoticesAMissingTail) {
  const TempFolder folder;
  auto store = OpenStore(folder);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 5)}).ok());
  store.reset();
  Execute(folder.file(), "DELETE FROM journal WHERE sequence = 5");
  store = OpenStore(folder);

  EXPECT_TRUE(absl::IsDataLoss(store->ReadJournal({.network = "a"}).status()));
  EXPECT_TRUE(store->ReadJournal({.network = "a", .limit = 4}).ok());
}

TEST(SqliteStoreTest, NoticesAMissingRecord) {
  const TempFolder folder;
  auto store = OpenStore(folder);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 5)}).ok());
  store.reset();
  Execute(folder.file(), "DELETE FROM journal WHERE sequence = 3");
  store = OpenStore(folder);

  EXPECT_TRUE(absl::IsDataLoss(store->ReadJournal({.network = "a", .after_sequence = 3}).status()));
}

TEST(SqliteStoreTest, NoticesSomebodyElsesRecord) {
  const TempFolder folder;
  const auto store = OpenStore(folder);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 5)}).ok());
  Execute(folder.file(), "UPDATE network SET head_sequence = 6");

  EXPECT_TRUE(absl::IsAborted(store->CommitBatch(std::vector{Addition("a", 6, 6)})));
  EXPECT_TRUE(absl::IsDataLoss(store->ReadJournal({.network = "a"}).status()));
}

TEST(SqliteStoreTest, RefusesDamagedFiles) {
  const TempFolder folder;
  OpenStore(folder).reset();
  {
    std::FILE* file = std::fopen(folder.file().c_str(), "r+b");
    std::fputs("this is not a database at all", file);
    std::fclose(file);
  }

  EXPECT_TRUE(absl::IsDataLoss(SqliteStore::Open({.path = folder.file()}).status()));
}

// A file-size limit stands for a full disk.
TEST(SqliteStoreTest, SurvivesAFullDisk) {
  const TempFolder folder;
  const auto store = OpenStore(folder);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 3)}).ok());
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{200'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);

  NetworkBatch large = Addition("a", 4, 4);
  large.records[0].payload.assign(1'000'000, 'x');
  const absl::Status full = store->CommitBatch(std::vector{large});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);

  EXPECT_TRUE(absl::IsUnavailable(full)) << full;
  EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(3));
  EXPECT_TRUE(store->CommitBatch(std::vector{large}).ok());
  EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(4));
}

TEST(SqliteStoreTest, ReadsWhileItWrites) {
  const TempFolder folder;
  const auto store = OpenStore(folder);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());

  std::vector<std::thread> readers;
  for (int k = 0; k < 6; ++k) {
    readers.emplace_back([&] {
      std::size_t seen = 0;
      while (seen < 50) {
        const auto records = store->ReadJournal({.network = "a"});
        ASSERT_TRUE(records.ok()) << records.status();
        ASSERT_GE(records->size(), seen);
        seen = records->size();
      }
    });
  }
  for (int k = 2; k <= 50; ++k)
    ASSERT_TRUE(store->CommitBatch(std::vector{Addition("a", k, k)}).ok());
  for (std::thread& reader : readers) reader.join();
}

TEST(SqliteSchemaTest, RecordsEachStep) {
  const TempFolder folder;
  OpenStore(folder).reset();
  auto connection = Connection::Open(folder.file(), Access::kReadWrite).value();

  EXPECT_EQ(connection->QueryValue("SELECT count(*) FROM schema_migration").value(),
            std::to_string(Migrations().size()));
  EXPECT_TRUE(sqlite::Migrate(Migrations(), connection.get()).ok());
}

TEST(SqliteSchemaTest, GoesOnFromAnOlderStore) {
  const TempFolder folder;
  const Migration first{1, "0001_a.sql", "CREATE TABLE a (x BIGINT)"};
  const Migration second{2, "0002_b.sql", "CREATE TABLE b (x BIGINT); INSERT INTO a VALUES (7)"};
  auto connection = Connection::Open(folder.file(), Access::kReadWrite).value();
  ASSERT_TRUE(sqlite::Migrate(std::vector{first}, connection.get()).ok());

  const absl::Status migrated = sqlite::Migrate(std::vector{first, second}, connection.get());

  EXPECT_TRUE(migrated.ok()) << migrated;
  EXPECT_EQ(connection->QueryValue("SELECT x FROM a").value(), "7");
  EXPECT_EQ(connection->QueryValue("SELECT max(version) FROM schema_migration").value(), "2");
}

TEST(SqliteSchemaTest, LeavesNothingBehindOfAFailedStep) {
  const TempFolder folder;
  const Migration good{1, "0001_a.sql", "CREATE TABLE a (x BIGINT)"};
  const Migration bad{2, "0002_b.sql", "CREATE TABLE b (x BIGINT); CREATE TABLE a (x BIGINT)"};
  auto connection = Connection::Open(folder.file(), Access::kReadWrite).value();

  EXPECT_FALSE(sqlite::Migrate(std::vector{good, bad}, connection.get()).ok());

  EXPECT_EQ(connection->QueryValue("SELECT count(*) FROM sqlite_master").value(), "0");
}

TEST(SqliteSchemaTest, RefusesANewerStore) {
  const TempFolder folder;
  OpenStore(folder).reset();
  Execute(folder.file(), "INSERT INTO schema_migration VALUES (9999, 'future', zeroblob(32))");

  const auto store = SqliteStore::Open({.path = folder.file()});

  EXPECT_TRUE(absl::IsFailedPrecondition(store.status())) << store.status();
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("9999"));
}

TEST(SqliteSchemaTest, RefusesAChangedStep) {
  const TempFolder folder;
  OpenStore(folder).reset();
  Execute(folder.file(), "UPDATE schema_migration SET sha256 = zeroblob(32) WHERE version = 1");

  const auto store = SqliteStore::Open({.path = folder.file()});

  EXPECT_TRUE(absl::IsFailedPrecondition(store.status())) << store.status();
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("0001_initial.sql"));
}

TEST(SqliteSchemaTest, RefusesAForeignDatabase) {
  const TempFolder folder;
  Execute(folder.file(), "CREATE TABLE somebody_elses (x)");

  const auto store = SqliteStore::Open({.path = folder.file()});

  EXPECT_TRUE(absl::IsFailedPrecondition(store.status())) << store.status();
}

TEST(SqliteSchemaTest, MakesDoubleRecordsImpossible) {
  const TempFolder folder;
  auto store = OpenStore(folder);
  NetworkBatch batch = Creation("a", 2);
  batch.responses.push_back({"M", "r", "hash", "answer"});
  ASSERT_TRUE(store->CommitBatch(std::vector{batch}).ok());
  store.reset();
  auto connection = Connection::Open(folder.file(), Access::kReadWrite).value();

  EXPECT_TRUE(absl::IsAborted(connection->Execute("INSERT INTO journal SELECT * FROM journal")));
  EXPECT_TRUE(absl::IsAborted(connection->Execute("INSERT INTO response SELECT * FROM response")));
  EXPECT_TRUE(absl::IsAborted(connection->Execute("DELETE FROM network")));
}

}  // namespace
}  // namespace skein::storage
