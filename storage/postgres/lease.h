#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "storage/postgres/session.h"
#include "storage/writer_lease.h"

namespace skein::storage::postgres {

// The table writer_term as a lease, on a session of its own.
//
// Threads: one.
class Lease : public WriterLease {
 public:
  // `on_taken` learns the epoch of each term that begins.
  Lease(ConnectionString connection, std::function<void(std::int64_t epoch)> on_taken);

  absl::StatusOr<WriterTerm> Read() override;
  absl::StatusOr<std::int64_t> Take(const WriterTerm& seen, const WriterClaim& claim) override;
  absl::Status Renew() override;
  absl::Status Release() override;

 private:
  // Runs `work(Transaction&)` on the session, which is opened when there is none.
  template <class Transaction, class Work>
  auto Run(std::string_view context, Work work) -> decltype(work(std::declval<Transaction&>()));

  const ConnectionString connection_;
  const std::function<void(std::int64_t)> on_taken_;
  std::unique_ptr<Session> session_;
  std::int64_t epoch_ = 0;  // of our own term
};

}  // namespace skein::storage::postgres
