#include "server/network/new_network.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "proto/codec/field_checker.h"
#include "proto/codec/scenario_codec.h"
#include "sim/domain/sim_time.h"
#include "sim/domain/status.h"

namespace skein::server {
namespace {

// How far a network's first midnight may lie from the present.
constexpr SimDuration kFarthestDayStart = 7 * kDay;

absl::StatusOr<Scenario> ScenarioOf(const v1::CreateNetworkRequest& request,
                                    const ControllerParts& parts) {
  if (request.has_scenario()) return codec::DecodeScenario(request.scenario());
  absl::StatusOr<Scenario> made = parts.scenarios(request.scenario_name());
  if (made.ok()) return made;
  return Annotate(made.status(), "scenarioName");
}

// The latest midnight in the scenario's zone. The library's own time zones are not in this compiler
// yet, hence absl's.
absl::StatusOr<std::int64_t> LatestMidnight(const std::string& zone_name, std::int64_t unix_ms) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!zone_name.empty() && !absl::LoadTimeZone(zone_name, &zone))
    return absl::InvalidArgumentError(absl::StrCat(
        "dayStartUnixMs is not set, and the scenario's timeZone = ", codec::Quoted(zone_name),
        " is not known here"));
  const absl::CivilDay today = absl::ToCivilDay(absl::FromUnixMillis(unix_ms), zone);
  return absl::ToUnixMillis(absl::FromCivil(today, zone));
}

absl::StatusOr<std::int64_t> DayStart(const v1::CreateNetworkRequest& request,
                                      const Scenario& scenario, const Clock& clock) {
  if (request.clock() != v1::CLOCK_MODE_SYSTEM) return 0;
  if (request.has_day_start_unix_ms()) return request.day_start_unix_ms();
  return LatestMidnight(scenario.time_zone, clock.unix_ms());
}

}  // namespace

absl::Status CheckNewNetwork(const v1::CreateNetworkRequest& request,
                             const ControllerParts& parts) {
  codec::FieldChecker check;
  check.IdText("networkId", request.network_id());
  if (request.source_case() == v1::CreateNetworkRequest::SOURCE_NOT_SET)
    check.Fail("source", "is not set, want scenario or scenarioName");
  const bool system = request.clock() == v1::CLOCK_MODE_SYSTEM;
  if (!system && request.clock() != v1::CLOCK_MODE_EXTERNAL)
    check.Fail("clock", absl::StrCat("= ", static_cast<int>(request.clock()),
                                     ", want CLOCK_MODE_EXTERNAL or CLOCK_MODE_SYSTEM"));
  if (request.has_day_start_unix_ms()) {
    const std::int64_t now = parts.clock->unix_ms();
    const std::int64_t most = kFarthestDayStart.count();
    const std::int64_t start = request.day_start_unix_ms();
    if (!system)
      check.Fail("dayStartUnixMs", "is set, want it with CLOCK_MODE_SYSTEM only");
    else if (start < now - most || start > now + most)
      check.Fail("dayStartUnixMs", absl::StrCat("= ", start, ", want [", now - most, ", ",
                                                now + most, "], within seven days"));
  }
  return check.status();
}

absl::StatusOr<storage::NetworkRecord> DescribeNewNetwork(const v1::CreateNetworkRequest& request,
                                                          const ControllerOptions& options,
                                                          const ControllerParts& parts) {
  SKEIN_ASSIGN_OR_RETURN(const Scenario scenario, ScenarioOf(request, parts));
  SKEIN_ASSIGN_OR_RETURN(const auto network, sim::Network::Create(scenario));
  storage::NetworkRecord record;
  record.id = request.network_id();
  record.scenario = codec::EncodeScenario(scenario).SerializeAsString();
  record.scenario_hash = network->hash();
  record.rules_version = kRulesVersion;
  record.clock = request.clock() == v1::CLOCK_MODE_SYSTEM ? "SYSTEM" : "EXTERNAL";
  record.policy = request.policy().empty() ? options.default_policy : request.policy();
  record.policy_seed = request.policy_seed();
  record.auto_dispatch = request.auto_dispatch();
  SKEIN_ASSIGN_OR_RETURN(record.day_start_unix_ms, DayStart(request, scenario, *parts.clock));
  return record;
}

}  // namespace skein::server
