#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace skein::storage::postgres {

// Where a database is and how patiently it is spoken to. Whatever the given URL leaves open is
// bounded here: connecting, a statement, a lock, an idle transaction, a peer that has vanished.
class ConnectionString {
 public:
  // Takes postgresql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS; libpq's environment (PGHOST,
  // PGPASSWORD, …) and password file fill in what is missing.
  // Errors: INVALID_ARGUMENT, if libpq cannot read it; the message has no password.
  static absl::StatusOr<ConnectionString> Parse(const std::string& url);

  // As libpq takes it, with the time-outs. Of several hosts it finds the one that takes writes; a
  // reader wants that one, too, since a copy may not yet show what was acknowledged.
  const std::string& to_primary() const { return to_primary_; }

  // For logs and messages: host, port and database, without user, password and parameters.
  const std::string& redacted() const { return redacted_; }

 private:
  std::string to_primary_;
  std::string redacted_;
};

}  // namespace skein::storage::postgres
