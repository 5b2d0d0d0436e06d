#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/property/dice.h"

namespace skein::storage {

// A disk under SQLite that can lose its power: what was written but not synchronised may then be
// there, be missing, or be there in part. It stands between SQLite and the real files, as SQLite's
// default VFS, as long as it lives; the stores that use it know nothing of it.
//
//   disk.CutAfter(17);          // power goes at the 17th write, sync, truncation or deletion
//   … a store works until everything fails; it is destroyed …
//   disk.PowerOn(dice);         // the files are what a real disk might have kept
//
// Threads: one.
class PowerCutDisk {
 public:
  PowerCutDisk();
  ~PowerCutDisk();
  PowerCutDisk(const PowerCutDisk&) = delete;
  PowerCutDisk& operator=(const PowerCutDisk&) = delete;

  void CutAfter(std::int64_t operations) { operations_left_ = operations; }
  bool cut() const { return cut_; }
  // Requires: no file is open.
  void PowerOn(testing::Dice& dice);

  // A control: connections run with PRAGMA synchronous = NORMAL, whatever they ask for and are
  // told.
  void MakeSynchronousNormal();

  // Bytes that PowerOn has dropped so far.
  std::int64_t bytes_lost() const { return bytes_lost_; }

 private:
  friend struct PowerCutFile;
  friend struct PowerCutCalls;

  // A change that is not synchronised: bytes at an offset, or a truncation to that length.
  struct Change {
    std::int64_t offset = 0;
    std::string bytes;
    bool truncates = false;
  };
  struct File {
    std::string durable;  // as of the last sync
    std::vector<Change> changes;
  };

  // Counts an operation; false: the power is gone.
  bool Operate();
  File& Find(const std::string& path);
  static void Apply(const Change& change, std::size_t bytes, std::string* content);

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  std::int64_t operations_left_ = 0;  // 0: no cut is ordered
  bool cut_ = false;
  bool normal_ = false;
  std::map<std::string, File> files_;  // by path
  std::int64_t bytes_lost_ = 0;
};

}  // namespace skein::storage
