#include "storage/postgres/session.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace skein::storage::postgres {
namespace {

// The first line of a message of libpq.
std::string FirstLine(const std::string& message) { return message.substr(0, message.find('\n')); }

bool StartsWith(const std::string& text, std::string_view prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

// Source: PostgreSQL 15, appendix A, error codes.
absl::StatusCode CodeOf(const std::string& state) {
  using Code = absl::StatusCode;
  if (StartsWith(state, "23")) return Code::kAborted;  // integrity constraints
  if (StartsWith(state, "40")) return Code::kAborted;  // rolled back in favour of another
  if (StartsWith(state, "22")) return Code::kInvalidArgument;
  if (StartsWith(state, "28")) return Code::kFailedPrecondition;  // authorisation
  if (StartsWith(state, "3D")) return Code::kFailedPrecondition;  // no such database
  if (StartsWith(state, "42")) return Code::kFailedPrecondition;  // no such table, no privilege
  if (state == "XX001" || state == "XX002") return Code::kDataLoss;
  // Connections, resources, locks, operators and system errors; read-only after a failover.
  return Code::kUnavailable;
}

std::string Advice(const std::string& state) {
  if (state == "42P01" || state == "42703" || state == "42883")
    return "; the schema is missing or old: run `skein store migrate`";
  if (StartsWith(state, "53")) return "; the database is out of disk, memory or connections";
  return "";
}

}  // namespace

absl::Status StatusOfException(std::string_view context) {
  const auto message = [&](const char* what) {
    return absl::StrCat(std::string(context), ": ", FirstLine(what));
  };
  try {
    throw;
  } catch (const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    // A lost connection is reported as an error without a state.
    const absl::StatusCode code = state.empty() ? absl::StatusCode::kUnavailable : CodeOf(state);
    return {code, absl::StrCat(message(error.what()), state.empty() ? "" : " (", state,
                               state.empty() ? "" : ")", Advice(state))};
  } catch (const pqxx::transaction_rollback& error) {
    return absl::AbortedError(message(error.what()));
  } catch (const pqxx::failure& error) {  // broken_connection and in_doubt_error among them
    return absl::UnavailableError(message(error.what()));
  } catch (const std::bad_alloc&) {
    return absl::UnavailableError(message("out of memory"));
  } catch (const std::exception& error) {
    return absl::InternalError(message(error.what()));
  } catch (...) {
    return absl::InternalError(message("unknown exception"));
  }
}

Session::Session(const std::string& connection_string, std::chrono::milliseconds patience)
    : connection_(connection_string),
      socket_(fcntl(connection_.sock(), F_DUPFD_CLOEXEC, 0)),
      patience_(patience),
      warnings_(connection_) {
  if (socket_ < 0) throw pqxx::broken_connection(std::system_category().message(errno));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection_.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}

Session::~Session() { close(socket_); }

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const std::string& connection_string,
                                                       std::chrono::milliseconds patience) try {
  return std::unique_ptr<Session>(new Session(connection_string, patience));
} catch (...) {
  return StatusOfException("connect to the database");
}

absl::Status Session::OutOfPatience(std::string_view context) const {
  return absl::UnavailableError(absl::StrCat(
      std::string(context), ": the database did not answer within ", patience_.count(), " ms"));
}

std::optional<std::string> Session::TakeWarning() {
  return std::exchange(warnings_.last, std::nullopt);
}

bool Session::Warnings::operator()(const char message[]) noexcept {
  try {
    last = FirstLine(message);
  } catch (...) {
    last.emplace();  // short enough to need no memory
  }
  return false;
}

void Array::Separate() {
  if (text_.size() > 1) text_.push_back(',');
}

Array& Array::Add(std::int64_t value) {
  Separate();
  absl::StrAppend(&text_, value);
  return *this;
}

Array& Array::Add(bool value) {
  Separate();
  text_.append(value ? "true" : "false");
  return *this;
}

Array& Array::Add(const std::optional<std::int64_t>& value) {
  if (value.has_value()) return Add(*value);
  Separate();
  text_.append("NULL");
  return *this;
}

Array& Array::AddText(std::string_view value) {
  Separate();
  text_.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') text_.push_back('\\');
    text_.push_back(c);
  }
  text_.push_back('"');
  return *this;
}

pqxx::binarystring Bytes(std::string_view value) { return {value.data(), value.size()}; }

std::string BytesOf(const pqxx::field& field) { return pqxx::binarystring(field).str(); }

std::optional<std::int64_t> OptionalInt(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<std::int64_t>();
}

}  // namespace skein::storage::postgres
