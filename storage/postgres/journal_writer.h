#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/fleet_store.h"
#include "storage/hash_chain.h"
#include "storage/postgres/held_units.h"
#include "storage/postgres/session.h"

namespace skein::storage::postgres {

// The name of a batch: its writer's term, and its number there. It is written in the transaction of
// the batch, so that whoever finds it knows that the batch was committed.
struct BatchToken {
  std::int64_t epoch = 0;
  std::int64_t batch = 0;  // 1, 2, 3, …
};

// The session that writes. One transaction per batch, and in it few statements, each a round trip:
//
//   BEGIN ─► token: the fence ─► heads, journal, answers ─► bookings and facts ─► COMMIT
//
// Networks that are new or were not written to before take some more, and so do snapshots.
//
// Threads: compatible.
class JournalWriter {
 public:
  // Errors: those of Session::Open; FAILED_PRECONDITION, if a setting that durability rests on does
  //         not hold (fsync, full_page_writes, synchronous_commit).
  static absl::StatusOr<std::unique_ptr<JournalWriter>> Open(const ConnectionString& connection,
                                                             std::chrono::milliseconds patience);

  // FleetStore::CommitBatch for batches that make sense by themselves. After an error nothing was
  // committed, unless the outcome is in doubt. FAILED_PRECONDITION, if the token's term has ended.
  absl::Status Commit(const BatchToken& token, std::span<const NetworkBatch> batches);

  // After a Commit that failed: COMMIT had been sent, and what came back was not a plain success.
  bool in_doubt() const { return in_doubt_; }

  // Whether the batch with this token was committed. Waits until no other session can commit it any
  // more, and commits something itself, so that whatever the database confirms late, such as the
  // copy on a synchronous standby, holds for the batch too.
  // Errors: UNAVAILABLE; then it is not known.
  absl::StatusOr<bool> WasCommitted(const BatchToken& token);

  // Whether the session may go on.
  bool usable() const { return session_->usable(); }

 private:
  // Where the journal of a network ends, and what is held there, as in the transaction that runs.
  struct Head {
    std::int64_t key = 0;
    std::int64_t sequence = 0;
    Hash hash = kChainStart;
    HeldUnits held{};
  };

  explicit JournalWriter(std::unique_ptr<Session> session);
  absl::Status CheckDurability();
  // Commits; an error, unless the database says nothing but yes.
  absl::Status Finish(pqxx::work& transaction);
  absl::Status WriteAll(const BatchToken& token, std::span<const NetworkBatch> batches,
                        pqxx::work& transaction);
  absl::StatusOr<Head*> HeadOf(const NetworkBatch& batch, pqxx::work& transaction);
  // Returns whether there was one.
  bool WriteSnapshots(std::span<const NetworkBatch> batches, pqxx::work& transaction);

  std::unique_ptr<Session> session_;
  std::map<std::string, Head> heads_;  // of networks written to
  bool in_doubt_ = false;
};

}  // namespace skein::storage::postgres
