#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/network/live_network.h"
#include "skein/v1/network.pb.h"
#include "storage/fleet_store.h"

namespace skein::server {

// A request on its way to its network.
struct Call {
  enum class Kind {
    kRead,      // changes nothing, or knows its repeats by itself
    kMutation,  // is remembered by its request id
    kCreate,    // a mutation that makes the network
    kInspect,   // a read that is answered in every state of the network
  };

  Kind kind = Kind::kRead;
  bool ingests = false;  // of kRead: it knows its repeats by itself, and writes
  std::string method;
  std::string request_id;  // of a mutation
  std::string body_hash;   // of a mutation
  std::chrono::steady_clock::time_point deadline;
  std::chrono::steady_clock::time_point arrived;

  // The answer: filled by `run` or, on a repeat, from what is remembered.
  std::shared_ptr<google::protobuf::Message> response;
  // Does the work, on the network's sequencer.
  std::function<absl::Status(LiveNetwork&)> run;
  // Of kCreate: describes the network to make, before `run`.
  std::function<absl::StatusOr<storage::NetworkRecord>()> describe;
  // Of kInspect, instead of `run`.
  std::function<absl::Status(const v1::Network&)> inspect;
  bool want_digest = false;  // of kInspect

  // Answers, exactly once, when the outcome is durable.
  std::function<void(const absl::Status&)> finish;
};

}  // namespace skein::server
