#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/fleet_store.h"
#include "storage/hash_chain.h"
#include "storage/sqlite/connection.h"

namespace skein::storage::sqlite {

// The one writing connection of a store, with its prepared statements.
//
// Threads: compatible.
class JournalWriter {
 public:
  static absl::StatusOr<std::unique_ptr<JournalWriter>> Open(const std::string& path);

  // FleetStore::CommitBatch for batches that make sense by themselves.
  absl::Status Commit(std::span<const NetworkBatch> batches);

  // Whether the connection may go on; false after the disk failed under it.
  bool usable() const { return usable_; }

 private:
  // Where the journal of a network ends.
  struct Head {
    std::int64_t key = 0;
    std::int64_t sequence = 0;
    Hash hash = kChainStart;
  };
  struct Statements {
    Statement begin, commit, rollback;
    Statement find_head, move_head, insert_network;
    Statement insert_record, insert_response, put_snapshot, drop_snapshots;
  };

  JournalWriter(std::unique_ptr<Connection> connection, Statements statements);
  static absl::StatusOr<Statements> PrepareAll(Connection* connection);

  absl::Status WriteAll(std::span<const NetworkBatch> batches);
  absl::Status Write(const NetworkBatch& batch);
  absl::StatusOr<Head> HeadOf(const NetworkBatch& batch);
  absl::Status Create(const NetworkRecord& network);
  absl::Status AppendRecords(const NetworkBatch& batch, Head* head);
  absl::Status PutSnapshot(const NetworkBatch& batch, std::int64_t key);
  void Abandon(const absl::Status& cause);

  std::unique_ptr<Connection> connection_;
  Statements statements_;
  std::map<std::string, Head> heads_;  // of networks written to; as in the transaction that runs
  bool usable_ = true;
};

}  // namespace skein::storage::sqlite
