#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/hash_chain.h"
#include "storage/postgres/connection_string.h"
#include "storage/postgres/deadline.h"

// libpqxx 6.4 as values and statuses: the only place that catches its exceptions.
//
// 1. A connection that broke never comes back by itself. libpqxx reconnects silently, even in the
//    middle of a transaction, and would then report the commit of its second half.
// 2. The first exception ends transaction and session; whoever holds it makes a new one.
// 3. No statement waits for ever: see ConnectionString. Where the database does not say so itself,
//    since it is cut off or stands still, the session's patience ends the transaction.
namespace skein::storage::postgres {

// The status of the exception that is being handled. `context` says what was tried.
absl::Status StatusOfException(std::string_view context);

// One session of the database.
//
// Threads: compatible.
class Session {
 public:
  // Errors: UNAVAILABLE, whatever the reason, such as that the database cannot be reached, does not
  //         know this user, or takes no writes.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const std::string& connection_string,
                                                       std::chrono::milliseconds patience);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs `work(Transaction&)`, which returns a Status or StatusOr. Every exception becomes a
  // status. A transaction that is not committed in `work` is rolled back. UNAVAILABLE, if it takes
  // longer than `patience`.
  template <class Transaction = pqxx::work, class Work>
  auto Run(std::string_view context, Work work) -> decltype(work(std::declval<Transaction&>())) {
    const Deadline deadline(socket_, std::chrono::steady_clock::now() + patience_);
    try {
      Transaction transaction(connection_);
      return work(transaction);
    } catch (...) {
      broken_ = true;
      return deadline.passed() ? OutOfPatience(context) : StatusOfException(context);
    }
  }

  void Prepare(const std::string& name, const std::string& sql) { connection_.prepare(name, sql); }

  // False after an exception: throw it away.
  bool usable() const { return !broken_; }

  // Whether the server said something unasked since the last call, such as that a commit was not
  // confirmed by its synchronous standby.
  std::optional<std::string> TakeWarning();

 private:
  class Warnings : public pqxx::errorhandler {
   public:
    explicit Warnings(pqxx::connection& connection) : errorhandler(connection) {}
    bool operator()(const char message[]) noexcept override;
    std::optional<std::string> last;
  };

  Session(const std::string& connection_string, std::chrono::milliseconds patience);
  absl::Status OutOfPatience(std::string_view context) const;

  pqxx::connection connection_;
  const int socket_;  // the connection's; a duplicate, which nobody closes under a deadline
  const std::chrono::milliseconds patience_;
  Warnings warnings_;
  bool broken_ = false;
};

using ReadOnly = pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>;

// A column of values as PostgreSQL's array text, so that many rows need one statement.
class Array {
 public:
  Array& Add(std::int64_t value);
  Array& Add(bool value);
  Array& Add(const std::optional<std::int64_t>& value);
  Array& AddText(std::string_view value);

  bool empty() const { return text_.size() == 1; }
  std::string text() const { return text_ + "}"; }

 private:
  void Separate();
  std::string text_ = "{";
};

// Bytes as a parameter.
pqxx::binarystring Bytes(std::string_view value);
// Bytes of a field.
std::string BytesOf(const pqxx::field& field);
std::optional<std::int64_t> OptionalInt(const pqxx::field& field);

}  // namespace skein::storage::postgres
