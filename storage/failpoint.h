#pragma once

#include <string>

#include "absl/status/status.h"

// Named places at which a test lets the process die, stand still or fail. They are in every build,
// so that what is tested is what is shipped; one that is not armed costs one load.
// Source: docs/adr/0012-failpoints.md.
namespace skein::failpoint {

enum class Point {
  kBeforeAppend,       // a transaction has begun, nothing is written
  kAfterAppend,        // the records of a network are written, its answers are not
  kBeforeCommit,       // everything is written, COMMIT was not sent
  kUnansweredCommit,   // COMMIT has taken effect, its outcome was not seen
  kBeforeAcknowledge,  // the store has said OK, nobody was told
  kSnapshot,           // a snapshot is written, older ones are still there
  kMigration,          // a step of a migration was made, but not recorded
  kRecovery,           // a record of a journal is about to be replayed
};

// OK, unless the point is armed with an error and this is the pass it is armed for.
// Errors: UNAVAILABLE.
// Threads: safe.
absl::Status Pass(Point point);

// Arms points: "NAME=ACTION[@PASS]", several separated by commas, as in
//   commit.before=kill@3,recovery.replay=error
// NAME: append.before, append.after, commit.before, commit.unanswered, acknowledge.before,
//       snapshot.write, migration.step, recovery.replay.
// ACTION: kill (SIGKILL), stop (SIGSTOP, until somebody sends SIGCONT) or error; it happens once,
// at
//         the given pass, counted from 1.
// Errors: INVALID_ARGUMENT; then nothing has changed.
// Requires: no other thread passes a point yet.
absl::Status Arm(const std::string& list);

}  // namespace skein::failpoint
