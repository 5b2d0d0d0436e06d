#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "httplib.h"

namespace skein::server {

// A connection whose request, and each piece of whose answer, must be through in time.
// cpp-httplib's own streams bound every single read and write instead, so that a peer who sends or
// takes a byte now and then keeps a thread for ever.
//
// Threads: one.
class Connection final : public httplib::Stream {
 public:
  struct Deadlines {
    std::chrono::milliseconds request{5'000};  // from now until the request has arrived
    std::chrono::milliseconds write{10'000};   // for each write
  };

  // Does not own the socket.
  Connection(int socket, Deadlines deadlines);

  bool is_readable() const override;
  // Whether there is room to write and the peer is still there.
  bool is_writable() const override;
  // Bytes read; 0 at the end; -1 if the deadline has passed or the connection is broken.
  ssize_t read(char* to, std::size_t size) override;
  // All of it, or -1.
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  int socket() const override { return socket_; }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  const int socket_;
  const Deadlines deadlines_;
  const TimePoint request_until_;
  std::array<char, 4096> buffer_{};  // httplib reads the head byte by byte
  std::size_t begin_ = 0;            // of what is in the buffer
  std::size_t end_ = 0;
};

}  // namespace skein::server
