#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace skein::storage {

// A stretch of time during which one server writes to a store that several share.
struct WriterTerm {
  std::int64_t epoch = 0;  // rising from 1; 0: nobody has written yet
  std::string address;     // where clients reach the writer
  std::int64_t lease_ms = 0;
  // Signs of life: as long as either changes, the writer lives.
  std::int64_t batches = 0;
  std::int64_t beats = 0;
  bool ended = false;  // given up, or succeeded

  friend bool operator==(const WriterTerm&, const WriterTerm&) = default;
};

// Who presents itself as the writer.
struct WriterClaim {
  std::string holder;   // the process, for people
  std::string address;  // where clients reach it
  std::int64_t lease_ms = 0;
};

// How the servers of one store agree on who writes.
//
// Times are measured by whoever watches, on its own clock that never jumps: a writer whose signs of
// life have not changed for its lease may be succeeded. Safety does not rest on that: the store
// lets batches of the present term in, and no others.
//
// Threads: one.
class WriterLease {
 public:
  virtual ~WriterLease() = default;

  // The newest term. Errors: UNAVAILABLE.
  virtual absl::StatusOr<WriterTerm> Read() = 0;

  // Ends the term `seen` and begins the next one, of which this store's batches are from now on.
  // Waits for a batch of the old term that is being written. Returns the new epoch.
  // Errors: ABORTED, if the writer has shown life since, or somebody else was faster; UNAVAILABLE.
  virtual absl::StatusOr<std::int64_t> Take(const WriterTerm& seen, const WriterClaim& claim) = 0;

  // A sign of life. Errors: FAILED_PRECONDITION, if the term has ended; UNAVAILABLE.
  virtual absl::Status Renew() = 0;

  // Gives the term up, so that a successor need not wait. Errors: UNAVAILABLE.
  virtual absl::Status Release() = 0;
};

}  // namespace skein::storage
