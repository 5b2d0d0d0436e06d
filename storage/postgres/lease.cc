#include "storage/postgres/lease.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/domain/status.h"

namespace skein::storage::postgres {
namespace {

constexpr const char* kRead =
    "SELECT epoch, address, lease_ms, batch, beat, ended IS NOT NULL FROM writer_term"
    " ORDER BY epoch DESC LIMIT 1";
// Waits for the row, which a batch of that term locks until it is committed.
constexpr const char* kEnd =
    "UPDATE writer_term SET ended = clock_timestamp()"
    " WHERE epoch = $1 AND batch = $2 AND beat = $3 AND ended IS NULL";
constexpr const char* kBegin =
    "INSERT INTO writer_term (epoch, holder, address, lease_ms) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT DO NOTHING";
constexpr const char* kRenew =
    "UPDATE writer_term SET beat = beat + 1 WHERE epoch = $1 AND ended IS NULL";
constexpr const char* kRelease =
    "UPDATE writer_term SET ended = clock_timestamp() WHERE epoch = $1 AND ended IS NULL";

// Longer than a lock is waited for, and not much: whoever is without a lease does not lead.
constexpr std::chrono::milliseconds kPatience{4000};

}  // namespace

Lease::Lease(ConnectionString connection, std::function<void(std::int64_t)> on_taken)
    : connection_(std::move(connection)), on_taken_(std::move(on_taken)) {}

template <class Transaction, class Work>
auto Lease::Run(std::string_view context, Work work)
    -> decltype(work(std::declval<Transaction&>())) {
  if (session_ == nullptr) {
    SKEIN_ASSIGN_OR_RETURN(session_, Session::Open(connection_.to_primary(), kPatience));
    session_->Prepare("read", kRead);
    session_->Prepare("end", kEnd);
    session_->Prepare("begin", kBegin);
    session_->Prepare("renew", kRenew);
    session_->Prepare("release", kRelease);
  }
  auto result = session_->Run<Transaction>(context, std::move(work));
  if (!session_->usable()) session_.reset();
  return result;
}

absl::StatusOr<WriterTerm> Lease::Read() {
  return Run<pqxx::nontransaction>(
      "read the writer's term",
      [](pqxx::nontransaction& transaction) -> absl::StatusOr<WriterTerm> {
        const pqxx::result rows = transaction.exec_prepared("read");
        if (rows.empty()) return WriterTerm{};
        const pqxx::row row = rows[0];
        return WriterTerm{row[0].as<std::int64_t>(), row[1].as<std::string>(),
                          row[2].as<std::int64_t>(), row[3].as<std::int64_t>(),
                          row[4].as<std::int64_t>(), row[5].as<bool>()};
      });
}

absl::StatusOr<std::int64_t> Lease::Take(const WriterTerm& seen, const WriterClaim& claim) {
  const std::int64_t epoch = seen.epoch + 1;
  SKEIN_RETURN_IF_ERROR(Run<pqxx::work>("take over", [&](pqxx::work& transaction) -> absl::Status {
    if (seen.epoch > 0 && !seen.ended) {
      const pqxx::result ended =
          transaction.exec_prepared("end", seen.epoch, seen.batches, seen.beats);
      if (ended.affected_rows() != 1) return absl::AbortedError("the writer lives");
    }
    const pqxx::result begun =
        transaction.exec_prepared("begin", epoch, claim.holder, claim.address, claim.lease_ms);
    if (begun.affected_rows() != 1) return absl::AbortedError("somebody else was faster");
    transaction.commit();
    return absl::OkStatus();
  }));
  epoch_ = epoch;
  on_taken_(epoch);
  return epoch;
}

absl::Status Lease::Renew() {
  return Run<pqxx::nontransaction>(
      "renew the lease", [this](pqxx::nontransaction& transaction) -> absl::Status {
        if (transaction.exec_prepared("renew", epoch_).affected_rows() == 1)
          return absl::OkStatus();
        return absl::FailedPreconditionError(
            absl::StrCat("this server's term as the writer, epoch ", epoch_, ", has ended"));
      });
}

absl::Status Lease::Release() {
  return Run<pqxx::nontransaction>("give the lease up",
                                   [this](pqxx::nontransaction& transaction) -> absl::Status {
                                     transaction.exec_prepared("release", epoch_);
                                     return absl::OkStatus();
                                   });
}

}  // namespace skein::storage::postgres
