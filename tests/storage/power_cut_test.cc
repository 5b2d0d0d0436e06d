// What the embedded store holds after the power was cut.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "storage/sqlite/sqlite_store.h"
#include "tests/property/dice.h"
#include "tests/storage/power_cut_disk.h"
#include "tests/storage/samples.h"

namespace skein::storage {
namespace {

constexpr int kCuts = 2000;
constexpr std::uint64_t kSeed = 20'261'125;
constexpr std::int64_t kRecordsPerFile = 1000;

// Appends records to two networks and cuts the power, again and again.
class PowerCutTest : public ::testing::Test {
 protected:
  PowerCutTest() : folder_(NewFolder()) {}
  ~PowerCutTest() override { std::filesystem::remove_all(folder_); }

  // In memory: the disk is simulated.
  static std::string NewFolder() {
    std::string folder = "/dev/shm/skein-power-XXXXXX";
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    return folder;
  }

  std::string file() const { return folder_ + "/store-" + std::to_string(files_) + ".db"; }

  // Works until the power goes.
  void WorkUntilTheCut() {
    const auto store = SqliteStore::Open({.path = file()});
    if (!store.ok()) return;
    std::int64_t next = durable_;
    while (!disk_.cut()) {
      const std::int64_t k = ++next;
      NetworkBatch a = k == 1 ? Creation("a", 0) : Addition("a", 1, 0);
      NetworkBatch b = k == 1 ? Creation("b", 0) : Addition("b", 1, 0);
      a.records = {SampleRecord(k)};
      b.records = {SampleRecord(k)};
      b.responses.push_back({"M", std::to_string(k), "hash", "answer"});
      if (k % 10 == 0) a.snapshot = SnapshotRecord{k, std::string(200'000, 'x')};
      if (!(*store)->CommitBatch(std::vector{a, b}).ok()) return;
      acknowledged_ = k;
    }
  }

  // What the store has now. Counts what is missing of the acknowledged.
  void LookAfterTheCut(int cut) {
    const auto store = SqliteStore::Open({.path = file()});
    ASSERT_TRUE(store.ok()) << "cut " << cut << ": " << store.status();
    const auto networks = (*store)->ListNetworks();
    ASSERT_TRUE(networks.ok()) << networks.status();
    std::int64_t sizes[2] = {0, 0};
    for (std::size_t k = 0; k < networks->size(); ++k) {
      const JournalQuery query{.network = (*networks)[k].id, .limit = 1'000'000};
      const auto journal = (*store)->ReadJournal(query);  // verifies the chain
      ASSERT_TRUE(journal.ok()) << "cut " << cut << ": " << journal.status();
      sizes[k] = static_cast<std::int64_t>(journal->size());
    }
    durable_ = sizes[0];
    EXPECT_EQ(sizes[0], sizes[1]) << "cut " << cut << ": a batch is there by half";
    EXPECT_LE(durable_, acknowledged_ + 1) << "cut " << cut;
    if (durable_ > 0) {
      const auto answer = (*store)->FindResponse("b", "M", std::to_string(durable_));
      EXPECT_TRUE(answer.ok() && answer->has_value()) << "cut " << cut;
    }
    if (durable_ < acknowledged_) ++cuts_with_loss_;
    acknowledged_ = durable_;
  }

  void CheckFile() const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    std::string verdict;
    const auto take = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) = values[0];
      return 0;
    };
    sqlite3_exec(database, "PRAGMA integrity_check", take, &verdict, nullptr);
    sqlite3_close(database);
    EXPECT_EQ(verdict, "ok");
  }

  void Run(int cuts) {
    for (int cut = 0; cut < cuts && !HasFatalFailure(); ++cut) {
      disk_.CutAfter(dice_.Int(1, dice_.Chance(0.5) ? 30 : 300));
      WorkUntilTheCut();
      disk_.PowerOn(dice_);
      LookAfterTheCut(cut);
      if (cut % 50 == 0) CheckFile();
      if (durable_ < kRecordsPerFile) continue;
      CheckFile();
      ++files_;
      durable_ = acknowledged_ = 0;
    }
  }

  testing::Dice dice_{kSeed};
  PowerCutDisk disk_;
  const std::string folder_;
  int files_ = 0;
  std::int64_t durable_ = 0;
  std::int64_t acknowledged_ = 0;
  int cuts_with_loss_ = 0;
};

TEST_F(PowerCutTest, LosesNothingThatWasAcknowledged) {
  Run(kCuts);

  EXPECT_EQ(cuts_with_loss_, 0);
  EXPECT_GT(disk_.bytes_lost(), 1'000'000);  // the cuts are felt
}

// A control: if the harness does not see what this setting is known to lose, it sees nothing.
TEST_F(PowerCutTest, NoticesThatSynchronousNormalLoses) {
  disk_.MakeSynchronousNormal();

  Run(kCuts / 10);

  EXPECT_GT(cuts_with_loss_, 0);
}

}  // namespace
}  // namespace skein::storage
