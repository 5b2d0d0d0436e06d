#include "tests/storage/power_cut_disk.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>

namespace skein::storage {
namespace {

constexpr std::size_t kSector = 512;  // is written whole or not at all
constexpr const char* kName = "power-cut";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs on every new connection while the control is on.
int SetNormal(sqlite3* database, char**, const struct sqlite3_api_routines*) {
  return sqlite3_exec(database, "PRAGMA synchronous = NORMAL", nullptr, nullptr, nullptr);
}

using Extension = void (*)();
Extension NormalExtension() { return reinterpret_cast<Extension>(&SetNormal); }

}  // namespace

// An open file; the real one follows it in memory.
struct PowerCutFile {
  sqlite3_file base;
  PowerCutDisk* disk;
  PowerCutDisk::File* file;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  static PowerCutFile* Of(sqlite3_file* file) { return reinterpret_cast<PowerCutFile*>(file); }
};

// The calls of SQLite.
struct PowerCutCalls {
  static PowerCutDisk* DiskOf(sqlite3_vfs* vfs) {
    return static_cast<PowerCutDisk*>(vfs->pAppData);
  }

  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    PowerCutDisk* disk = DiskOf(vfs);
    PowerCutFile* opened = PowerCutFile::Of(file);
    opened->base.pMethods = nullptr;
    if (disk->cut_ || name == nullptr) return SQLITE_CANTOPEN;
    PowerCutDisk::File& state = disk->Find(name);
    const int result = disk->real_->xOpen(disk->real_, name, opened->real(), flags, out);
    if (result != SQLITE_OK) return result;
    opened->disk = disk;
    opened->file = &state;
    opened->base.pMethods = &Methods();
    return SQLITE_OK;
  }

  static int Delete(sqlite3_vfs* vfs, const char* name, int sync) {
    PowerCutDisk* disk = DiskOf(vfs);
    if (!disk->Operate()) return SQLITE_IOERR_DELETE;
    disk->files_.erase(name);
    return disk->real_->xDelete(disk->real_, name, sync);
  }

  static int Close(sqlite3_file* file) {
    return PowerCutFile::Of(file)->real()->pMethods->xClose(PowerCutFile::Of(file)->real());
  }

  static int Read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    PowerCutFile* opened = PowerCutFile::Of(file);
    if (opened->disk->cut_) return SQLITE_IOERR_READ;
    return opened->real()->pMethods->xRead(opened->real(), into, amount, offset);
  }

  static int Write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    PowerCutFile* opened = PowerCutFile::Of(file);
    if (opened->disk->cut_) return SQLITE_IOERR_WRITE;
    // The write during which the power goes may reach the disk, too.
    opened->file->changes.push_back(
        {offset, std::string(static_cast<const char*>(from), static_cast<std::size_t>(amount))});
    if (!opened->disk->Operate()) return SQLITE_IOERR_WRITE;
    return opened->real()->pMethods->xWrite(opened->real(), from, amount, offset);
  }

  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    PowerCutFile* opened = PowerCutFile::Of(file);
    if (!opened->disk->Operate()) return SQLITE_IOERR_TRUNCATE;
    opened->file->changes.push_back({size, {}, true});
    return opened->real()->pMethods->xTruncate(opened->real(), size);
  }

  // The real file need not be synchronised: this process does not lose power.
  static int Sync(sqlite3_file* file, int) {
    PowerCutFile* opened = PowerCutFile::Of(file);
    if (!opened->disk->Operate()) return SQLITE_IOERR_FSYNC;
    for (const PowerCutDisk::Change& change : opened->file->changes)
      PowerCutDisk::Apply(change, change.bytes.size(), &opened->file->durable);
    opened->file->changes.clear();
    return SQLITE_OK;
  }

  static int FileControl(sqlite3_file* file, int operation, void* argument) {
    PowerCutFile* opened = PowerCutFile::Of(file);
    if (operation == SQLITE_FCNTL_PRAGMA && opened->disk->normal_) {
      char** words = static_cast<char**>(argument);
      if (std::strcmp(words[1], "synchronous") == 0) {
        if (words[2] == nullptr) words[0] = sqlite3_mprintf("2");
        if (words[2] == nullptr || std::strcmp(words[2], "FULL") == 0) return SQLITE_OK;
      }
    }
    return opened->real()->pMethods->xFileControl(opened->real(), operation, argument);
  }

  static const sqlite3_io_methods& Methods();
};

