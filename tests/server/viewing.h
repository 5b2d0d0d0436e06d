#pragma once

#include <string>
#include <thread>

#include "httplib.h"
#include "sim/domain/mutex.h"

namespace skein::server {

// A browser that looks at a stream of the console, on a thread of its own until it is destroyed.
class Viewing {
 public:
  Viewing(int port, const std::string& network, const std::string& last_event_id = "")
      : client_("127.0.0.1", port), thread_([this, network, last_event_id] {
          httplib::Headers headers;
          if (!last_event_id.empty()) headers.emplace("Last-Event-ID", last_event_id);
          const auto result = client_.Get(
              "/v1/networks/" + network + "/stream", headers,
              [this](const httplib::Response& response) {
                MutexLock lock(&mutex_);
                status_ = response.status;
                return true;
              },
              [this](const char* data, std::size_t size) {
                MutexLock lock(&mutex_);
                text_.append(data, size);
                return !leaving_;
              });
          MutexLock lock(&mutex_);
          ended_ = true;
        }) {}

  ~Viewing() {
    {
      MutexLock lock(&mutex_);
      leaving_ = true;
    }
    client_.stop();
    thread_.join();
  }

  // Waits until the stream has said this; false: not within ten seconds.
  bool Await(const std::string& said) {
    MutexLock lock(&mutex_);
    return mutex_.AwaitFor(kPatience, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return text_.find(said) != std::string::npos;
    });
  }
  bool AwaitEnd() {
    MutexLock lock(&mutex_);
    return mutex_.AwaitFor(kPatience, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return ended_; });
  }
  // All that it has said.
  std::string text() {
    MutexLock lock(&mutex_);
    return text_;
  }
  int status() {
    MutexLock lock(&mutex_);
    return status_;
  }

 private:
  static constexpr std::chrono::milliseconds kPatience{10'000};

  httplib::Client client_;
  Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  int status_ ABSL_GUARDED_BY(mutex_) = 0;
  bool leaving_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace skein::server
