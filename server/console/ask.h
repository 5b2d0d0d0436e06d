#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "server/controller.h"

namespace skein::server {

// Longest that a browser's thread waits for the controller.
inline constexpr std::chrono::milliseconds kMostWait{2'000};

// An answer that is under way.
template <class Response>
class Asked {
 public:
  explicit Asked(std::future<absl::StatusOr<Response>> answer) : answer_(std::move(answer)) {}

  // Blocks. DEADLINE_EXCEEDED, if the network is that busy; the answer then goes nowhere.
  absl::StatusOr<Response> Get() {
    if (answer_.wait_for(kMostWait) != std::future_status::ready)
      return absl::DeadlineExceededError("the network has not answered in time");
    return answer_.get();
  }

 private:
  std::future<absl::StatusOr<Response>> answer_;
};

// Calls a method of the controller.
template <class Request, class Response>
Asked<Response> Ask(Controller* controller,
                    void (Controller::*method)(const Request&, const CallOptions&,
                                               Callback<Response>),
                    const Request& request) {
  const auto promise = std::make_shared<std::promise<absl::StatusOr<Response>>>();
  CallOptions options;
  options.deadline = std::chrono::steady_clock::now() + kMostWait;
  (controller->*method)(request, options, [promise](absl::StatusOr<Response> response) {
    promise->set_value(std::move(response));
  });
  return Asked<Response>(promise->get_future());
}

}  // namespace skein::server
