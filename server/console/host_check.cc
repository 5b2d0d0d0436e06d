#include "server/console/host_check.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace skein::server {
namespace {

// "host" of "host:port"; "[::1]" of "[::1]:port"; empty if it is neither.
std::string WithoutPort(const std::string& header) {
  const std::size_t end =
      header.find(':', header.empty() || header[0] != '[' ? 0 : header.find(']'));
  if (end == std::string::npos) return header;
  const bool number = std::all_of(header.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                                  header.end(), [](char c) { return '0' <= c && c <= '9'; });
  return number ? header.substr(0, end) : "";
}

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), bytes.data()) == 1;
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1;
}

}  // namespace

bool IsOurHost(const std::string& header, const std::vector<std::string>& names) {
  std::string host = WithoutPort(header);
  absl::AsciiStrToLower(&host);
  if (host.empty()) return false;
  if (host == "localhost" || IsAddress(host)) return true;
  return std::any_of(names.begin(), names.end(), [&host](const std::string& name) {
    return absl::AsciiStrToLower(name) == host;
  });
}

}  // namespace skein::server
