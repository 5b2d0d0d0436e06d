#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/domain/mutex.h"
#include "sim/domain/status.h"

namespace skein::storage {

// At most so many reading connections of a store, each used by one thread at a time.
//
// Threads: safe.
template <class Reader>
class ReaderPool {
 public:
  using Open = std::function<absl::StatusOr<std::unique_ptr<Reader>>()>;

  // Requires: size > 0.
  ReaderPool(int size, Open open) : size_(size), open_(std::move(open)) {}

  // Runs `read(Reader&)` on a reader of its own; waits while all are in use.
  template <class Read>
  auto With(Read read) -> decltype(read(std::declval<Reader&>())) {
    SKEIN_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, Take());
    auto result = read(*reader);
    GiveBack(std::move(reader), result.status());
    return result;
  }

  // Closes the connections that are not in use.
  void Clear() {
    MutexLock lock(&mutex_);
    idle_.clear();
  }

 private:
  absl::StatusOr<std::unique_ptr<Reader>> Take() {
    {
      MutexLock lock(&mutex_);
      mutex_.Await([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return out_ < size_; });
      ++out_;
      if (!idle_.empty()) {
        std::unique_ptr<Reader> reader = std::move(idle_.back());
        idle_.pop_back();
        return reader;
      }
    }
    absl::StatusOr<std::unique_ptr<Reader>> opened = open_();
    if (!opened.ok()) GiveBack(nullptr, opened.status());
    return opened;
  }

  void GiveBack(std::unique_ptr<Reader> reader, const absl::Status& outcome) {
    // A reader that met a failing disk, a lost connection or damage starts afresh; one that found
    // nothing wrong but the question goes on.
    if (!outcome.ok() && !absl::IsNotFound(outcome)) reader.reset();
    MutexLock lock(&mutex_);
    --out_;
    if (reader != nullptr) idle_.push_back(std::move(reader));
  }

  const int size_;
  const Open open_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_ ABSL_GUARDED_BY(mutex_);
  int out_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace skein::storage
