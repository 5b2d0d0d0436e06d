#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "sim/domain/status.h"
#include "skein/v1/evaluation_work.pb.h"

namespace skein::cli {

// Keeps finished work, so that a run that was stopped or killed can go on: a header and then a JSON
// line for each piece of work, in the order in which they were finished. A last line that is not
// complete, because the process was killed while it wrote, does not count.
//
// Threads: safe.
class WorkFile {
 public:
  // Opens the file at `path`, or makes it.
  // Errors: FAILED_PRECONDITION, if it belongs to other work, or another process has it open;
  //         DATA_LOSS, if a complete line cannot be read; UNAVAILABLE, if it cannot be written.
  static absl::StatusOr<std::unique_ptr<WorkFile>> Open(const std::string& path,
                                                        const v1::EvaluationWorkHeader& header);
  ~WorkFile();

  // The lines after the header that were there when the file was opened.
  const std::vector<v1::EvaluationWorkLine>& found() const { return found_; }

  // Appends a line. A kill of the process cannot take it back; a power failure can.
  // Errors: UNAVAILABLE.
  absl::Status Append(const v1::EvaluationWorkLine& line);

  // Removes the file: its work is done.
  // Errors: UNAVAILABLE.
  absl::Status Remove();

  const std::string& path() const { return path_; }

 private:
  WorkFile(std::string path, int descriptor);
  absl::Status Load(const v1::EvaluationWorkHeader& header);
  absl::Status CheckHeader(const std::string& line, const v1::EvaluationWorkHeader& header) const;

  const std::string path_;
  const int descriptor_;
  std::vector<v1::EvaluationWorkLine> found_;
  absl::Mutex mutex_;
  bool torn_ ABSL_GUARDED_BY(mutex_) = false;  // the last line could not be written whole
};

}  // namespace skein::cli
