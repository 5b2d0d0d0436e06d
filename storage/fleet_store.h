#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Durable memory of all networks: who they are, what happened to them, what was answered.
//
// The store knows neither the world nor the messages: payloads are opaque bytes. It guarantees
// 1. a batch is durable as a whole or not at all, over all of its networks;
// 2. the records of a network carry the sequence numbers 1, 2, 3, … without gap or double;
// 3. each record is hash-chained to the one before it, so that damage and tampering are noticed;
// 4. (network, kind, number) names at most one record;
// 5. (network, method, request id) has at most one answer;
// 6. of several servers that share a store, one writes: a batch of any other is refused.
namespace skein::storage {

// A network as it was created; what changes later is in its journal.
struct NetworkRecord {
  std::string id;
  std::string scenario;             // opaque bytes
  std::uint64_t scenario_hash = 0;  // of what matters to the rules
  int rules_version = 0;
  std::string clock;  // "EXTERNAL" or "SYSTEM"
  std::string policy;
  std::uint64_t policy_seed = 0;
  bool auto_dispatch = false;
  std::int64_t day_start_unix_ms = 0;  // wall time of network time 0
};

// One thing that happened to a network.
struct JournalRecord {
  std::int64_t sequence = 0;              // from 1, contiguous per network
  std::int64_t time_ms = 0;               // network time
  int kind = 0;                           // the writer's numbering; at least 0
  std::optional<std::int64_t> subject{};  // what readers select by, such as an aircraft's index
  std::optional<std::int64_t> number{};   // among those of its kind, where they are numbered
  std::optional<std::uint64_t> digest{};  // of the state after it, where the writer took one
  std::string payload;                    // opaque bytes

  friend bool operator==(const JournalRecord&, const JournalRecord&) = default;
};

// The whole state of a network after the record with this sequence number.
struct SnapshotRecord {
  std::int64_t sequence = 0;  // 0: as created
  std::string payload;        // opaque bytes

  friend bool operator==(const SnapshotRecord&, const SnapshotRecord&) = default;
};

// What was answered to a request, so that a repeat gets the same.
struct ResponseRecord {
  std::string method;
  std::string request_id;
  std::string body_hash;  // of the request
  std::string response;   // opaque bytes

  friend bool operator==(const ResponseRecord&, const ResponseRecord&) = default;
};

// Somebody takes one unit of something that has `capacity` of them, or gives it back.
struct Booking {
  std::string kind;           // of the resource, such as "aircraft" or "stand"
  std::string resource;       // which one
  std::int64_t capacity = 1;  // how many holders it has at most
  std::string holder;
  std::int64_t time_ms = 0;  // network time
  bool take = false;         // else: gives back what it holds, if anything
  bool excursion = false;    // the outside world did it: it may exceed the capacity

  friend bool operator==(const Booking&, const Booking&) = default;
};

// One line of what happened, for people who ask by SQL.
struct Fact {
  std::int64_t time_ms = 0;  // network time
  std::string kind;          // such as "landed"
  std::string aircraft{};
  std::string origin{};
  std::string destination{};
  std::string detail{};
  std::optional<std::int64_t> number{};
  std::int64_t passengers = 0;
  std::int64_t energy_wh = 0;
  std::int64_t cents = 0;  // what it adds to the profit

  friend bool operator==(const Fact&, const Fact&) = default;
};

// A vertiport of a new network.
struct Place {
  std::string vertiport;
  std::string title;
  double latitude_deg = 0;
  double longitude_deg = 0;
  std::int64_t stands = 0;
  std::int64_t chargers = 0;
  std::int64_t pads = 0;
};

// What a batch says to those who read the database by SQL; the service never reads it back. A store
// that nobody reads by SQL may leave it out.
struct Ledger {
  std::vector<Place> places;
  std::vector<Booking> bookings;  // in order
  std::vector<Fact> facts;        // in order
};

// What one batch adds to one network.
struct NetworkBatch {
  std::string network;
  std::optional<NetworkRecord> created{};  // the network is new; its id is `network`
  std::vector<JournalRecord> records;      // contiguous
  std::vector<ResponseRecord> responses;
  std::optional<SnapshotRecord> snapshot{};
  Ledger ledger{};
};

// Which records to read: those with after_sequence < sequence < before_sequence.
struct JournalQuery {
  std::string network;
  std::int64_t after_sequence = 0;
  std::int64_t before_sequence = std::numeric_limits<std::int64_t>::max();
  int limit = 1000;  // at least 1
  bool newest_first = false;
  std::optional<int> kind{};              // only records of this kind
  std::optional<std::int64_t> subject{};  // and of this subject; only together with `kind`
  std::optional<std::int64_t> number{};   // or with this number; only together with `kind`

  // Whether the answer is a stretch of the journal, in its order, of which the chain is verified.
  bool contiguous() const { return !newest_first && !kind.has_value(); }
};

// Snapshots that a store keeps per network; older ones are dropped when a new one is written.
inline constexpr int kSnapshotsKept = 3;

// Threads: CommitBatch from one thread at a time; the reads from any thread, also during a commit.
class FleetStore {
 public:
  virtual ~FleetStore() = default;

  // Makes everything in `batches` durable in one transaction. OK means: on disk. After UNAVAILABLE
  // the outcome is unknown until the next read; after any other error nothing has changed.
  // Requires: each network occurs once.
  // Errors: ABORTED             a record does not continue its network's journal, a number or
  //                             request id is taken, or a booking exceeds its capacity;
  //         ALREADY_EXISTS      the created network exists;
  //         NOT_FOUND           the network does not exist;
  //         INVALID_ARGUMENT    the records are not contiguous, a record's kind is negative, or a
  //                             text holds a NUL byte;
  //         FAILED_PRECONDITION another server is the writer;
  //         UNAVAILABLE         the disk is full, busy or failing;
  //         DATA_LOSS           the store is damaged.
  virtual absl::Status CommitBatch(std::span<const NetworkBatch> batches) = 0;

  // All networks, in order of creation. Errors: UNAVAILABLE, DATA_LOSS.
  virtual absl::StatusOr<std::vector<NetworkRecord>> ListNetworks() = 0;

  // The newest undamaged snapshot at or before `at_most`; none if there is none.
  // Errors: NOT_FOUND for the network; UNAVAILABLE, DATA_LOSS.
  virtual absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                                     std::int64_t at_most) = 0;

  // Errors: NOT_FOUND for the network; UNAVAILABLE; DATA_LOSS, if a record does not match its hash
  // or, in a contiguous query, is missing or not chained to the one before it.
  virtual absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query) = 0;

  // The answer given to this request before; none if there is none, or no such network.
  // Errors: UNAVAILABLE, DATA_LOSS.
  virtual absl::StatusOr<std::optional<ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method, const std::string& request_id) = 0;
};

}  // namespace skein::storage
