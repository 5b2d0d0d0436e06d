#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/chained_rows.h"
#include "storage/fleet_store.h"
#include "storage/postgres/session.h"

namespace skein::storage::postgres {

// A session that reads. The reads mean what FleetStore says. After UNAVAILABLE it is of no more
// use.
//
// Threads: compatible.
class JournalReader {
 public:
  static absl::StatusOr<std::unique_ptr<JournalReader>> Open(const ConnectionString& connection,
                                                             std::chrono::milliseconds patience);

  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks();
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most);
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query);
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(const std::string& network,
                                                             const std::string& method,
                                                             const std::string& request_id);

 private:
  explicit JournalReader(std::unique_ptr<Session> session);

  std::unique_ptr<Session> session_;
};

}  // namespace skein::storage::postgres
