#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/property/dice.h"
#include "tests/torture/clients/client.h"

namespace skein::torture {

// One request of a client, with all its repeats.
struct Operation {
  enum class Outcome { kUnknown, kOk, kFailed };

  std::string client;
  std::string network;
  std::int64_t number = 0;  // from 1, of its client
  Request request;
  int attempts = 0;
  Outcome outcome = Outcome::kUnknown;
  std::string response;  // bytes of the answer, if OK
  absl::Status failure;  // if it failed
};

// Takes down what clients ask and learn.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // Before the first attempt.
  virtual void Invoked(const Operation& operation) = 0;
  // Outcome, response and attempts are set.
  virtual void Ended(const Operation& operation) = 0;
};

// A client that faces a service that fails: asks again under the same key until it knows the
// outcome, or gives up where the client allows it.
//
// Threads: compatible.
class Session {
 public:
  // `give_up`: chance to give up after an attempt without an answer. The recorder outlives this.
  Session(std::unique_ptr<Client> client, std::uint64_t seed, double give_up, Recorder* recorder);

  // The operation that is to be attempted now; null: the client is through.
  const Operation* Attempt();

  // How an attempt of the present operation ended. UNAVAILABLE and the like: not known.
  // Errors: INTERNAL, if the service broke a promise.
  absl::Status Answer(const absl::StatusOr<Response>& answer);

  bool through() const { return through_; }
  const Client& client() const { return *client_; }

 private:
  absl::Status End(Operation::Outcome outcome, const absl::StatusOr<Response>& answer);

  const std::unique_ptr<Client> client_;
  testing::Dice dice_;
  const double give_up_;
  Recorder* const recorder_;
  std::optional<Operation> operation_;
  std::int64_t operations_ = 0;
  bool in_doubt_ = false;  // an attempt ended without an answer
  bool through_ = false;
};

}  // namespace skein::torture
