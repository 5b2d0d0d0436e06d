#include "proto/codec/scenario_changes_codec.h"

namespace skein::codec {

v1::ScenarioChanges EncodeScenarioChanges(const ScenarioChanges& changes) {
  v1::ScenarioChanges message;
  message.set_corridor_closure_factor(changes.corridor_closure_factor);
  message.set_failure_factor(changes.failure_factor);
  message.set_demand_factor(changes.demand_factor);
  if (changes.demand_sigma.has_value()) message.set_demand_sigma(*changes.demand_sigma);
  message.set_charger_factor(changes.charger_factor);
  message.set_foggy_mornings_only(changes.foggy_mornings_only);
  return message;
}

ScenarioChanges DecodeScenarioChanges(const v1::ScenarioChanges& message, FieldChecker& check) {
  ScenarioChanges changes;
  if (message.has_corridor_closure_factor())
    changes.corridor_closure_factor = message.corridor_closure_factor();
  if (message.has_failure_factor()) changes.failure_factor = message.failure_factor();
  if (message.has_demand_factor()) changes.demand_factor = message.demand_factor();
  if (message.has_demand_sigma()) changes.demand_sigma = message.demand_sigma();
  if (message.has_charger_factor()) changes.charger_factor = message.charger_factor();
  changes.foggy_mornings_only = message.foggy_mornings_only();
  for (const Fault& fault : Validate(changes)) check.Fail(fault.field.c_str(), fault.message);
  return changes;
}

}  // namespace skein::codec
