#include "server/http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace skein::server {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

// Waits until one of `events` holds; false: not until then.
bool Await(int socket, short events, TimePoint until) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{socket, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;  // an error too: the next call on the socket says which
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool IsReady(int socket, short events) {
  pollfd asked{socket, events, 0};
  return poll(&asked, 1, 0) > 0 && (asked.revents & events) != 0;
}

}  // namespace

Connection::Connection(int socket, Deadlines deadlines)
    : socket_(socket),
      deadlines_(deadlines),
      request_until_(std::chrono::steady_clock::now() + deadlines.request) {}

bool Connection::is_readable() const { return begin_ < end_ || IsReady(socket_, POLLIN); }

bool Connection::is_writable() const {
  return !IsReady(socket_, POLLRDHUP) && IsReady(socket_, POLLOUT);
}

ssize_t Connection::read(char* to, std::size_t size) {
  while (begin_ == end_) {
    if (!Await(socket_, POLLIN, request_until_)) return -1;
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got == 0) return 0;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return -1;
    begin_ = 0;
    end_ = got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* from, std::size_t size) {
  const TimePoint until = std::chrono::steady_clock::now() + deadlines_.write;
  for (std::size_t sent = 0; sent < size;) {
    if (!Await(socket_, POLLOUT, until)) return -1;
    const ssize_t part = send(socket_, from + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (part < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (part > 0) sent += static_cast<std::size_t>(part);
  }
  return static_cast<ssize_t>(size);
}

// Nothing here asks who the peer is.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}
void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace skein::server
