#pragma once

#include <optional>
#include <vector>

#include "sim/domain/scenario.h"
#include "sim/domain/scenario_validate.h"
#include "sim/domain/status.h"

namespace skein {

// Changes that make another scenario of a scenario, for "what if" and for stress. The default
// changes nothing. Source of the legal ranges: proto/skein/v1/evaluation.proto.
struct ScenarioChanges {
  double corridor_closure_factor = 1;  // on the chance of each corridor; chances end at 1
  double failure_factor = 1;           // on the chance of each aircraft; chances end at 1
  double demand_factor = 1;            // on the forecast, and so on the demand
  std::optional<double> demand_sigma = std::nullopt;  // replaces DemandModel::intensity_sigma
  double charger_factor = 1;         // rounded; a vertiport with chargers keeps at least one
  bool foggy_mornings_only = false;  // keeps weather days with fog in an opening hour before noon

  bool operator==(const ScenarioChanges&) const = default;
};

// Everything that is wrong with `changes` themselves; empty if nothing is.
std::vector<Fault> Validate(const ScenarioChanges& changes);

// The changed scenario, whose name stays. Whether it is valid is for Validate(Scenario) to say.
//
// Errors: INVALID_ARGUMENT, if the scenario has no weather day that may stay.
// Requires: Validate() finds no fault in the changes nor in the scenario.
absl::StatusOr<Scenario> ApplyChanges(const ScenarioChanges& changes, Scenario scenario);

}  // namespace skein
