#include "server/metrics_page.h"

#include <sys/socket.h>

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "httplib.h"

namespace skein::server {
namespace {

constexpr int kThreads = 2;
constexpr int kTimeoutS = 5;  // of a request, and of each write of its answer
constexpr const char* kFormat = "text/plain; version=0.0.4; charset=utf-8";

// "[::1]:9464" is the host "::1" and the port 9464.
std::pair<std::string, int> Split(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  int port = -1;
  if (colon != std::string::npos)
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  return {std::move(host), port};
}

// The library would let a second server share the port.
void TakeAlone(int socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

MetricsPage::MetricsPage() : server_(std::make_unique<httplib::Server>()) {}

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Open(const std::string& address,
                                                               Text text) {
  std::unique_ptr<MetricsPage> page(new MetricsPage());
  httplib::Server& server = *page->server_;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_socket_options(TakeAlone);
  server.set_keep_alive_max_count(1);  // an idle connection would hold a thread
  server.set_read_timeout(kTimeoutS);
  server.set_write_timeout(kTimeoutS);
  server.Get("/metrics", [text = std::move(text)](const httplib::Request&, httplib::Response& res) {
    res.set_content(text(), kFormat);
  });
  const auto [host, port] = Split(address);
  if (port == 0)
    page->port_ = server.bind_to_any_port(host);
  else if (port > 0 && server.bind_to_port(host, port))
    page->port_ = port;
  if (page->port_ <= 0)
    return absl::UnavailableError(absl::StrCat("metrics page on ", address, " cannot be opened"));
  page->listening_ = std::thread([&server] { server.listen_after_bind(); });
  return page;
}

MetricsPage::~MetricsPage() {
  if (!listening_.joinable()) return;
  // The library forgets a stop before the start.
  while (!server_->is_running()) std::this_thread::yield();
  server_->stop();
  listening_.join();
}

}  // namespace skein::server
