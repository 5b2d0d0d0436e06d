#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/controller.h"
#include "sim/domain/mutex.h"
#include "storage/memory_store.h"
#include "tests/storage/faulty_store.h"

// A controller on a store in memory, with a clock and policies to order.
namespace skein::server {

// A clock that moves when told.
class ManualClock : public Clock {
 public:
  std::int64_t unix_ms() const override { return unix_ms_; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(steady_ms_));
  }
  void Set(std::int64_t unix_ms) { unix_ms_ = unix_ms; }
  void Advance(std::int64_t ms) {
    unix_ms_ += ms;
    steady_ms_ += ms;
  }

 private:
  std::atomic<std::int64_t> unix_ms_{1'700'000'000'000};
  std::atomic<std::int64_t> steady_ms_{1'000'000};
};

// A policy that does what a function says.
class ScriptedPolicy : public Dispatcher {
 public:
  using Script = std::function<absl::Status(const Observation&, Choice*)>;
  explicit ScriptedPolicy(Script script) : script_(std::move(script)) {}

  absl::Status DecideBatch(std::span<const DecisionPoint> points,
                           std::span<Choice> choices) override {
    for (std::size_t k = 0; k < points.size(); ++k) {
      const absl::Status status = script_(*points[k].observation, &choices[k]);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  std::string name() const override { return "scripted"; }

 private:
  const Script script_;
};

// Something that happens once.
class Notification {
 public:
  void Notify() {
    MutexLock lock(&mutex_);
    happened_ = true;
  }
  void Wait() {
    MutexLock lock(&mutex_);
    mutex_.Await([this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return happened_; });
  }
  bool happened() {
    MutexLock lock(&mutex_);
    return happened_;
  }

 private:
  Mutex mutex_;
  bool happened_ ABSL_GUARDED_BY(mutex_) = false;
};

// Calls a method of the controller and waits for its answer.
template <class Request, class Response>
absl::StatusOr<Response> Ask(Controller& controller,
                             void (Controller::*method)(const Request&, const CallOptions&,
                                                        Callback<Response>),
                             const Request& request, const CallOptions& options = {}) {
  absl::StatusOr<Response> answer = absl::InternalError("no answer");
  Notification answered;
  (controller.*method)(request, options, [&](absl::StatusOr<Response> result) {
    answer = std::move(result);
    answered.Notify();
  });
  answered.Wait();
  return answer;
}

// A fixture with one controller; Restart makes a new one on the same store.
class ControllerTest : public testing::Test {
 protected:
  ControllerTest();
  ~ControllerTest() override;

  void Restart();
  // As after a crash: without draining, so without a last snapshot.
  void Crash();

  Controller& controller() { return *controller_; }

  // Requests with the fields that every test needs.
  static v1::CreateNetworkRequest Creation(const std::string& id, const std::string& policy);
  absl::StatusOr<v1::CreateNetworkResponse> Create(const std::string& id,
                                                   const std::string& policy = "greedy");
  absl::StatusOr<v1::IngestEventResponse> Ingest(const std::string& id, std::int64_t sequence,
                                                 const v1::Event& event);
  // Moves an external network to `ms`.
  absl::StatusOr<v1::IngestEventResponse> Advance(const std::string& id, std::int64_t sequence,
                                                  std::int64_t ms);
  absl::StatusOr<v1::RequestDecisionResponse> Decide(const std::string& id,
                                                     const std::string& aircraft,
                                                     const std::string& request_id);
  absl::StatusOr<v1::Network> Get(const std::string& id);
  std::string Digest(const std::string& id);
  v1::SubmitTripRequest Trip(const std::string& id, const std::string& request_id);

  ControllerOptions options_;
  ManualClock clock_;
  storage::MemoryStore memory_;
  storage::FaultyStore store_{&memory_};
  NoMetrics no_metrics_;
  std::unique_ptr<Metrics> owned_metrics_;
  Metrics* metrics_ = &no_metrics_;
  ScriptedPolicy::Script script_;  // of the policy "scripted"
  // Makes the policies that are none of the harness.
  std::function<absl::StatusOr<std::unique_ptr<Dispatcher>>(const DispatcherRequest&)> factory_ =
      [](const DispatcherRequest& request) -> absl::StatusOr<std::unique_ptr<Dispatcher>> {
    return absl::InvalidArgumentError("policy = " + request.policy + " is unknown");
  };

 private:
  std::unique_ptr<Controller> controller_;
};

MATCHER_P(HasCode, code, "") {
  *result_listener << arg;
  return arg.code() == code;
}
MATCHER_P(MessageHas, part, "") {
  *result_listener << arg;
  return std::string(arg.message()).find(part) != std::string::npos;
}

constexpr std::int64_t kOpenMs = 6 * 3'600'000;  // when the triangle opens

}  // namespace skein::server
