#pragma once

#include <string>

#include "sim/domain/status.h"

namespace skein::cli {

// A file that appears under its name only when it is complete and on disk: it is written beside
// itself as PATH.part. Without Finish nothing remains.
//
// Threads: compatible.
class ResultFile {
 public:
  // Errors: INVALID_ARGUMENT, if `path` is a folder; UNAVAILABLE, if it cannot be written.
  static absl::StatusOr<ResultFile> Create(const std::string& path);
  ResultFile(ResultFile&& other) noexcept;
  ~ResultFile();

  // Writes the whole content and gives the file its name.
  // Errors: UNAVAILABLE; what was under the name before is still there.
  absl::Status Finish(const std::string& content);

 private:
  ResultFile(std::string path, int descriptor);

  std::string path_;
  int descriptor_;
};

}  // namespace skein::cli
