// What the store does when the database goes away, in each way in which it can.

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/postgres/postgres_store.h"
#include "tests/storage/postgres_cluster.h"
#include "tests/storage/samples.h"

namespace skein::storage {
namespace {

using testing::HasSubstr;
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

// Sends a signal to the backends of stores for which the condition on pg_stat_activity holds;
// returns one of them, or 0.
pid_t Signal(const std::string& url, int signal_number, const std::string& condition) {
  const std::string pids = PostgresCluster::Query(
      url, absl::StrCat("SELECT string_agg(pid::text, ' ') FROM pg_stat_activity"
                        " WHERE datname = current_database() AND application_name = 'skein'"
                        " AND pid <> pg_backend_pid() AND ",
                        condition));
  std::istringstream list(pids);
  pid_t pid = 0;
  while (list >> pid) EXPECT_EQ(kill(pid, signal_number), 0);
  return pid;
}

// Its kernel goes on acknowledging by TCP, so nothing but our own patience ends the wait.
TEST(PostgresRecoveryTest, LeavesABackendThatStandsStill) {
  PostgresCluster own;
  const std::string url = own.NewDatabase();
  const auto store = OpenWriter({.url = url, .patience = std::chrono::milliseconds(500)});
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());
  ASSERT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(1));
  ASSERT_NE(Signal(url, SIGSTOP, "true"), 0);

  const absl::Status written = store->CommitBatch(std::vector{Addition("a", 2, 2)});
  const absl::Status read = store->ReadJournal({.network = "a"}).status();

  EXPECT_TRUE(written.ok()) << written;
  EXPECT_TRUE(absl::IsUnavailable(read)) << read;
  EXPECT_THAT(std::string(read.message()), HasSubstr("did not answer within 500 ms"));
  EXPECT_THAT(store->ReadJournal({.network = "a"}).value(), SizeIs(2));
  Signal(url, SIGCONT, "true");
}

TEST(PostgresRecoveryTest, KnowsWhatBecameOfACommitThatStoodStill) {
  PostgresCluster own;
  const std::string url = own.NewDatabase();
  const auto store = OpenWriter({.url = url, .patience = std::chrono::milliseconds(500)});
  ASSERT_TRUE(store->CommitBatch(std::vector{Creation("a", 1)}).ok());
  PostgresCluster::Execute(
      url,
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
      " 'BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END';"
      "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON journal DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION slow()");
  std::thread stopper([&] {
    while (Signal(url, SIGSTOP, "state = 'active' AND query ILIKE 'commit'") == 0) {
    }
  });

  const absl::Status written = store->CommitBatch(std::vector{Addition("a", 2, 2)});
  const absl::Status read = store->ReadJournal({.network = "a"}).status();
  stopper.join();

  EXPECT_TRUE(absl::IsUnavailable(written)) << written;
  EXPECT_TRUE(absl::IsUnavailable(read))
      << "it is not known yet, so it must not be shown: " << read;
  Signal(url, SIGCONT, "true");
  absl::StatusOr<std::vector<JournalRecord>> journal = absl::UnavailableError("");
  while (absl::IsUnavailable(journal.status())) journal = store->ReadJournal({.network = "a"});
  EXPECT_THAT(journal.value(), SizeIs(2));
  EXPECT_EQ(store->counts().found_committed, 1);
}

}  // namespace
}  // namespace skein::storage
