#include "proto/codec/scenario_codec.h"

#include <unordered_set>

#include "proto/codec/json.h"
#include "proto/codec/scenario_fields.h"

namespace skein::codec {

v1::Scenario EncodeScenario(const Scenario& s) {
  const Names names(s);
  v1::Scenario m;
  m.set_name(s.name);
  m.set_title(s.title);
  m.set_time_zone(s.time_zone);
  m.set_rules_version(s.rules_version);
  for (const Vertiport& row : s.vertiports) *m.add_vertiports() = EncodeFields(row);
  for (const Corridor& row : s.corridors) *m.add_corridors() = EncodeFields(row, names);
  for (const Aircraft& row : s.aircraft) *m.add_aircraft() = EncodeFields(row, names);
  *m.mutable_aircraft_type() = EncodeFields(s.aircraft_type);
  *m.mutable_energy() = EncodeFields(s.energy);
  *m.mutable_charging() = EncodeFields(s.charging);
  *m.mutable_operations() = EncodeFields(s.operations);
  *m.mutable_fare() = EncodeFields(s.fare);
  *m.mutable_cost() = EncodeFields(s.cost);
  *m.mutable_demand() = EncodeFields(s.demand);
  *m.mutable_disturbance() = EncodeFields(s.disturbance);
  *m.mutable_weather() = EncodeFields(s.weather);
  for (const SourceNote& row : s.sources) *m.add_sources() = EncodeFields(row);
  return m;
}

DecodedScenario DecodeScenarioAndFaults(const v1::Scenario& m) {
  FieldChecker check;
  Scenario s;
  s.name = m.name();
  s.title = m.title();
  s.time_zone = m.time_zone();
  if (m.has_rules_version()) s.rules_version = m.rules_version();
  s.vertiports.reserve(static_cast<std::size_t>(m.vertiports_size()));
  for (int k = 0; k < m.vertiports_size(); ++k) {
    const auto scope = check.Enter("vertiports", k);
    s.vertiports.push_back(DecodeFields(m.vertiports(k), check));
  }
  const Names names(s);
  s.corridors.reserve(static_cast<std::size_t>(m.corridors_size()));
  for (int k = 0; k < m.corridors_size(); ++k) {
    const auto scope = check.Enter("corridors", k);
    s.corridors.push_back(DecodeFields(m.corridors(k), names, check));
  }
  s.aircraft.reserve(static_cast<std::size_t>(m.aircraft_size()));
  for (int k = 0; k < m.aircraft_size(); ++k) {
    const auto scope = check.Enter("aircraft", k);
    s.aircraft.push_back(DecodeFields(m.aircraft(k), names, check));
  }
  s.aircraft_type = DecodeFields(m.aircraft_type(), check);
  s.energy = DecodeFields(m.energy(), check);
  s.charging = DecodeFields(m.charging(), check);
  s.operations = DecodeFields(m.operations(), check);
  s.fare = DecodeFields(m.fare(), check);
  s.cost = DecodeFields(m.cost(), check);
  s.demand = DecodeFields(m.demand(), check);
  s.disturbance = DecodeFields(m.disturbance(), check);
  s.weather = DecodeFields(m.weather(), check);
  for (int k = 0; k < m.sources_size(); ++k) {
    const auto scope = check.Enter("sources", k);
    s.sources.push_back(DecodeFields(m.sources(k), check));
  }

  DecodedScenario result{std::move(s), check.faults()};
  std::unordered_set<std::string> reported;
  for (const Fault& fault : result.faults) reported.insert(fault.field);
  for (Fault& fault : Validate(result.scenario))
    if (reported.count(fault.field) == 0) result.faults.push_back(std::move(fault));
  return result;
}

absl::StatusOr<Scenario> DecodeScenario(const v1::Scenario& message) {
  DecodedScenario decoded = DecodeScenarioAndFaults(message);
  SKEIN_RETURN_IF_ERROR(ToStatus(decoded.faults));
  return std::move(decoded.scenario);
}

absl::StatusOr<Scenario> ReadScenarioFile(const std::string& path) {
  v1::Scenario message;
  SKEIN_RETURN_IF_ERROR(ReadMessageFile(path, &message));
  absl::StatusOr<Scenario> scenario = DecodeScenario(message);
  if (!scenario.ok()) return Annotate(scenario.status(), path);
  return scenario;
}

std::string ScenarioFile(const Scenario& scenario) {
  std::string json = ToJson(EncodeScenario(scenario), JsonStyle::kPretty);
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

}  // namespace skein::codec
