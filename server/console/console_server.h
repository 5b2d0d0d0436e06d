#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/console/feed_directory.h"
#include "server/console/policy_monitor.h"
#include "server/controller.h"
#include "server/http/connection.h"
#include "server/http/http_server.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// Where the console listens and what it bounds.
struct ConsoleOptions {
  std::string host = "127.0.0.1";  // as in "127.0.0.1" or "[::1]"
  int port = 0;                    // 0: any free one
  // Names of hosts under which browsers may ask for it, beside "localhost" and addresses.
  std::vector<std::string> host_names;
  int max_viewers = 16;                    // open streams; a further one is 503
  std::chrono::milliseconds refresh{250};  // between two reads of a network that is looked at
  Connection::Deadlines deadlines;
};

// What the console stands on. Pointers are not owned and outlive it.
struct ConsoleParts {
  Controller* controller = nullptr;
  const PolicyMonitor* policies = nullptr;
  const Clock* clock = nullptr;
  std::string version;
  std::string commit;
};

// The console: a page for browsers that shows the networks live. It only reads.
//
//   GET /, /main.js, /style.css, /icon.svg           the page
//   GET /v1/networks                                 ListNetworksResponse, at most 1000
//   GET /v1/networks/{id}/scenario                   GetScenarioResponse
//   GET /v1/networks/{id}/decisions/{number}         GetDecisionResponse
//   GET /v1/networks/{id}/stream                     server-sent events, see console.proto
//
// Answers are canonical JSON; errors are text with the message of the status. Anything but GET is
// 405; a request under a name that is not ours is 421, see host_check.h.
//
// Viewers hold threads, so there are max_viewers of them and a few more: viewers cannot keep other
// requests out.
//
// Threads: compatible.
class ConsoleServer {
 public:
  // Errors: UNAVAILABLE, if the address cannot be listened on, such as when it is in use.
  static absl::StatusOr<std::unique_ptr<ConsoleServer>> Start(ConsoleOptions options,
                                                              ConsoleParts parts);
  ~ConsoleServer();

  // HOST:PORT that it listens on.
  std::string address() const;

  // Tells the viewers that the server closes, then closes all connections. May be called twice.
  void Stop();

 private:
  ConsoleServer(ConsoleOptions options, ConsoleParts parts);
  void Answer(const httplib::Request& request, httplib::Response& response);
  void AnswerNetwork(const std::string& id, const std::string& what,
                     const httplib::Request& request, httplib::Response& response);
  void ListNetworks(httplib::Response& response);
  void Stream(const std::string& network, const httplib::Request& request,
              httplib::Response& response);
  // A place for one more viewer; null if there is none.
  std::shared_ptr<void> TakePlace();

  const ConsoleOptions options_;
  const ConsoleParts parts_;
  FeedDirectory feeds_;
  Mutex mutex_;
  int viewers_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<HttpServer> http_;  // last: its threads use all of the above
};

}  // namespace skein::server
