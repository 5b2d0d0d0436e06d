// What the store does when the database goes away, in each way in which it can.

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/postgres/postgres_store.h"
#include "tests/storage/postgres_cluster.h"
#include "tests/storage/samples.h"

namespace skein::storage {
namespace {

using testing::SizeIs;

// A batch is committed, but its confirmation never comes: it waits for a standby that is not there.
TEST(PostgresRecoveryTest, KnowsThatALostBatchWasCommitted) {
  PostgresCluster own;
  const std::string url = own.NewDatabase();
  const auto store = OpenWriter(url);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());
  const auto set_standby = [&](const char* name) {
    PostgresCluster::Execute(
        url, absl::StrCat("ALTER SYSTEM SET synchronous_standby_names = '", name, "'"));
    PostgresCluster::Execute(url, "SELECT pg_reload_conf()");
  };
  set_standby("nobody");
  for (const char* how : {"pg_terminate_backend", "pg_cancel_backend"}) {
    const auto next = static_cast<int>(store->ReadJournal({.network = "a"})->size()) + 1;
    const std::int64_t found_before = store->counts().found_committed;
    std::thread cutter([&] {
      while (Interrupt(url, how, "wait_event = 'SyncRep'") == 0) {
      }
      set_standby("");
    });

    const absl::Status written = store->CommitBatch(std::vector{Addition("a", next, next)});
    cutter.join();

    EXPECT_TRUE(written.ok()) << how << ": " << written;
    EXPECT_EQ(store->counts().found_committed, found_before + 1) << how;
    EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(next));
    set_standby("nobody");
  }
}

TEST(PostgresRecoveryTest, GoesOnSoonAfterTheDatabaseIsBack) {
  PostgresCluster own;
  const std::string url = own.NewDatabase();
  const auto store = OpenWriter(url);
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());
  for (const int signal_number : {SIGINT, SIGQUIT, SIGKILL}) {
    own.Stop(signal_number);
    EXPECT_TRUE(absl::IsUnavailable(store->CommitBatch(std::vector{Addition("a", 9, 9)})));
    EXPECT_TRUE(absl::IsUnavailable(store->ReadJournal({.network = "a"}).status()));
    own.Start();
    const auto begun = std::chrono::steady_clock::now();
    absl::StatusOr<std::vector<JournalRecord>> journal = absl::UnavailableError("");
    while (absl::IsUnavailable(journal.status())) journal = store->ReadJournal({.network = "a"});
    const int head = static_cast<int>(journal.value().size());
    absl::Status written = absl::UnavailableError("");
    while (absl::IsUnavailable(written))
      written = store->CommitBatch(std::vector{Addition("a", head + 1, head + 1)});
    EXPECT_TRUE(written.ok()) << written;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  }
  EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(4));
}

}  // namespace
}  // namespace skein::storage
