#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/chained_rows.h"
#include "storage/fleet_store.h"
#include "storage/sqlite/connection.h"

namespace skein::storage::sqlite {

// A read-only connection of a store, with its prepared statements. The reads mean what FleetStore
// says.
//
// Threads: compatible.
class JournalReader {
 public:
  static absl::StatusOr<std::unique_ptr<JournalReader>> Open(const std::string& path);

  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks();
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most);
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query);
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(const std::string& network,
                                                             const std::string& method,
                                                             const std::string& request_id);

 private:
  struct Head {
    std::int64_t key = 0;
    JournalEnd end;
  };
  struct Statements {
    Statement begin, end, find_head, list_networks, find_snapshots, find_response;
    // By the filter (none; kind; kind and subject; kind and number), then oldest or newest first.
    std::vector<Statement> journal;
  };

  JournalReader(std::unique_ptr<Connection> connection, Statements statements);

  absl::StatusOr<Head> HeadOf(const std::string& network);
  absl::StatusOr<std::vector<ChainedRow>> ReadRows(const JournalQuery& query, std::int64_t key);
  absl::StatusOr<std::vector<JournalRecord>> ReadInTransaction(const JournalQuery& query);

  std::unique_ptr<Connection> connection_;
  Statements statements_;
};

}  // namespace skein::storage::sqlite
