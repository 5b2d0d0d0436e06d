#include "server/http/http_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/http/connection_pool.h"

namespace skein::server {
namespace {

constexpr int kMostBodyBytes = 1024;  // requests have none

}  // namespace

HttpServer::HttpServer(Options options, Answer answer) : options_(std::move(options)) {
  // A second server on the same port must fail: httplib would set SO_REUSEPORT.
  set_socket_options([](int socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  set_payload_max_length(kMostBodyBytes);
  set_tcp_nodelay(true);
  set_pre_routing_handler([answer = std::move(answer)](const auto& request, auto& response) {
    answer(request, response);
    return HandlerResponse::Handled;
  });
  // Called once the server accepts; before that, stop() does nothing.
  new_task_queue = [this] {
    MutexLock lock(&mutex_);
    accepting_ = true;
    return new ConnectionPool(options_.threads, options_.queue_length);
  };
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(Options options, Answer answer) {
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(options), std::move(answer)));
  if (!server->Listen())
    return absl::UnavailableError(absl::StrCat("cannot listen on ", server->options_.host, ":",
                                               server->options_.port,
                                               ": the address is in use or not of this machine"));
  return server;
}

bool HttpServer::Listen() {
  std::string host = options_.host;
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  if (options_.port == 0) {
    port_ = bind_to_any_port(host);
    if (port_ < 0) return false;
  } else {
    port_ = options_.port;
    if (!bind_to_port(host, port_)) return false;
  }
  listening_ = std::thread([this] { listen_after_bind(); });
  MutexLock lock(&mutex_);
  mutex_.Await([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return accepting_; });
  return true;
}

HttpServer::~HttpServer() { Stop(); }

void HttpServer::Stop() {
  if (!listening_.joinable()) return;
  stop();
  {
    MutexLock lock(&mutex_);
    stopped_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  listening_.join();
}

// What httplib does here for one request, but for the stream and the register of connections.
bool HttpServer::process_and_close_socket(int socket) {
  {
    MutexLock lock(&mutex_);
    open_.insert(socket);
    if (stopped_) ::shutdown(socket, SHUT_RDWR);
  }
  Connection connection(socket, options_.deadlines);
  bool closed = false;
  // Nothing is compressed: httplib would take Brotli at its highest level, seconds for a megabyte.
  const bool served = process_request(connection, true, closed, [](httplib::Request& request) {
    request.headers.erase("Accept-Encoding");
  });
  MutexLock lock(&mutex_);
  open_.erase(socket);
  ::shutdown(socket, SHUT_RDWR);
  ::close(socket);
  return served;
}

}  // namespace skein::server
