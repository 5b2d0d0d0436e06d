#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proto/codec/names.h"
#include "tests/property/dice.h"
#include "tests/torture/clients/client.h"

namespace skein::torture {

// One of several who use the same network at once, at random: decisions, trips, closures, aircraft
// out of service, time. Refusals are as good as answers to it. It reports the flights that were
// decided for it, as an aircraft would.
class CrowdClient : public Client {
 public:
  // `creation` makes the network; all of its crowd ask with the same. `name` is an id.
  CrowdClient(std::string name, v1::CreateNetworkRequest creation, codec::Names names,
              std::uint64_t seed, std::int64_t operations);

  const std::string& name() const override { return name_; }
  const std::string& network() const override { return creation_.network_id(); }
  std::optional<Request> Next() override;
  absl::Status Take(const absl::StatusOr<Response>& answer) override;
  // Not of an event: the number of the next one depends on it.
  bool MayGiveUp(const Request& request) const override;

 private:
  bool system_clock() const { return creation_.clock() == v1::CLOCK_MODE_SYSTEM; }
  // A request about the network, with a fresh id.
  template <class RequestMessage>
  RequestMessage Mutation();
  Request AskForDecision();
  Request ReportOrWait();
  Request Ingest(const v1::Event& event);
  Request SubmitTrip();
  Request CancelTrip();
  Request GroundOrReturn();
  Request IssueAdvisory();
  Request Look() const;
  std::string SomeVertiport();
  std::string SomeAircraft();
  void Learn(const v1::NetworkProgress& progress);
  void Expect(const v1::DecisionRecord& decision);

  const std::string name_;
  const v1::CreateNetworkRequest creation_;
  const codec::Names names_;
  testing::Dice dice_;
  std::int64_t operations_left_;
  bool created_ = false;
  int requests_ = 0;
  int sources_ = 0;
  std::int64_t sequence_ = 0;  // of the present source's last event
  bool reports_ = false;       // the last request was the first of `to_report_`
  v1::NetworkProgress progress_;
  std::multimap<std::int64_t, v1::Event> to_report_;  // by time
  std::vector<std::int64_t> trips_;
};

}  // namespace skein::torture
