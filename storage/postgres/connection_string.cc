#include "storage/postgres/connection_string.h"

#include <libpq-fe.h>

#include <map>
#include <memory>

#include "absl/strings/str_cat.h"

namespace skein::storage::postgres {
namespace {

// A time-out fires in this order: idle transaction, lock, statement, so that a lock that a stopped
// client holds is free before the next one gives up waiting for it.
constexpr const char* kSessionSettings =
    "-c idle_in_transaction_session_timeout=2000 -c lock_timeout=3000 -c statement_timeout=10000"
    " -c client_min_messages=warning -c default_transaction_isolation=read\\ committed"
    " -c extra_float_digits=3 -c timezone=UTC";

// Of libpq. Seconds, but for tcp_user_timeout, which is in milliseconds.
const std::map<std::string, std::string>& Defaults() {
  static const auto* const defaults = new std::map<std::string, std::string>{
      {"application_name", "skein"}, {"connect_timeout", "3"},     {"keepalives", "1"},
      {"keepalives_idle", "5"},      {"keepalives_interval", "2"}, {"keepalives_count", "3"},
      {"tcp_user_timeout", "5000"},  {"client_encoding", "UTF8"}};
  return *defaults;
}

// Quoted for a keyword = 'value' string.
std::string Quoted(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "'";
}

std::string Joined(const std::map<std::string, std::string>& parameters) {
  std::string joined;
  for (const auto& [keyword, value] : parameters)
    absl::StrAppend(&joined, joined.empty() ? "" : " ", keyword, "=", Quoted(value));
  return joined;
}

}  // namespace

absl::StatusOr<ConnectionString> ConnectionString::Parse(const std::string& url) {
  if (url.find('\0') != std::string::npos)
    return absl::InvalidArgumentError("the database's URL holds a NUL byte");
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(url.c_str(), &message), PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> owned_message(message, PQfreemem);
  // libpq's message may quote the URL, and with it the password.
  if (options == nullptr)
    return absl::InvalidArgumentError(
        "the database's URL cannot be read, want "
        "postgresql://USER@HOST:PORT/DATABASE with percent-encoded parts");
  std::map<std::string, std::string> parameters = Defaults();
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  // What the URL sets comes last and wins.
  const std::string given = parameters["options"];
  parameters["options"] = absl::StrCat(kSessionSettings, given.empty() ? "" : " ", given);

  ConnectionString parsed;
  const auto part = [&](const char* keyword, const char* otherwise) {
    const auto found = parameters.find(keyword);
    return found == parameters.end() || found->second.empty() ? otherwise : found->second;
  };
  parsed.redacted_ = absl::StrCat("postgresql://", part("host", "local"), ":", part("port", "5432"),
                                  "/", part("dbname", "default"));
  parameters.try_emplace("target_session_attrs", "read-write");
  parsed.to_primary_ = Joined(parameters);
  return parsed;
}

}  // namespace skein::storage::postgres
