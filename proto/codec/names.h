#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "sim/domain/id.h"
#include "sim/domain/scenario.h"

namespace skein::codec {

// The names of a network's vertiports and aircraft, and their ids.
//
// Threads: compatible.
class Names {
 public:
  Names() = default;
  // If a name occurs twice (an invalid scenario), it means the first.
  explicit Names(const Scenario& scenario);

  // Appends an aircraft as the world does for AircraftAdded; gives its id.
  AircraftId AddAircraft(const std::string& name);

  // The id of the thing with this name; an invalid id if there is none.
  VertiportId FindVertiport(const std::string& name) const;
  AircraftId FindAircraft(const std::string& name) const;

  // The name; empty for an invalid id.
  //
  // Requires: a valid id is known.
  const std::string& Of(VertiportId id) const;
  const std::string& Of(AircraftId id) const;

  std::size_t vertiport_count() const { return vertiports_.size(); }
  std::size_t aircraft_count() const { return aircraft_.size(); }

 private:
  void AddVertiport(const std::string& name);

  std::vector<std::string> vertiports_;  // by id
  std::vector<std::string> aircraft_;    // by id
  std::unordered_map<std::string, VertiportId> vertiport_ids_;
  std::unordered_map<std::string, AircraftId> aircraft_ids_;
};

}  // namespace skein::codec
