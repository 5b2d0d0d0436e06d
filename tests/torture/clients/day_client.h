#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proto/codec/names.h"
#include "sim/simulator.h"
#include "tests/torture/clients/client.h"

namespace skein::torture {

// Plays a simulated day on a network of its own, as `skein drive` does: its events go to the
// service and the service's decisions into a world of its own. After every answer the two must have
// the same digest, so a lost or doubled event or decision cannot pass.
class DayClient : public Client {
 public:
  // `creation` makes the network, which must have an EXTERNAL clock. The day ends early after
  // `most_operations`.
  DayClient(v1::CreateNetworkRequest creation, std::shared_ptr<const sim::Network> network,
            std::uint64_t day_seed, std::int64_t most_operations);

  const std::string& name() const override { return name_; }
  const std::string& network() const override { return creation_.network_id(); }
  std::optional<Request> Next() override;
  absl::Status Take(const absl::StatusOr<Response>& answer) override;
  bool MayGiveUp(const Request&) const override { return false; }

 private:
  absl::Status TakeEvent(const v1::IngestEventResponse& response);
  absl::Status TakeDecision(const v1::RequestDecisionResponse& response);
  absl::Status CheckDigest(const std::string& digest) const;

  const v1::CreateNetworkRequest creation_;
  const std::string name_;
  const codec::Names names_;
  sim::Simulator simulator_;
  std::int64_t operations_left_;
  std::int64_t events_ = 0;
  std::int64_t decisions_ = 0;
  bool created_ = false;
};

}  // namespace skein::torture
