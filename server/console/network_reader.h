#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "server/console/policy_monitor.h"
#include "server/controller.h"

namespace skein::server {

// What the console shows of a network that changes, each as one message in canonical JSON; see
// proto/skein/v1/console.proto.
enum class Part { kTrouble, kNetwork, kFleet, kDay, kAdvisories, kDecisions, kPolicy };
inline constexpr std::size_t kPartCount = 7;
const char* NameOf(Part part);

// By Part; empty: never known.
using Texts = std::array<std::string, kPartCount>;

// Reads one network from the controller, and only what can have changed since it last did.
//
// Threads: compatible.
class NetworkReader {
 public:
  // The network is "networks/{id}". The pointers outlive the reader.
  NetworkReader(std::string network, Controller* controller, const PolicyMonitor* policies);

  // Renews texts. Blocks for a few multiples of kMostWait at most. What cannot be read stays as it
  // is, and the trouble says why.
  void Read(Texts* texts);

 private:
  absl::Status ReadAll(Texts* texts);
  absl::Status ReadContent(Texts* texts);

  const std::string network_;
  Controller* const controller_;
  const PolicyMonitor* const policies_;
  std::int64_t sequence_ = -1;   // of the journal, when the content was read
  std::int64_t decisions_ = -1;  // taken, when the list of them was read
};

}  // namespace skein::server
