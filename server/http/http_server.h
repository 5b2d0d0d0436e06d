#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "httplib.h"
#include "server/http/connection.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// cpp-httplib's server with bounds:
//
// 1. A connection carries one request, so an idle one holds no thread.
// 2. At most `threads` connections are served and `queue_length` wait; the rest stay with the
// kernel.
// 3. A request arrives in time and each write of its answer is through in time, or the connection
//    is closed.
// 4. Stop closes all connections; whoever serves one finds it broken.
//
// Threads: compatible; `answer` runs on several at once. Stop returns when all of them have ended.
class HttpServer final : private httplib::Server {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    int port = 0;  // 0: any free one
    int threads = 4;
    int queue_length = 64;
    Connection::Deadlines deadlines{};
  };
  using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

  // Errors: UNAVAILABLE, if the address cannot be listened on, such as when it is in use.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Options options, Answer answer);
  ~HttpServer() override;

  int port() const { return port_; }

  // May be called twice.
  void Stop();

 private:
  HttpServer(Options options, Answer answer);
  bool Listen();
  bool process_and_close_socket(int socket) override;

  const Options options_;
  int port_ = 0;
  std::thread listening_;

  Mutex mutex_;
  std::set<int> open_ ABSL_GUARDED_BY(mutex_);
  bool accepting_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace skein::server
