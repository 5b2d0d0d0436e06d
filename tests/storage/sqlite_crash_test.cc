// What a store holds after the process that wrote to it was killed.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/domain/draw.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/storage/samples.h"

namespace skein::storage {
namespace {

// Appends records to two networks for ever, and writes the number of each durable one to `acks`.
[[noreturn]] void WriteUntilKilled(const std::string& file, std::int64_t next, int acks) {
  const auto store = SqliteStore::Open({.path = file});
  if (!store.ok()) _exit(1);
  for (std::int64_t k = next;; ++k) {
    NetworkBatch a = k == 1 ? Creation("a", 0) : Addition("a", 1, 0);
    NetworkBatch b = k == 1 ? Creation("b", 0) : Addition("b", 1, 0);
    a.records = {SampleRecord(k)};
    b.records = {SampleRecord(k)};
    b.responses.push_back({"M", std::to_string(k), "hash", "answer"});
    if (k % 10 == 0) a.snapshot = SnapshotRecord{k, std::string(10'000, 'x')};
    if (!(*store)->CommitBatch(std::vector{a, b}).ok()) _exit(2);
    if (write(acks, &k, sizeof(k)) != sizeof(k)) _exit(3);
  }
}

// Runs a writer, kills it after `wanted` acknowledgements, gives the number of the last one.
std::int64_t RunAndKill(const std::string& file, std::int64_t next, std::int64_t wanted) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    WriteUntilKilled(file, next, ends[1]);
  }
  close(ends[1]);
  std::int64_t last = next - 1;
  std::int64_t acknowledged = 0;
  for (std::int64_t seen = 1; read(ends[0], &acknowledged, sizeof(acknowledged)) > 0; ++seen) {
    last = acknowledged;
    if (seen == wanted) kill(child, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
  return last;
}

TEST(SqliteCrashTest, KeepsEveryAcknowledgedBatchWholeAndOnce) {
  std::string folder = testing::TempDir() + "skein-crash-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string file = folder + "/store.db";
  std::int64_t durable = 0;
  for (std::uint32_t round = 0; round < 20; ++round) {
    const std::int64_t wanted = 1 + DrawIndex(15, 1, Stream::kTest, round);
    const std::int64_t acknowledged = RunAndKill(file, durable + 1, wanted);

    const auto store = SqliteStore::Open({.path = file});
    ASSERT_TRUE(store.ok()) << store.status();
    const auto a = (*store)->ReadJournal({.network = "a"});
    const auto b = (*store)->ReadJournal({.network = "b"});
    ASSERT_TRUE(a.ok() && b.ok()) << a.status() << b.status();
    durable = static_cast<std::int64_t>(a->size());
    EXPECT_EQ(a->size(), b->size());
    EXPECT_GE(durable, acknowledged);
    EXPECT_LE(durable, acknowledged + 1);  // at most the one that was on its way
    EXPECT_TRUE((*store)->FindResponse("b", "M", std::to_string(durable)).value().has_value());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace skein::storage
