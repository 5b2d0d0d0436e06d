#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "sim/domain/mutex.h"
#include "tests/torture/clients/session.h"

namespace skein::torture {

// Writes what clients ask and learn to a file, one JSON object per line. The end of an operation is
// on disk before the client goes on.
//
//   {"event": "invoke", "ms", "client", "operation", "network", "method", "requestId",
//    "source", "sourceSequence"}
//   {"event": "ok" | "fail" | "unknown", "ms", "client", "operation", "attempts",
//    "response": base64 of the answer's bytes, "error"}
//
// Threads: safe.
class FileRecorder : public Recorder {
 public:
  // Appends to `path`. Errors: UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<FileRecorder>> Open(const std::string& path);
  ~FileRecorder() override;

  void Invoked(const Operation& operation) override;
  void Ended(const Operation& operation) override;

 private:
  explicit FileRecorder(int descriptor) : descriptor_(descriptor) {}
  void Append(const std::string& line, bool durable);

  const int descriptor_;
  Mutex mutex_;  // lines are whole
};

}  // namespace skein::torture
