#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/torture/clients/request.h"

namespace skein::torture {

// Somebody who uses the service, one request after the other.
//
// Threads: compatible.
class Client {
 public:
  virtual ~Client() = default;

  virtual const std::string& name() const = 0;
  // Id of the network that it uses.
  virtual const std::string& network() const = 0;

  // What it asks next; nothing: it is through.
  virtual std::optional<Request> Next() = 0;

  // How the last request ended: an answer, a refusal, or UNAVAILABLE, if that is not known.
  // Errors: INTERNAL, if the answer contradicts what the client knows.
  virtual absl::Status Take(const absl::StatusOr<Response>& answer) = 0;

  // Whether it can go on without knowing how `request` ended.
  virtual bool MayGiveUp(const Request& request) const = 0;
};

}  // namespace skein::torture
