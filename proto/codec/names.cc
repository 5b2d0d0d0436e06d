#include "proto/codec/names.h"

#include "sim/domain/check.h"

namespace skein::codec {
namespace {

template <class Id>
const std::string& NameOf(const std::vector<std::string>& names, Id id) {
  static const std::string kNobody;
  if (!id.valid()) return kNobody;
  SKEIN_CHECK(id.index() < names.size(), "an id without a name");
  return names[id.index()];
}

template <class Id>
Id Find(const std::unordered_map<std::string, Id>& ids, const std::string& name) {
  const auto found = ids.find(name);
  return found == ids.end() ? Id{} : found->second;
}

template <class Id>
Id Append(const std::string& name, std::vector<std::string>& names,
          std::unordered_map<std::string, Id>& ids) {
  const Id id{static_cast<std::int32_t>(names.size())};
  names.push_back(name);
  ids.emplace(name, id);
  return id;
}

}  // namespace

Names::Names(const Scenario& scenario) {
  for (const Vertiport& vertiport : scenario.vertiports) AddVertiport(vertiport.name);
  for (const Aircraft& aircraft : scenario.aircraft) AddAircraft(aircraft.name);
}

void Names::AddVertiport(const std::string& name) { Append(name, vertiports_, vertiport_ids_); }

AircraftId Names::AddAircraft(const std::string& name) {
  return Append(name, aircraft_, aircraft_ids_);
}

VertiportId Names::FindVertiport(const std::string& name) const {
  return Find(vertiport_ids_, name);
}

AircraftId Names::FindAircraft(const std::string& name) const { return Find(aircraft_ids_, name); }

const std::string& Names::Of(VertiportId id) const { return NameOf(vertiports_, id); }

const std::string& Names::Of(AircraftId id) const { return NameOf(aircraft_, id); }

}  // namespace skein::codec
