#pragma once

#include <string>
#include <string_view>

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

  // Adds to the content. Finish says whether it could be written.
  void Append(std::string_view text);

  // Gives the file its name. Nothing may be appended after it.
  // Errors: UNAVAILABLE. What was under the name before is still there, unless only the folder
  //         could not be brought to disk: then the new content stands there, but a power failure
  //         may undo it.
  absl::Status Finish();

 private:
  ResultFile(std::string path, int descriptor);
  void Flush();

  std::string path_;
  int descriptor_;
  std::string pending_;  // not yet handed to the system
  int error_ = 0;        // errno of the first write that failed
};

// Writes the whole file.
// Errors: those of ResultFile.
absl::Status WriteResultFile(const std::string& path, std::string_view content);

}  // namespace skein::cli
