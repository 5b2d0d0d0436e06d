#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace skein::bench {

// How fast a disk makes small writes durable.
struct DiskSpeed {
  double syncs_per_s = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

// Overwrites 4 KiB of a file of 4 MiB in `folder` and calls fdatasync, again and again: what a
// write-ahead log does that is used over and over.
// Errors: UNAVAILABLE, if the disk fails.
absl::StatusOr<DiskSpeed> MeasureDisk(const std::string& folder, std::chrono::milliseconds time);

// The value below which `share` of `sorted` lies; 0 if there is none.
double Quantile(const std::vector<double>& sorted, double share);

}  // namespace skein::bench