namespace {

// Passes a call on to the real file.
template <auto Method, class... Arguments>
int Forward(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* real = PowerCutFile::Of(file)->real();
  return (real->pMethods->*Method)(real, arguments...);
}

void ForwardBarrier(sqlite3_file* file) {
  sqlite3_file* real = PowerCutFile::Of(file)->real();
  real->pMethods->xShmBarrier(real);
}

}  // namespace

const sqlite3_io_methods& PowerCutCalls::Methods() {
  using Io = sqlite3_io_methods;
  static const sqlite3_io_methods methods = [] {
    Io io{};
    io.iVersion = 2;  // without memory maps
    io.xClose = Close;
    io.xRead = Read;
    io.xWrite = Write;
    io.xTruncate = Truncate;
    io.xSync = Sync;
    io.xFileSize = Forward<&Io::xFileSize, sqlite3_int64*>;
    io.xLock = Forward<&Io::xLock, int>;
    io.xUnlock = Forward<&Io::xUnlock, int>;
    io.xCheckReservedLock = Forward<&Io::xCheckReservedLock, int*>;
    io.xFileControl = FileControl;
    io.xSectorSize = Forward<&Io::xSectorSize>;
    io.xDeviceCharacteristics = Forward<&Io::xDeviceCharacteristics>;
    io.xShmMap = Forward<&Io::xShmMap, int, int, int, void volatile**>;
    io.xShmLock = Forward<&Io::xShmLock, int, int, int>;
    io.xShmBarrier = ForwardBarrier;
    io.xShmUnmap = Forward<&Io::xShmUnmap, int>;
    return io;
  }();
  return methods;
}

PowerCutDisk::PowerCutDisk() : real_(sqlite3_vfs_find(nullptr)) {
  vfs_ = *real_;
  vfs_.pNext = nullptr;
  vfs_.zName = kName;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(PowerCutFile)) + real_->szOsFile;
  vfs_.xOpen = PowerCutCalls::Open;
  vfs_.xDelete = PowerCutCalls::Delete;
  // The others look at their first argument for its pAppData: they get the real VFS.
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    sqlite3_vfs* real = PowerCutCalls::DiskOf(vfs)->real_;
    return real->xAccess(real, name, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int size, char* out) {
    sqlite3_vfs* real = PowerCutCalls::DiskOf(vfs)->real_;
    return real->xFullPathname(real, name, size, out);
  };
  // Whoever waits for a disk without power waits in vain.
  vfs_.xSleep = [](sqlite3_vfs*, int) { return 0; };
  sqlite3_vfs_register(&vfs_, 1);
}

PowerCutDisk::~PowerCutDisk() {
  if (normal_) sqlite3_cancel_auto_extension(NormalExtension());
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

void PowerCutDisk::MakeSynchronousNormal() {
  normal_ = true;
  sqlite3_auto_extension(NormalExtension());
}

bool PowerCutDisk::Operate() {
  if (operations_left_ > 0 && --operations_left_ == 0) cut_ = true;
  return !cut_;
}

PowerCutDisk::File& PowerCutDisk::Find(const std::string& path) {
  const auto [place, is_new] = files_.try_emplace(path);
  if (is_new) place->second.durable = ReadFile(path);
  return place->second;
}

void PowerCutDisk::Apply(const Change& change, std::size_t bytes, std::string* content) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.truncates) {
    content->resize(std::min(content->size(), offset));
    return;
  }
  if (bytes == 0) return;
  if (content->size() < offset + bytes) content->resize(offset + bytes, '\0');
  content->replace(offset, bytes, change.bytes, 0, bytes);
}

void PowerCutDisk::PowerOn(testing::Dice& dice) {
  const double kept = dice.Chance(0.4) ? 0 : dice.Uniform();  // chance of each change
  for (auto& [path, file] : files_) {
    for (const Change& change : file.changes) {
      const std::size_t whole = change.bytes.size();
      std::size_t bytes = dice.Chance(kept) ? whole : 0;
      // The head moved on in the middle of it.
      if (bytes > kSector && dice.Chance(0.2)) bytes = kSector * dice.Below(whole / kSector);
      if (change.truncates && !dice.Chance(kept)) continue;
      Apply(change, bytes, &file.durable);
      bytes_lost_ += static_cast<std::int64_t>(whole - bytes);
    }
    file.changes.clear();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << file.durable;
    std::filesystem::remove(path + "-shm");
  }
  cut_ = false;
  operations_left_ = 0;
}

}  // namespace skein::storage
