#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "proto/codec/names.h"
#include "sim/domain/event.h"
#include "sim/domain/status.h"
#include "skein/v1/dispatch_service.pb.h"
#include "skein/v1/fleet_service.pb.h"
#include "skein/v1/network_service.pb.h"

namespace skein::cli {

struct DriveTarget {
  std::string address;  // HOST:PORT, or several separated by commas
  std::string network_id;
  std::chrono::seconds patience{60};  // how long a server that cannot be reached is tried again
};

// The calls of `skein drive`. Every call is idempotent and is repeated while the server cannot be
// reached, so that a server may be restarted in the middle of a day. Of several servers it asks the
// one that leads: the one that a standby names, or the next of the list.
//
// Errors of every call: what the server answers; UNAVAILABLE, if it could not be reached for as
// long as the target's patience; CANCELLED after Ctrl-C. Threads: one.
class DriveClient {
 public:
  explicit DriveClient(const DriveTarget& target);
  ~DriveClient();

  // Makes the network, or finds the one that an earlier drive of the same day made.
  absl::Status CreateNetwork(const v1::CreateNetworkRequest& request);
  // Number of the last event of ours that the server has.
  absl::StatusOr<std::int64_t> LastSequence();
  absl::Status Ingest(std::int64_t sequence, const ExternalEvent& event, const codec::Names& names);
  // The server's decision for an aircraft. Repeating `number` gives the same answer.
  absl::StatusOr<v1::RequestDecisionResponse> Decide(std::int64_t number,
                                                     const std::string& aircraft);
  absl::StatusOr<v1::GetDaySummaryResponse> DaySummary(int day);
  absl::StatusOr<v1::Fleet> Fleet();

  // Calls that had to be repeated.
  int retries() const { return retries_; }

 private:
  struct Stubs;
  template <class Request, class Response, class Method>
  absl::Status Call(Method method, const Request& request, Response* response);

  // Turns to the server at `leader` or, if it is empty, to the next one.
  void TurnTo(const std::string& leader);

  DriveTarget target_;
  std::vector<std::string> servers_;  // all there are
  std::size_t server_ = 0;            // the next to try
  std::string asked_;                 // the one that is asked now
  std::string name_;                  // "networks/{id}"
  std::unique_ptr<Stubs> stubs_;
  int retries_ = 0;
};

}  // namespace skein::cli
