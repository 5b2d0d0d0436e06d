#include "server/console/network_reader.h"

#include <algorithm>
#include <utility>

#include "proto/codec/json.h"
#include "proto/codec/resource_name.h"
#include "server/console/ask.h"
#include "sim/domain/status.h"
#include "skein/v1/console.pb.h"

namespace skein::server {
namespace {

constexpr int kDecisionsShown = 24;
constexpr int kAdvisoriesShown = 1000;

std::string& At(Texts* texts, Part part) { return (*texts)[static_cast<std::size_t>(part)]; }

// Leaves the explanation of the chosen destination only: all of them are many in a large network,
// and a viewer who wants them asks for the decision.
void Shorten(v1::DecisionRecord* record) {
  const std::string& chosen =
      record->decision().has_fly() ? record->decision().fly().destination() : record->vertiport();
  auto* destinations = record->mutable_destinations();
  destinations->erase(
      std::remove_if(destinations->begin(), destinations->end(),
                     [&chosen](const auto& one) { return one.destination() != chosen; }),
      destinations->end());
}

}  // namespace

const char* NameOf(Part part) {
  switch (part) {
    case Part::kTrouble: return "trouble";
    case Part::kNetwork: return "network";
    case Part::kFleet: return "fleet";
    case Part::kDay: return "day";
    case Part::kAdvisories: return "advisories";
    case Part::kDecisions: return "decisions";
    case Part::kPolicy: return "policy";
  }
  return "";
}

NetworkReader::NetworkReader(std::string network, Controller* controller,
                             const PolicyMonitor* policies)
    : network_(std::move(network)), controller_(controller), policies_(policies) {}

void NetworkReader::Read(Texts* texts) {
  v1::ConsoleTrouble trouble;
  if (const absl::Status read = ReadAll(texts); !read.ok())
    trouble.set_message(std::string(read.message()));
  At(texts, Part::kTrouble) = codec::ToJson(trouble);
}

absl::Status NetworkReader::ReadAll(Texts* texts) {
  v1::GetNetworkRequest request;
  request.set_name(network_);
  SKEIN_ASSIGN_OR_RETURN(const v1::GetNetworkResponse seen,
                         Ask(controller_, &Controller::GetNetwork, request).Get());
  const v1::Network& network = seen.network();
  At(texts, Part::kNetwork) = codec::ToJson(seen);
  SKEIN_ASSIGN_OR_RETURN(const std::string id, codec::ParseNetworkName("name", network_));
  At(texts, Part::kPolicy) = codec::ToJson(policies_->HealthOf(id));
  if (network.state() != v1::NETWORK_STATE_ACTIVE || network.journal_sequence() == sequence_)
    return absl::OkStatus();
  SKEIN_RETURN_IF_ERROR(ReadContent(texts));
  if (network.decision_count() != decisions_ || At(texts, Part::kDecisions).empty()) {
    v1::ListDecisionsRequest newest;
    newest.set_network(network_);
    newest.set_page_size(kDecisionsShown);
    SKEIN_ASSIGN_OR_RETURN(v1::ListDecisionsResponse decisions,
                           Ask(controller_, &Controller::ListDecisions, newest).Get());
    for (v1::DecisionRecord& record : *decisions.mutable_decisions()) Shorten(&record);
    At(texts, Part::kDecisions) = codec::ToJson(decisions);
    decisions_ = network.decision_count();
  }
  sequence_ = network.journal_sequence();
  return absl::OkStatus();
}

absl::Status NetworkReader::ReadContent(Texts* texts) {
  v1::GetFleetRequest of_fleet;
  of_fleet.set_network(network_);
  v1::GetDaySummaryRequest of_day;
  of_day.set_network(network_);
  v1::ListAdvisoriesRequest of_advisories;
  of_advisories.set_network(network_);
  of_advisories.set_page_size(kAdvisoriesShown);
  auto fleet = Ask(controller_, &Controller::GetFleet, of_fleet);
  auto day = Ask(controller_, &Controller::GetDaySummary, of_day);
  auto advisories = Ask(controller_, &Controller::ListAdvisories, of_advisories);
  SKEIN_ASSIGN_OR_RETURN(const v1::GetFleetResponse fleet_now, fleet.Get());
  At(texts, Part::kFleet) = codec::ToJson(fleet_now);
  SKEIN_ASSIGN_OR_RETURN(const v1::ListAdvisoriesResponse advisories_now, advisories.Get());
  At(texts, Part::kAdvisories) = codec::ToJson(advisories_now);
  const absl::StatusOr<v1::GetDaySummaryResponse> day_now = day.Get();
  if (day_now.ok()) At(texts, Part::kDay) = codec::ToJson(*day_now);
  // Before the first day there is none.
  return absl::IsNotFound(day_now.status()) ? absl::OkStatus() : day_now.status();
}

}  // namespace skein::server
