#include "tests/bench/disk_speed.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace skein::bench {
namespace {

constexpr int kBlocks = 1024;
using Block = std::array<char, 4096>;

bool WriteBlock(int file, const Block& block, int at) {
  const auto size = static_cast<ssize_t>(block.size());
  return pwrite(file, block.data(), block.size(), at * size) == size;
}

}  // namespace

double Quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank - 1, 0.0))];
}

absl::StatusOr<DiskSpeed> MeasureDisk(const std::string& folder, std::chrono::milliseconds time) {
  const std::string path = folder + "/fdatasync.probe";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return absl::UnavailableError(path + ": " + std::strerror(errno));
  const Block block{};
  std::vector<double> taken_ms;
  bool sound = true;
  for (int k = 0; sound && k < kBlocks; ++k) sound = WriteBlock(file, block, k);
  sound = sound && fsync(file) == 0;
  const auto begin = std::chrono::steady_clock::now();
  auto now = begin;
  for (int k = 0; sound && now - begin < time; ++k) {
    sound = WriteBlock(file, block, k % kBlocks) && fdatasync(file) == 0;
    const auto end = std::chrono::steady_clock::now();
    taken_ms.push_back(std::chrono::duration<double, std::milli>(end - now).count());
    now = end;
  }
  close(file);
  unlink(path.c_str());
  if (!sound) return absl::UnavailableError(path + ": " + std::strerror(errno));
  const double seconds = std::chrono::duration<double>(now - begin).count();
  std::sort(taken_ms.begin(), taken_ms.end());
  return DiskSpeed{static_cast<double>(taken_ms.size()) / seconds, Quantile(taken_ms, 0.5),
                   Quantile(taken_ms, 0.99)};
}

}  // namespace skein::bench
